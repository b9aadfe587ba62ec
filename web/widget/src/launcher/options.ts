/** What the page wrote on the script tag. */
import { firstLanguage, type Language } from "@shared/language";

export interface Options {
  base: string;
  /** Where the scripts are, with a slash at the end. */
  folder: string;
  nonce: string;
  language: Language;
  accent: string | null;
  accentDark: string | null;
  left: boolean;
  direction: "ltr" | "rtl";
  open: boolean;
  user: string | null;
}

export function readOptions(script: HTMLScriptElement): Options {
  const source = new URL(script.src, location.href);
  const { language, accent, accentDark, position, open, dir, user } = script.dataset;
  const direction = (dir || getComputedStyle(document.documentElement).direction) === "rtl" ? "rtl" : "ltr";
  return {
    // The server may live under a path of its own; "widget/" is what we know we stand in.
    base: new URL("..", source).href.replace(/\/$/, ""),
    folder: new URL(".", source).href,
    nonce: script.nonce ?? "",
    language: firstLanguage(language, document.documentElement.lang, ...navigator.languages),
    accent: accent ?? null,
    accentDark: accentDark ?? null,
    // Where the page's lines end, unless it says where.
    left: position ? position === "left" : direction === "rtl",
    direction,
    open: open === "true",
    user: user || null,
  };
}
