import { describe, expect, test } from "vitest";
import { Speech, WORDS } from "../src/i18n";
import { MORE_WORDS } from "../src/i18n/more";

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
const flat = (words: object) =>
  Object.entries(words).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name, value]] : Object.entries(value as object).map(([form, text]) => [`${name}.${form}`, String(text)]),
  );
const ALL = { fr: { ...WORDS.fr, ...MORE_WORDS.fr }, en: { ...WORDS.en, ...MORE_WORDS.en } };

test("both languages say the same things with the same values", () => {
  const [fr, en] = [new Map(flat(ALL.fr)), new Map(flat(ALL.en))];
  expect([...fr.keys()].sort()).toEqual([...en.keys()].sort());
  for (const [name, text] of fr) expect(placeholders(text), name).toEqual(placeholders(en.get(name) ?? ""));
});

test("French has its spaces and apostrophes, English its own", () => {
  for (const [name, text] of flat(ALL.fr)) {
    expect(text, name).not.toMatch(/[^\u00a0\u202f][;:?!]/);
    expect(text, name).not.toContain("'");
  }
  for (const [name, text] of flat(ALL.en)) {
    expect(text, name).not.toMatch(/[\s\u00a0][;:?!]/);
    expect(text, name).not.toContain("'");
  }
});

describe("numbers, days and times", () => {
  const fr = new Speech("fr");
  const en = new Speech("en");

  test("zero is singular in French, plural in English", () => {
    expect(fr.count("left", 0)).toBe("0 caractère restant");
    expect(en.count("left", 0)).toBe("0 characters left");
    expect(en.count("queueAhead", 1)).toBe("1 person ahead of you");
  });

  test("days are spoken", () => {
    const now = new Date(2026, 10, 22, 12);
    expect(fr.day(new Date(2026, 10, 22, 1).toISOString(), now)).toBe("Aujourd’hui");
    expect(en.day(new Date(2026, 10, 21, 23).toISOString(), now)).toBe("Yesterday");
    expect(fr.day(new Date(2026, 10, 17, 9).toISOString(), now)).toBe("Mardi 17 novembre");
    expect(en.day(new Date(2026, 10, 17, 9).toISOString(), now)).toMatch(/^Tuesday,? 17 November$/);
  });

  test("an unreadable date is left out rather than shown", () => expect(fr.time("never")).toBe(""));
});
