// A text that is being written: what has changed in it, and how two people's changes come together.

import type { Version } from "./types";

export interface Texts {
  slug: string;
  title: string;
  summary: string;
  body: string;
  questions: string;
  note: string;
  minor: boolean;
}

export type Field = keyof Texts;
export const FIELDS: readonly Field[] = ["title", "slug", "summary", "body", "questions", "note", "minor"];
const NOTHING: Texts = { slug: "", title: "", summary: "", body: "", questions: "", note: "", minor: false };

/** The texts of a version as they are edited; the questions one a line. A new version has its own note. */
export function textsOf(version: Version | null, { next = false } = {}): Texts {
  if (!version) return NOTHING;
  const { slug, title, summary, body, questions, note, minor } = version;
  return { slug, title, summary, body, questions: questions.join("\n"), note: next ? "" : note, minor: next ? false : minor };
}

/** What is to be sent: the fields that differ, as the server takes them. Empty when nothing does. */
export function changes(base: Texts, now: Texts): Record<string, unknown> {
  return Object.fromEntries(differing(base, now).map((field) => [field, field === "questions" ? lines(now.questions) : now[field]]));
}

export function differing(a: Texts, b: Texts): Field[] {
  return FIELDS.filter((field) => (field === "questions" ? lines(a.questions).join("\n") !== lines(b.questions).join("\n") : a[field] !== b[field]));
}

export function lines(text: string): string[] {
  return [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];
}

export interface Met {
  /** Both sides' changes; where both changed the same field, mine. */
  texts: Texts;
  /** The fields that both changed, to different ends. */
  clashes: Field[];
}

/** My changes and theirs since `base`, together. Nothing of either is lost: what clashes is told. */
export function meet(base: Texts, mine: Texts, theirs: Texts): Met {
  const here = differing(base, mine);
  const there = differing(base, theirs);
  const texts = { ...theirs, ...Object.fromEntries(here.map((field) => [field, mine[field]])) };
  return { texts, clashes: differing(mine, theirs).filter((field) => here.includes(field) && there.includes(field)) };
}

/** An address made of a title: small letters, digits, hyphens. */
export function slugOf(title: string): string {
  return title.toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae").normalize("NFD").replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-").slice(0, 80).replace(/^-+|-+$/g, "");
}
