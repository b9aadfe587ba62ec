// Builds the agent desk into dist/desk, to be served at /desk/. No inline script: a strict CSP holds.
import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
// Where `vite -c desk/vite.config.ts` finds the server while developing.
const server = process.env.RELAIS_SERVER ?? "http://127.0.0.1:8000";

/** Puts the script that asks early before the rest of the page. */
const early: Plugin = {
  name: "early",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle }) => {
      const script = Object.values(bundle ?? {}).find((one) => one.type === "chunk" && one.isEntry && one.name === "early");
      return script ? [{ tag: "script", attrs: { type: "module", async: true, crossorigin: true, src: `/desk/${script.fileName}` }, injectTo: "head-prepend" }] : [];
    },
  },
};

export default defineConfig({
  root: here("."),
  base: "/desk/",
  plugins: [preact(), early],
  resolve: { alias: { "@shared": here("../shared") } },
  build: {
    outDir: here("../dist/desk"),
    emptyOutDir: true,
    target: "es2021",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: { input: { main: here("index.html"), early: here("src/early.ts") } },
  },
  server: {
    proxy: {
      "/desk/api": { target: server },
      "/desk/ws": { target: server, ws: true },
    },
  },
});
