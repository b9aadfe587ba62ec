// Links in plain text, addresses in the page, times as people read them.

import { describe, expect, test, vi } from "vitest";
import { brief, percent, spoken, urgency, waited } from "../src/format";
import { dictionary } from "../src/i18n";
import { linkify, safeUrl } from "../src/linkify";
import { parseRoute, toHash } from "../src/work/route";

const links = (text: string): string[] => linkify(text).flatMap((piece) => (piece.href ? [piece.href] : []));

describe("links", () => {
  test("https only, without the punctuation that ends the sentence", () => {
    expect(links("Voir https://suivi.example/8R41. Merci")).toEqual(["https://suivi.example/8R41"]);
    expect(links("(https://a.example/x_(y))")).toEqual(["https://a.example/x_(y)"]);
    expect(links("http://a.example javascript:alert(1) data:text/html,x")).toEqual([]);
  });

  test("nothing that hides where it leads", () => {
    expect(links("https://bank.example@evil.example/")).toEqual([]);
  });

  test("the pieces give back the text exactly", () => {
    const text = "<b>x</b> https://a.example/?q=1&b=2, puis « https://b.example »\n…";
    expect(linkify(text).map((piece) => piece.text).join("")).toBe(text);
  });

  test("a card may lead to this server or to https, not elsewhere", () => {
    expect(safeUrl("/fr/aide/retours")).toBe("/fr/aide/retours");
    expect(safeUrl("https://suivi.example/1")).toBe("https://suivi.example/1");
    for (const bad of ["//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "http://a.example", "", null]) {
      expect(safeUrl(bad)).toBeNull();
    }
  });
});

describe("times", () => {
  const since = "2026-11-22T09:00:00Z";
  const after = (seconds: number): number => Date.parse(since) + seconds * 1000;
  test("a wait is said in the unit that matters", () => {
    const fr = dictionary("fr");
    expect([-3, 45, 60, 3_599, 3_900, 200_000].map((s) => waited(since, after(s), fr)))
      .toEqual(["0 s", "45 s", "1 min", "59 min", "1 h 05", "2 j"].map((text) => text.replaceAll(" ", "\u00a0")));
    expect(waited(since, after(200_000), dictionary("en"))).toBe("2 d");
  });

  test("a wait becomes a risk, then late", () => {
    expect([0, 299, 300, 900].map((s) => urgency(since, after(s)))).toEqual(["fresh", "fresh", "risk", "late"]);
  });

  test("a list shows the time today and the date before this week", () => {
    const now = new Date(2026, 10, 22, 15, 0).getTime();
    expect(brief(new Date(2026, 10, 22, 9, 5).toISOString(), now, "en")).toBe("09:05");
    expect(brief(new Date(2026, 10, 2, 9, 5).toISOString(), now, "en")).toBe("2 Nov");
  });

  test("what the server has formatted stays; what it has not is spoken", () => {
    expect(spoken("mardi 25 novembre", "fr")).toBe("mardi 25 novembre");
    expect(spoken("2022-03-14", "en")).toBe("14 March 2022");
    expect(percent(0.934, "fr")).toMatch(/^93\s%$/);
  });

  test("a date without a time is the same day in every zone", () => {
    vi.stubEnv("TZ", "America/Los_Angeles");
    expect(spoken("2022-03-14", "fr")).toBe("14 mars 2022");
    vi.unstubAllEnvs();
  });
});

test("addresses say where the agent is, and come back the same", () => {
  for (const hash of ["#/waiting", "#/mine/0193-ab", "#/closed/0193-ab/context"]) expect(toHash(parseRoute(hash))).toBe(hash);
  for (const hash of ["#/channels", "#/undelivered"]) expect(toHash(parseRoute(hash))).toBe(hash);
  expect(parseRoute("#/nonsense/%E0%A4%A")).toEqual({ page: "conversations", view: "waiting", id: "%E0%A4%A", context: false });
});
