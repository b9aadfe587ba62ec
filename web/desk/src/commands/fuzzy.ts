// Finding a command by a few letters of its words: those that begin words count most, gaps cost.

import { folded } from "../folding";

/** Lower case, without accents, apostrophes as spaces: "L’équipe" is "l equipe". */
export function plain(text: string): string {
  return folded(text).replace(/[’'\-–]/g, " ");
}

/** How well `wanted` fits `text`, or null when its letters are not all in it, in this order. More is better. */
export function fit(wanted: string, text: string): number | null {
  const query = plain(wanted).replace(/\s+/g, " ").trim();
  if (!query) return 0;
  const words = plain(text);
  const at = words.indexOf(query);
  if (at >= 0) return 1000 - at + (begins(words, at) ? 200 : 0) - words.length / 100;
  const each = query.split(" ");
  if (each.length > 1 && each.every((word) => beginsSome(words, word))) return 700 - words.length / 100;
  return scattered(query.replace(/ /g, ""), words);
}

const begins = (words: string, at: number): boolean => at === 0 || words[at - 1] === " ";
const beginsSome = (words: string, word: string): boolean => words.startsWith(word) || words.includes(` ${word}`);

// Letter by letter, each at the beginning of a word where that leads to the end: "rea" finds "Rendre à l’assistant".
function scattered(query: string, words: string): number | null {
  return walk(query, words, true) ?? walk(query, words, false);
}

function walk(query: string, words: string, jumping: boolean): number | null {
  let from = 0;
  let score = 400;
  for (const letter of query) {
    const near = words.indexOf(letter, from);
    if (near < 0) return null;
    const next = jumping && !(near === from && from > 0) && !begins(words, near) ? words.indexOf(` ${letter}`, from) : -1;
    const at = next >= 0 ? next + 1 : near;
    score -= at === from ? 0 : begins(words, at) ? 5 : 40 + (at - from);
    from = at + 1;
  }
  return score > 0 ? score : null;
}
