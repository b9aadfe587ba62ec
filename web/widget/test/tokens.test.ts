import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { accentTokens, contrast, parseHex, type AccentTokens, type Rgb } from "@shared/colour";

const css = readFileSync("shared/tokens.css", "utf8");
const block = (from: string, to: string) => css.slice(css.indexOf(from), css.indexOf(to, css.indexOf(from)));
const read = (text: string) => new Map([...text.matchAll(/--r-([a-z0-9-]+):\s*([^;]+);/g)].map((m): [string, string] => [m[1] ?? "", m[2] ?? ""]));

const light = read(css.slice(0, css.indexOf("@media")));
const dark = read(block("@media (prefers-color-scheme: dark)", ':root[data-theme="dark"]'));
const darkByHand = read(block(':root[data-theme="dark"]', "/* One unit of type"));

const GROUNDS = ["canvas", "surface", "sunken", "raised", "hover", "selected", "accent-soft"];
const MEANINGS = ["waiting", "risk", "late", "done", "note"];
const rgb = (theme: Map<string, string>, name: string): Rgb => {
  const colour = parseHex(theme.get(name));
  if (!colour) throw new Error(`${name} is not a hex colour`);
  return colour;
};

test("dark by hand and dark by the system are the same", () => expect(darkByHand).toEqual(dark));
test("light and dark have the same names", () => expect([...dark.keys()].sort()).toEqual([...light.keys()].sort()));

describe.each([["light", light], ["dark", dark]] as const)("%s", (_, theme) => {
  test.each(["ink", "ink-soft", "ink-faint", "accent-text", ...MEANINGS])("%s reads on every surface", (ink) => {
    const own = MEANINGS.includes(ink) ? [`${ink}-soft`] : [];
    for (const ground of [...GROUNDS, ...own]) {
      expect(contrast(rgb(theme, ink), rgb(theme, ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test("text reads on the accent", () => {
    for (const fill of ["accent", "accent-strong"]) expect(contrast(rgb(theme, "on-accent"), rgb(theme, fill))).toBeGreaterThanOrEqual(4.5);
  });

  test("edges, dots and the focus ring can be seen", () => {
    for (const edge of ["line-strong", "focus", ...MEANINGS.map((name) => `${name}-line`)]) {
      for (const ground of ["canvas", "surface", "sunken"]) {
        expect(contrast(rgb(theme, edge), rgb(theme, ground)), `${edge} on ${ground}`).toBeGreaterThanOrEqual(3);
      }
    }
  });
});

// The pages of the help centre are made by a program that cannot read ours: this table holds the two to one rule.
const made = JSON.parse(readFileSync("widget/test/accents.json", "utf8")) as Record<string, Record<"light" | "dark", AccentTokens>>;

test.each(Object.keys(made))("an accent is made of as everywhere: %s", (hex) => {
  const accent = parseHex(hex) as Rgb;
  expect({ light: accentTokens(accent, false), dark: accentTokens(accent, true) }).toEqual(made[hex]);
});

test.each(["#ffff00", "#4f6130", "#ff6600", "#000", "#ffffff", "#7f7f7f", "#e91e63", "#00bcd4"])("any accent stays readable: %s", (hex) => {
  const accent = parseHex(hex) as Rgb;
  for (const theme of [light, dark]) {
    const tokens = accentTokens(accent, theme === dark);
    const on = (a: string, b: string) => contrast(parseHex(a) as Rgb, parseHex(b) as Rgb);
    expect(on(tokens["on-accent"], tokens.accent)).toBeGreaterThanOrEqual(4.5);
    expect(on(tokens["on-accent"], tokens["accent-strong"])).toBeGreaterThanOrEqual(4.5);
    expect(on(tokens["accent-text"], tokens["accent-soft"])).toBeGreaterThanOrEqual(4.5);
    for (const ground of GROUNDS.filter((name) => !(name in tokens))) expect(contrast(parseHex(tokens["accent-text"]) as Rgb, rgb(theme, ground)), ground).toBeGreaterThanOrEqual(4.5);
  }
});
