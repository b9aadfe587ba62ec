// Prints what the browser downloads and fails when the widget or the desk outgrows its promise.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("./dist", import.meta.url));
const gzipped = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

// What a page loads by itself, and what opening the chat loads; views that few visitors open come when they are wanted.
const launcher = gzipped(join(dist, "widget/relais.js"));
const widget = launcher + gzipped(join(dist, "widget/widget.js"));
const rows = [
  ["launcher (relais.js)", launcher, 6_500],
  ["full widget", widget, 36_000],
  ["rarely opened views", gzipped(join(dist, "widget/more.js")), 8_500],
];

const assets = join(dist, "desk/assets");
if (existsSync(assets)) {
  const files = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name) && statSync(join(assets, name)).isFile());
  // What its page names is there at once; the rest comes when administration is opened.
  const page = readFileSync(join(dist, "desk/index.html"), "utf8");
  const all = (wanted) => files.filter(wanted).reduce((sum, name) => sum + gzipped(join(assets, name)), 0);
  rows.push(["desk (js + css)", all((name) => page.includes(name)), 250_000]);
  rows.push(["desk, opened later", all((name) => !page.includes(name)), 220_000]);
}

// Only what the build has packed is as small on the way as it is counted here.
const unpacked = rows.length > 3 ? readdirSync(assets).filter((name) => name.endsWith(".js") && statSync(join(assets, name)).size > 1_400 && !existsSync(join(assets, `${name}.br`))) : [];
if (unpacked.length > 0) console.log(`not packed: ${unpacked.join(", ")}`);

let failed = unpacked.length > 0;
for (const [name, size, limit] of rows) {
  const over = size > limit;
  failed ||= over;
  const promise = Number.isFinite(limit) ? `of ${kb(limit)}` : "";
  console.log(`${over ? "OVER" : "ok  "}  ${name.padEnd(22)} ${kb(size).padStart(9)} gzipped ${promise}`);
}
process.exit(failed ? 1 : 0);
