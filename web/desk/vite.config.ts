// Builds the agent desk into dist/desk, to be served at /desk/. No inline script: a strict CSP holds.
import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
// Where `vite -c desk/vite.config.ts` finds the server while developing.
const server = process.env.RELAIS_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  root: here("."),
  base: "/desk/",
  plugins: [preact()],
  resolve: { alias: { "@shared": here("../shared") } },
  build: {
    outDir: here("../dist/desk"),
    emptyOutDir: true,
    target: "es2021",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: {
    proxy: {
      "/desk/api": { target: server },
      "/desk/ws": { target: server, ws: true },
    },
  },
});
