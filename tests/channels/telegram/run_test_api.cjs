// Runs the npm package telegram-test-api (https://github.com/jehy/telegram-test-api) on the port it is given.
const path = require('path');
const [folder, port] = process.argv.slice(2);
const TelegramServer = require(path.join(folder, 'node_modules', 'telegram-test-api'));
const server = new TelegramServer({ port: Number(port), host: '127.0.0.1' });
server.start().then(() => process.stdout.write('ready\n'));
