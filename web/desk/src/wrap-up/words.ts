// The words of suggestions and wrap-ups, which come with them.

import { closing as en } from "../i18n/en.closing";
import { closing as fr } from "../i18n/fr.closing";
import type { Language } from "../types";
import { useLanguage } from "../ui/hooks";

export const wordsOf = (language: Language): typeof en => (language === "fr" ? fr : en);

export function useClosingWords(): typeof en {
  return wordsOf(useLanguage());
}
