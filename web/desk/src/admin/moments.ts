// Instants and addresses of browsers in words.

import type { Language } from "../types";

export function moment(at: string | null, language: Language, none = ""): string {
  if (!at) return none;
  const shown = new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
  return shown.format(new Date(at));
}

export function day(at: string | null, language: Language, none = ""): string {
  if (!at) return none;
  return new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { dateStyle: "medium" }).format(new Date(at));
}

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, "Edge"], [/OPR\//, "Opera"], [/Firefox\//, "Firefox"], [/Chrom(e|ium)\//, "Chrome"], [/Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"],
];

/** A browser as people call it: `Firefox, Linux`; the beginning of what it says of itself where that is unknown. */
export function browser(said: string): string {
  const named = [BROWSERS, SYSTEMS].map((kinds) => kinds.find(([sign]) => sign.test(said))?.[1]).filter(Boolean);
  return named.length > 0 ? named.join(", ") : said.slice(0, 40);
}
