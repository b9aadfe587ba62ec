// What the palette offers for some words: commands that make sense now, and what the server finds.

import type { State } from "../state/state";
import type { Language } from "../types";
import { allCommands, available, type Command } from "../ui/commands";
import { fit } from "./fuzzy";

/** The commands that can be carried out now, best first. Words of both languages find them. */
export function fitting(words: string, state: State, language: Language, recent: readonly string[] = []): Command[] {
  const scored = allCommands().filter((command) => available(command, state) && command.id !== "palette").flatMap((command, index) => {
    const score = words.trim() ? best(command, words, language) : 0;
    return score === null ? [] : [{ command, index, score: score + recency(command.id, recent) }];
  });
  return scored.sort((a, b) => b.score - a.score || a.index - b.index).map(({ command }) => command);
}

function recency(id: string, recent: readonly string[]): number {
  const at = recent.indexOf(id);
  return at < 0 ? 0 : 20 - at;
}

function best({ words, also }: Command, wanted: string, language: Language): number | null {
  const other = language === "fr" ? "en" : "fr";
  const tried = [
    fit(wanted, words[language]), less(fit(wanted, words[other]), 100),
    ...(also ? [less(exactly(wanted, also[language]), 150), less(exactly(wanted, also[other]), 200)] : []),
  ].filter((score) => score !== null);
  return tried.length > 0 ? Math.max(...tried) : null;
}

const less = (score: number | null, by: number): number | null => (score === null ? null : score - by);

// Further words are found by their beginnings only: scattered letters of many words fit nearly everything.
function exactly(wanted: string, words: string): number | null {
  const found = words.split(" ").map((word) => fit(wanted, word)).filter((score) => score !== null && score > 1000);
  return found.length > 0 ? Math.max(...(found as number[])) : null;
}
