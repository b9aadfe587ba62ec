// Names of what cases are made of, and the lists that one chooses them from.

import type { Language } from "../types";
import type { Both, Level, Priority, Settings } from "./types";

export const PRIORITIES: readonly Priority[] = ["urgent", "high", "normal", "low"];
export const LEVELS: readonly Level[] = ["high", "medium", "low"];

export function named(names: Both | undefined, language: Language, otherwise = ""): string {
  return names?.[language] || names?.[language === "fr" ? "en" : "fr"] || otherwise;
}

export function nameOf(list: readonly { key: string; names: Both }[], key: string | null, language: Language): string {
  if (!key) return "";
  return named(list.find((one) => one.key === key)?.names, language, key);
}

export interface Option {
  value: string;
  label: string;
}

/** The tree as a list: what is below another stands after it, further in. What is retired is left out unless it is chosen. */
export function categoryOptions(settings: Settings, language: Language, chosen: string | null = null): Option[] {
  const below = (parent: string | null, depth: number): Option[] =>
    settings.categories.filter((one) => one.parent === parent).flatMap((one) => [
      ...(one.active || one.key === chosen ? [{ value: one.key, label: `${"\u2003".repeat(depth)}${named(one.names, language)}` }] : []),
      ...below(one.key, depth + 1),
    ]);
  return below(null, 0);
}

/** A category with what it stands below. */
export function categoryPath(settings: Settings, key: string | null, language: Language): string {
  const path: string[] = [];
  for (let one = settings.categories.find((each) => each.key === key); one && path.length < 10;) {
    path.unshift(named(one.names, language));
    const { parent } = one;
    one = settings.categories.find((each) => each.key === parent);
  }
  return path.join(" › ");
}

export function options(list: readonly { key: string; names: Both; active?: boolean }[], language: Language, chosen: string | null = null): Option[] {
  return list.filter((one) => one.active !== false || one.key === chosen).map((one) => ({ value: one.key, label: named(one.names, language, one.key) }));
}

/** With the team that a case has although nobody set it up. */
export function teamOptions(settings: Settings, language: Language, chosen: string | null = null): Option[] {
  const known = options(settings.teams, language);
  return chosen && !known.some(({ value }) => value === chosen) ? [...known, { value: chosen, label: chosen }] : known;
}
