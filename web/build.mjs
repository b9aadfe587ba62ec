// Builds widget, desk and demo (or the ones named) into dist/.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const parts = process.argv.length > 2 ? process.argv.slice(2) : ["widget", "desk", "demo"];
const vite = fileURLToPath(new URL("./node_modules/vite/bin/vite.js", import.meta.url));

for (const part of parts) {
  const config = `${part}/vite.config.ts`;
  if (!existsSync(config)) {
    console.log(`${part}: no ${config}, skipped`);
    continue;
  }
  // The widget is three classic scripts; each needs a build of its own so that none becomes an import of another.
  const passes = part === "widget" ? ["relais", "widget", "more"] : [""];
  for (const entry of passes) {
    execFileSync(process.execPath, [vite, "build", "-c", config, "--logLevel", "warn"], {
      stdio: "inherit",
      env: { ...process.env, RELAIS_ENTRY: entry },
    });
  }
  console.log(`${part}: built to dist/${part}`);
}
