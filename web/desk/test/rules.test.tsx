// Rules: a condition is read and written back as it was, said in both languages, and changed with the version that was seen.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api } from "../src/api";
import type { Live } from "../src/live";
import { Rules, ruleSaid } from "../src/rules/page";
import { stepSaid, type Speaking } from "../src/rules/said";
import { conditionOf, fieldsFor, treeOf } from "../src/rules/tree";
import type { Choices, Rule } from "../src/rules/types";
import { en } from "../src/rules/words.en";
import { fr } from "../src/rules/words.fr";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { DeskContext } from "../src/ui/hooks";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { claire } from "./shapes";

const WORD = ["is", "is_not", "in", "not_in", "empty", "not_empty"];
const NONE = { teams: [], agents: [], types: [], statuses: [], resolutions: [], categories: [], tags: [], replies: [], calendars: [], segments: [], customer_tags: [], topics: [] };
const choices: Choices = {
  events: ["case.opened", "case.waited", "order.changed"],
  fields: [
    { field: "case.type", label: "Case type", type: "word", comparisons: WORD, choices: [], list: "types" },
    { field: "case.priority", label: "Case priority", type: "word", comparisons: WORD, choices: ["urgent", "high", "normal", "low"], list: null },
    { field: "order.total", label: "Order total", type: "number", comparisons: ["is", "less", "at_most", "more", "at_least"], choices: [], list: null },
    { field: "change.what", label: "What happened", type: "word", comparisons: WORD, choices: [], list: null },
  ],
  lists: { ...NONE, types: [{ key: "complaint", name: "Complaint" }], teams: [{ key: "experts", name: "Experts" }], statuses: [{ key: "new", name: "New" }] },
};
const rule: Rule = {
  id: "r1", version: 3, name: "Pressing complaints", enabled: true, position: 1, event: "case.opened", wait: null, stop: false,
  condition: { all: [{ field: "case.type", is: "is", value: "complaint" }, { any: [{ field: "case.priority", is: "in", value: ["urgent", "high"] }, { not: { field: "order.total", is: "less", value: 100 } }] }] },
  actions: [{ do: "notify", whom: "supervisors", texts: { fr: "x", en: "x" } }, { do: "assign", team: "experts" }],
};
const speaking = (words: typeof en, language: "fr" | "en"): Speaking => ({ words, language, choices, channel: (key) => key });

test("a condition is written back as it was read, and an empty one asks nothing", () => {
  expect(conditionOf(treeOf(rule.condition), choices.fields)).toEqual(rule.condition);
  expect(conditionOf(treeOf({}), choices.fields)).toEqual({});
  expect(conditionOf(treeOf({ field: "order.total", is: "more", value: 5 }), choices.fields)).toEqual({ all: [{ field: "order.total", is: "more", value: 5 }] });
});

test("only what an event tells can be asked of it, but for what is asked already", () => {
  expect(fieldsFor("case.opened", choices.fields).map(({ field }) => field)).not.toContain("change.what");
  expect(fieldsFor("order.changed", choices.fields).map(({ field }) => field)).toContain("change.what");
  expect(fieldsFor("case.opened", choices.fields, "change.what").map(({ field }) => field)).toContain("change.what");
});

test("a rule is one plain sentence in both languages", () => {
  expect(ruleSaid(rule, speaking(en, "en"))).toBe(
    "When a case is opened, if the type is Complaint and (the priority is Urgent or High or not (the order’s total is below 100)): tell supervisors, give it to Experts.",
  );
  expect(ruleSaid({ ...rule, event: "case.waited", wait: { status: "new", hours: 72 }, condition: {} }, speaking(fr, "fr"))).toBe(
    "Quand un dossier est «\u00a0New\u00a0» depuis 72 heures\u00a0: prévenir les superviseurs, confier à Experts.",
  );
  expect(stepSaid({ do: "assign", changed: { team: ["support", "experts"] } }, speaking(en, "en"))).toBe("Give it to somebody: the team support → Experts");
  expect(stepSaid({ do: "set_status", refused: "not_now", why: "Aucune étape." }, speaking(fr, "fr"))).toBe("Changer d’étape\u00a0: Aucune étape.");
});

let place: HTMLElement;
let calls: { method: string; path: string; body: unknown; headers: Record<string, string> }[];
let answers: Record<string, [number, unknown]>;
const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
const one = (id: string): HTMLElement => place.querySelector<HTMLElement>(`[data-testid="${id}"]`) ?? expect.fail(`nothing called ${id}`);
const click = async (element: HTMLElement): Promise<void> => {
  await act(() => element.click());
  await settle();
};

beforeEach(async () => {
  calls = [];
  answers = { "GET /api/v1/rules": [200, { items: [rule, { ...rule, id: "r2", name: "Second" }] }], "GET /desk/api/rule-choices": [200, choices], "GET /api/v1/rules/r1/runs": [200, { items: [] }] };
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = url.split("?")[0] ?? "";
    calls.push({ method: init.method ?? "", path, body: init.body ? JSON.parse(String(init.body)) : null, headers: init.headers as Record<string, string> });
    const [status, body] = answers[`${init.method} ${path}`] ?? [404, {}];
    return new Response(JSON.stringify(body), { status });
  });
  place = document.createElement("div");
  document.body.append(place);
  const desk = new Desk(new Api(), new Store(initial("en")), new Keep(null), () => ({}) as Live);
  desk.store.dispatch({ do: "signed in", agent: { ...claire, language: "en", permissions: ["cases.configure"] } });
  await act(() => render(<DeskContext.Provider value={desk}><Rules /></DeskContext.Provider>, place));
  await settle();
});

afterEach(() => {
  render(null, place);
  place.remove();
  vi.unstubAllGlobals();
});

test("it is paused, put in order and tried; what the server finds wrong is said where it is", async () => {
  await click(place.querySelector<HTMLElement>(".admin-row-top") ?? place);
  answers["PATCH /api/v1/rules/r1"] = [200, { ...rule, enabled: false, version: 4 }];
  await click(one("rule-pause"));
  expect(calls.at(-1)).toMatchObject({ method: "PATCH", body: { enabled: false }, headers: { "If-Match": '"3"' } });
  expect(one("rule-row").textContent).toContain(en.paused);
  answers["POST /api/v1/rules/reorder"] = [200, { items: [{ ...rule, id: "r2", name: "Second" }, { ...rule, enabled: false, version: 5 }] }];
  await click(one("rule-down"));
  expect(calls.at(-1)?.body).toEqual({ rules: ["r2", "r1"] });
  answers["POST /api/v1/rules/try"] = [200, { items: [{ case_id: "c1", number: "C-1", matches: true, steps: [{ do: "assign", changed: { team: ["support", "experts"] } }], at: null }, { case_id: "c2", number: "C-2", matches: false, steps: [], at: null }] }];
  await click(one("rule-try"));
  expect(calls.at(-1)?.body).toEqual({ days: 7, event: rule.event, wait: null, condition: rule.condition, actions: rule.actions });
  expect(one("rule-tried").textContent).toContain("1 of 2 events");
  answers["PATCH /api/v1/rules/r1"] = [422, { code: "invalid", errors: [{ field: "condition.all.1.any.0.value", detail: "Not a choice." }] }];
  await click(one("save"));
  expect(calls.at(-1)?.headers).toMatchObject({ "If-Match": '"5"' });
  expect(place.querySelectorAll(".rules-condition .rules-problem")[0]?.textContent).toBe("Not a choice.");
});

test("both languages say everything", () => {
  const paths = (words: object): string[] => Object.entries(words).flatMap(([key, value]) => (typeof value === "object" && value !== null && key !== "fieldOps" ? paths(value).map((inner) => `${key}.${inner}`) : [key])).sort();
  expect(paths(fr)).toEqual(paths(en));
});
