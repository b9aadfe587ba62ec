// The dictionary for a language, and the language to begin with.

import type { Language } from "../types";
import { en, type Dictionary } from "./en";
import { fr } from "./fr";

export type { Dictionary };

const dictionaries: Record<Language, Dictionary> = { en, fr };

export function dictionary(language: Language): Dictionary {
  return dictionaries[language];
}

/** The first of the browser's languages that the desk speaks; English when there is none. */
export function preferred(languages: readonly string[] = navigator.languages): Language {
  for (const tag of languages) {
    const base = tag.toLowerCase().split("-")[0];
    if (base === "fr" || base === "en") return base;
  }
  return "en";
}
