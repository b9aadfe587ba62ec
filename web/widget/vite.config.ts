import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
/** The launcher, the widget, and the views that few visitors open: classic scripts, each built by itself (build.mjs). */
const entry = ["widget", "more"].find((name) => name === process.env.RELAIS_ENTRY) ?? "relais";

/** The tokens that these sources use, by themselves or through another token. */
function usedTokens(tokens: string, sources: string): Set<string> {
  const names = (text: string) => [...text.matchAll(/var\((--r-[\w-]+)/g)].map(([, name]) => name ?? "");
  const used = new Set<string>();
  const waiting = names(sources);
  for (let name = waiting.pop(); name; name = waiting.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    for (const [, value] of tokens.matchAll(new RegExp(`${name}:([^;]*);`, "g"))) waiting.push(...names(value ?? ""));
  }
  return used;
}

/** The tokens that the launcher carries: its own, and the accent's, which it sets itself and nothing may set after it. */
function launcherTokens(tokens: string): Set<string> {
  const accent = [...readFileSync(path("../shared/colour.ts"), "utf8").matchAll(/"?([\w-]+)"?: string;/g)];
  const own = ["src/styles/frame.css", "src/launcher/styles.ts"].map((file) => readFileSync(path(file), "utf8"));
  return usedTokens(tokens, [...own, ...accent.map(([, name]) => `var(--r-${name})`)].join());
}

/** Every token that the widget and its rarely opened views use. */
function allTokens(tokens: string): Set<string> {
  const files = readdirSync(path("src"), { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return usedTokens(tokens, files.map((file) => readFileSync(`${file.parentPath}/${file.name}`, "utf8")).join());
}

/** Each script brings the tokens that are wanted from it on; they live in a shadow root, where there is no `:root`. */
const prune: Plugin = {
  name: "prune-tokens",
  enforce: "pre",
  transform(code, id) {
    if (!id.includes("shared/tokens.css?inline")) return null;
    const first = launcherTokens(code);
    const wanted = entry === "relais" ? first : new Set([...allTokens(code)].filter((name) => !first.has(name)));
    const kept = code
      .replace(/\/\*[^]*?\*\//g, "")
      .replace(/(--r-[\w-]+):[^;]*;/g, (whole, name: string) => (wanted.has(name) ? whole : ""))
      .replace(/(?<!-)color-scheme:[^;]*;/g, (whole) => (entry === "relais" ? whole : ""));
    return { code: kept.replace(/(--r-[\w-]+):\s+/g, "$1:").replace(/:root\S*,\s*/g, ""), map: null };
  },
};

export default defineConfig({
  root: path("."),
  publicDir: false,
  resolve: { alias: { "@shared": path("../shared") } },
  plugins: [
    prune,
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
    rollupOptions: {
      // What the scripts leave for each other they leave on `window`.
      preserveEntrySignatures: false,
      // The launcher lends what makes elements, so that the others need not bring it along again.
      external: entry === "relais" ? [] : [path("src/dom.ts")],
      output: { globals: { [path("src/dom.ts")]: "__relaisDom" } },
    },
  },
});
