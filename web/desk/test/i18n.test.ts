// Both languages hold every sentence, and each its own typography.

import { describe, expect, test } from "vitest";
import { preferred } from "../src/i18n";
import { en } from "../src/i18n/en";
import { fr } from "../src/i18n/fr";

type Entry = [path: string, value: unknown];

function entries(value: unknown, path = ""): Entry[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => entries(inner, path ? `${path}.${key}` : key));
}

// Functions are spoken with values that tell singular from plural and null from text.
function sentences([path, value]: Entry): Entry[] {
  if (typeof value !== "function") return [[path, value]];
  const call = value as (...args: unknown[]) => unknown;
  return [[1, "x"], [2, "x"], ["Nom", "y"], [null, null]].map((args) => [path, call(...args)]);
}

const spoken = (dictionary: unknown): [string, string][] =>
  entries(dictionary).flatMap(sentences).map(([path, text]) => [path, String(text)]);

describe("the dictionaries", () => {
  test("have the same keys", () => {
    expect(entries(fr).map(([path]) => path).sort()).toEqual(entries(en).map(([path]) => path).sort());
  });

  test("hold no empty sentence", () => {
    for (const [path, text] of [...spoken(en), ...spoken(fr)]) expect(text.trim(), path).not.toBe("");
  });

  test("French has a no-break space before : ; ? ! and inside quotation marks", () => {
    for (const [path, text] of spoken(fr)) {
      expect(text, path).not.toMatch(/[^\u00a0\u202f][:;?!](?!\/)/);
      expect(text, path).not.toMatch(/«[^\u00a0]|[^\u00a0]»/);
    }
  });

  test("English has none, and both use the curly apostrophe", () => {
    for (const [path, text] of spoken(en)) expect(text, path).not.toMatch(/[\s\u00a0][:;?!]/);
    for (const [path, text] of [...spoken(en), ...spoken(fr)]) expect(text, path).not.toContain("'");
  });
});

test("the first language of the browser that the desk speaks is taken", () => {
  expect(preferred(["de-DE", "fr-CA", "en"])).toBe("fr");
  expect(preferred(["en-US", "fr"])).toBe("en");
  expect(preferred(["de"])).toBe("en");
});
