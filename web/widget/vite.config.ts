import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const entry = process.env.RELAIS_ENTRY === "widget" ? "widget" : "relais";

export default defineConfig({
  root: path("."),
  publicDir: false,
  resolve: { alias: { "@shared": path("../shared") } },
  plugins: [
    {
      name: "share-tokens",
      // Server-rendered pages (help centre) link the same file.
      closeBundle: () => copyFileSync(path("../shared/tokens.css"), path("../dist/widget/tokens.css")),
    },
  ],
  // A page in another encoding would read our accents wrongly: the scripts are plain ASCII.
  esbuild: { charset: "ascii" },
  build: {
    outDir: path("../dist/widget"),
    emptyOutDir: entry === "relais",
    target: "es2021",
    lib: {
      entry: path(`src/${entry}.ts`),
      formats: ["iife"],
      name: "relais",
      fileName: () => `${entry}.js`,
    },
  },
});
