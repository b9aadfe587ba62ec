import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { favicon, pictures } from "./art";
import { frontDoor, page } from "./page";
import { WORDS } from "./words";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: path("."),
  base: "/demo/",
  publicDir: false,
  plugins: [
    {
      name: "shop-pages",
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "fr/index.html", source: page(WORDS.fr) });
        this.emitFile({ type: "asset", fileName: "en/index.html", source: page(WORDS.en) });
        this.emitFile({ type: "asset", fileName: "index.html", source: frontDoor() });
        this.emitFile({ type: "asset", fileName: "icon.svg", source: favicon });
        for (const [name, source] of pictures) this.emitFile({ type: "asset", fileName: `art/${name}.svg`, source });
      },
    },
  ],
  build: {
    outDir: path("../dist/demo"),
    emptyOutDir: true,
    rollupOptions: {
      input: path("shop.ts"),
      output: { entryFileNames: "shop.js", assetFileNames: "shop[extname]" },
    },
  },
});
