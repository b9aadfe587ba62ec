// Reports: what is asked for stands in the address, figures are told rightly, and everything is reached by keyboard.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Api } from "../src/api";
import type { Live } from "../src/live";
import { parse, query, spanOf, toHash } from "../src/reports/asked";
import { runs } from "../src/reports/chart";
import { ReportsPage } from "../src/reports/page";
import type { Figure, Report } from "../src/reports/types";
import { change, lasting, ticks, told } from "../src/reports/values";
import { en } from "../src/reports/words.en";
import { fr } from "../src/reports/words.fr";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { DeskContext } from "../src/ui/hooks";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { parseRoute } from "../src/work/route";
import { claire } from "./shapes";

const figure = (key: string, more: Partial<Figure> = {}): Figure => ({
  key, name: key, unit: "number", fold: "count", better: "", value: 12, rows: 12, before: 10, course: [5, 7], course_before: [6, 4],
  definition: { counts: "What counts", among: "Among these", without: "", source: "Relais" }, ...more,
});

const report: Report = {
  period: { from: "2026-11-01", to: "2026-11-02", days: 2, zone: "Europe/Paris" },
  before: { from: "2026-10-30", to: "2026-10-31", days: 2, zone: "Europe/Paris" },
  step: "day", steps: ["2026-11-01", "2026-11-02"], within: 60, as_of: "2026-11-02T10:00:00Z",
  figures: [
    figure("contacts"),
    figure("containment", { unit: "share", fold: "share", better: "up", value: 0.5, before: 0.75, course: [null, 0.5], course_before: [0.75, null] }),
  ],
  hours: Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 1)),
  reasons: [{ key: "asked", name: "The customer asked", count: 3 }],
  words: [{ id: "1", at: "2026-11-02T09:00:00Z", counted: true, value: null, conversation: "c1", case: null, number: null, name: null, words: "Very <b>good</b>", note: null, score: 5, dims: {} }],
  choices: { team: [{ key: "support", name: "Customer service" }], agent: [], channel: [{ key: "mail", name: "E-mail" }], topic: [], language: [] },
};
const divided = { by: "channel", name: "Channel", figures: ["contacts", "containment"], parts: [{ key: "mail", name: "E-mail", values: { contacts: 12, containment: 0.5 }, rows: { contacts: 12 } }] };
const rows = {
  figure: "contacts", unit: null, dims: [{ key: "channel", name: "Channel" }], next: "more",
  items: [{ id: "1", at: "2026-11-02T09:00:00Z", counted: true, value: null, conversation: "c1", case: null, number: null, name: "Marie Durand", words: null, note: null, score: null, dims: { channel: "E-mail" } }],
};

let place: HTMLElement;
let paths: string[];
let answers: Record<string, [number, unknown]>;

const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
const all = (id: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const one = (id: string): HTMLElement => all(id)[0] ?? expect.fail(`nothing called ${id}`);
const click = async (element: HTMLElement): Promise<void> => {
  await act(() => element.click());
  await settle();
};

async function open(hash = "#/reports", permissions = ["reports.read", "conversations.read"]): Promise<void> {
  location.hash = hash;
  const desk = new Desk(new Api(), new Store(initial("en")), new Keep(null), () => ({}) as Live);
  desk.store.dispatch({ do: "signed in", agent: { ...claire, language: "en", permissions } });
  await act(() => render(<DeskContext.Provider value={desk}><ReportsPage /></DeskContext.Provider>, place));
  for (let tries = 0; tries < 50 && !all("rep-divided-table")[0] && !all("rep-empty")[0] && !all("page-failed")[0] && !all("no-rights")[0]; tries += 1) await settle();
}

beforeEach(() => {
  place = document.createElement("div");
  document.body.append(place);
  paths = [];
  answers = { "/desk/api/reports": [200, report], "/desk/api/reports/divided": [200, divided], "/desk/api/reports/rows": [200, rows] };
  vi.stubGlobal("fetch", async (url: string) => {
    paths.push(url);
    const [status, body] = answers[url.split("?")[0] ?? ""] ?? [404, {}];
    return new Response(JSON.stringify(body), { status });
  });
});

afterEach(() => {
  act(() => render(null, place));
  place.remove();
  vi.unstubAllGlobals();
  location.hash = "";
});

describe("what is asked for", () => {
  test("goes into the address and comes back out of it", () => {
    for (const hash of ["#/reports", "#/reports?period=last-month&team=support&within=120", "#/reports?from=2026-10-01&to=2026-10-31&step=week&figure=wait&by=agent"]) {
      expect(toHash(parse(hash, "2026-11-23"))).toBe(hash);
    }
    expect(parseRoute("#/reports?from=2026-10-01&to=2026-10-31").page).toBe("reports");
  });

  test("is made good where somebody typed nonsense", () => {
    const asked = parse("#/reports?from=2026-13&to=x&within=-1&step=hour&by=mood", "2026-11-23");
    expect([asked.preset, asked.from, asked.to, asked.within, asked.step, asked.by]).toEqual(["28", "2026-10-27", "2026-11-23", 60, null, "channel"]);
  });

  test("presets are whole days", () => {
    expect(spanOf("last-month", "2026-03-31")).toEqual(["2026-02-01", "2026-02-28"]);
    expect(spanOf("7", "2026-03-03")).toEqual(["2026-02-25", "2026-03-03"]);
    expect(spanOf("month", "2026-03-03")).toEqual(["2026-03-01", "2026-03-03"]);
    expect(query(parse("#/reports?team=a%26b", "2026-11-23"), { by: "team", before: null })).toBe("from=2026-10-27&to=2026-11-23&within=60&team=a%26b&by=team");
  });
});

describe("figures", () => {
  test("are told in their units", () => {
    expect([told(0.8123, "share", "en"), told(null, "share", "en"), told(4.25, "score", "en"), told(12345, "number", "en")]).toEqual(["81.2%", "–", "4.3", "12,345"]);
    expect([lasting(4.26, "fr"), lasting(59.6, "en"), lasting(185, "en"), lasting(7800, "en"), lasting(345600, "fr")]).toEqual(["4,3\u00a0s", "1\u00a0min", "3\u00a0min\u00a05\u00a0s", "2\u00a0h\u00a010\u00a0min", "4\u00a0j"]);
  });

  test("stand beside the period before, by the way that is good", () => {
    const beside = (more: Partial<Figure>) => change(figure("x", more), "en");
    expect(beside({})).toEqual({ text: "+20%", way: "up", good: null });
    expect(beside({ unit: "share", value: 0.5, before: 0.75, better: "up" })).toEqual({ text: "−25\u00a0pt", way: "down", good: false });
    expect(beside({ unit: "seconds", value: 50, before: 100, better: "down" })?.good).toBe(true);
    expect([beside({ before: null }), beside({ before: 0 })]).toEqual([null, null]);
  });

  test("axes go up to round numbers", () => {
    expect(ticks(0.83, "share")).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(ticks(17, "number")).toEqual([0, 5, 10, 15, 20]);
    expect(ticks(100, "seconds")).toEqual([0, 30, 60, 90, 120]);
    expect(ticks(0, "number")).toEqual([0, 1]);
    expect(runs([null, 1, 2, null, 3])).toEqual([[1, 2], [4]]);
  });
});

describe("the page", () => {
  test("shows figures, what they mean, and their course as a table", async () => {
    await open();
    expect(one("rep-tile-contacts").textContent).toContain("12");
    expect(one("rep-tile-containment").textContent).toContain("worse");
    await click(one("rep-info-containment"));
    expect(one("rep-definition").textContent).toContain("What counts");
    await click(document.querySelector<HTMLElement>("dialog .icon-button") ?? expect.fail("no way out"));
    await click(one("rep-tile-containment").querySelector("button") ?? expect.fail("no button"));
    expect(location.hash).toBe("#/reports?figure=containment");
    await click(one("rep-as-table"));
    expect(one("rep-course-table").querySelectorAll("tbody tr")).toHaveLength(2);
    expect(one("rep-said").textContent).toContain("Very <b>good</b>");
  });

  test("the chart is walked by keys and opens what is behind a day", async () => {
    await open("#/reports?from=2026-11-01&to=2026-11-02");
    const chart = one("rep-chart");
    const press = (key: string) => act(() => void chart.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
    await press("End");
    expect(chart.getAttribute("aria-valuetext")).toContain("7, before: 4");
    await press("Enter");
    await settle();
    expect(paths.find((path) => path.includes("/rows?"))).toContain("from=2026-11-02");
    expect(one("rep-rows").textContent).toContain("Marie Durand");
    expect(one("rep-rows").querySelector("a")?.getAttribute("href")).toBe("#/closed/c1");
    await click(one("rep-more"));
    expect(paths.at(-1)).toContain("before=more");
  });

  test("a row of the comparison narrows the report to it", async () => {
    await open();
    await click(one("rep-divided-table").querySelector("tbody button") ?? expect.fail("no button"));
    expect(location.hash).toContain("channel=mail");
    expect(paths.at(-1)).toContain("channel=mail");
    await click(one("rep-reset"));
    expect(location.hash).toBe("#/reports");
  });

  test("says so when nothing happened, when it failed, and when one may not", async () => {
    answers["/desk/api/reports"] = [200, { ...report, figures: [figure("contacts", { value: 0, rows: 0 })] }];
    await open();
    expect(one("rep-empty").textContent).toContain("Nothing happened");
    answers["/desk/api/reports"] = [500, {}];
    await act(() => render(null, place));
    await open();
    expect(one("page-failed")).toBeTruthy();
    await act(() => render(null, place));
    await open("#/reports", []);
    expect(one("no-rights")).toBeTruthy();
  });
});

test("both languages hold every sentence", () => {
  const keys = (value: unknown, at = ""): string[] => typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => keys(inner, `${at}.${key}`)) : [`${at}:${typeof value}`];
  expect(keys(fr).sort()).toEqual(keys(en).sort());
});
