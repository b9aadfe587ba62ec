// Builds widget, desk and demo (or the ones named) into dist/.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const parts = process.argv.length > 2 ? process.argv.slice(2) : ["widget", "desk", "demo"];
const vite = fileURLToPath(new URL("./node_modules/vite/bin/vite.js", import.meta.url));

const TEXT = /\.(js|css|html|svg|json|map)$/;
const PACKED = /\.(br|gz)$/;
/** Less than this is not worth it: one packet of the network carries it as it is. */
const FEW = 1_400;

const filesOf = (folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((file) => statSync(file).isFile());

/** Writes each text once more beside itself, packed as small as it goes: the server hands that out to whoever takes it. */
function pack(folder) {
  for (const file of filesOf(folder).filter((name) => TEXT.test(name))) {
    const content = readFileSync(file);
    if (content.length < FEW) continue;
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
  }
}

for (const part of parts) {
  const config = `${part}/vite.config.ts`;
  if (!existsSync(config)) {
    console.log(`${part}: no ${config}, skipped`);
    continue;
  }
  // What was packed of an earlier build must not be handed out for a file of this one.
  if (existsSync(`dist/${part}`)) for (const file of filesOf(`dist/${part}`)) if (PACKED.test(file)) rmSync(file);
  // The widget is three classic scripts; each needs a build of its own so that none becomes an import of another.
  const passes = part === "widget" ? ["relais", "widget", "more"] : [""];
  for (const entry of passes) {
    execFileSync(process.execPath, [vite, "build", "-c", config, "--logLevel", "warn"], {
      stdio: "inherit",
      env: { ...process.env, RELAIS_ENTRY: entry },
    });
  }
  pack(`dist/${part}`);
  console.log(`${part}: built to dist/${part}`);
}
