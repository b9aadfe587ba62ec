/** What the page wrote on the script tag. */
import { firstLanguage, type Language } from "@shared/language";

export interface Options {
  base: string;
  script: string;
  nonce: string;
  language: Language;
  accent: string | null;
  left: boolean;
  open: boolean;
}

export function readOptions(script: HTMLScriptElement): Options {
  const source = new URL(script.src, location.href);
  const { language, accent, position, open } = script.dataset;
  return {
    // The server may live under a path of its own; "widget/" is what we know we stand in.
    base: new URL("..", source).href.replace(/\/$/, ""),
    script: new URL("widget.js", source).href,
    nonce: script.nonce ?? "",
    language: firstLanguage(language, document.documentElement.lang, ...navigator.languages),
    accent: accent ?? null,
    left: position === "left",
    open: open === "true",
  };
}
