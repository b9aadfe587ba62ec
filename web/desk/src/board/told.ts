// What the board says of its numbers: values, targets and how they compare, in the agent's language.

import { percent } from "../format";
import type { Language } from "../types";
import type { Figure, FigureKey } from "./types";
import type { Words } from "./words";

/** A figure's value as it is read: a share in percent, a mark with one decimal. */
export function value(key: FigureKey, number: number | null, language: Language, words: Words): string {
  if (number === null) return words.nothing;
  return key === "score" ? mark(number, language) : percent(number, language);
}

export function mark(number: number, language: Language): string {
  return new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(number);
}

/** What is aimed at, in words. */
export function target(figure: Figure, seconds: number, language: Language, words: Words): string {
  const aimed = value(figure.key, figure.target, language, words);
  if (figure.better === "down") return words.atMost(aimed);
  return words.target(figure.key === "service_level" ? `${aimed} ${words.within(seconds)}` : aimed);
}

export type Way = "up" | "down" | "same";

/** Which way it went since the stretch before; the last digit that is shown decides. */
export function way({ key, value: now, before }: Figure): Way | null {
  if (now === null || before === null) return null;
  const digits = key === "score" ? 10 : 100;
  const moved = Math.round(now * digits) - Math.round(before * digits);
  return moved === 0 ? "same" : moved > 0 ? "up" : "down";
}

/** Whether that is good news. */
export function better(figure: Figure): boolean | null {
  const went = way(figure);
  return went === null || went === "same" ? null : went === figure.better;
}

/** Hundredths of a chat as chats: "1.5". */
export function chats(hundredths: number, language: Language): string {
  return new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { maximumFractionDigits: 1 }).format(hundredths / 100);
}
