// Customers: addresses of the pages, rules of segments there and back, the timeline in words, a version conflict that loses nothing.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Api } from "../src/api";
import { changesOf } from "../src/customers/details";
import { evidenceSaid } from "../src/customers/duplicates";
import { stayed } from "../src/customers/merges";
import { CustomersPage } from "../src/customers/page";
import { changed, complete, newCondition, pathsOf, ruleOf, treeOf, type Condition, type Rule } from "../src/customers/rules";
import { ruleSaid } from "../src/customers/said";
import { placed } from "../src/customers/segment";
import { told } from "../src/customers/told";
import type { Field, Whole } from "../src/customers/types";
import { above, hashOf, parse, type Where } from "../src/customers/where";
import { en } from "../src/customers/words.en";
import { fr } from "../src/customers/words.fr";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { DeskContext } from "../src/ui/hooks";
import { mayOpen } from "../src/ui/page";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { parseRoute } from "../src/work/route";
import { claire } from "./shapes";

const field = (name: string, kind: Field["kind"], operators: string[], more: Partial<Field> = {}): Field => ({
  name, kind, operators, labels: { fr: name, en: name }, choices: [], within_days: false, currency: false, ...more,
});
const FIELDS: Field[] = [
  field("stage", "choice", ["is", "in"], { choices: ["new", "active"] }), field("spent", "money", ["ge", "between"], { currency: true, within_days: true }),
  field("last_order", "date", ["before", "in_last_days", "unknown"]), field("vip", "boolean", ["is"]), field("tags", "set", ["any_of"]),
];
const RULE: Rule = {
  all: [
    { field: "stage", op: "in", value: ["new", "active"] },
    { field: "spent", op: "ge", value: 50_050, currency: "EUR", within_days: 365 },
    { not: { any: [{ field: "last_order", op: "in_last_days", value: 30 }, { not: { field: "vip", op: "is", value: true } }] } },
    { field: "last_order", op: "unknown" },
  ],
};

describe("the address", () => {
  test.each<Where>([
    { at: "search", words: "zoé & co" }, { at: "customer", id: "c/1", part: "card" }, { at: "customer", id: "c1", part: "orders" }, { at: "duplicates" },
    { at: "merge", kept: "a", gone: "b" }, { at: "segments" }, { at: "segment", id: "new" },
  ])("leads there and back: %o", (where) => {
    expect(parse(hashOf(where))).toEqual(where);
    expect(parseRoute(hashOf(where)).page).toBe("customers");
  });

  test("what it does not name is the search, and each page knows the one above it", () => {
    expect(parse("#/customers/merge/a")).toEqual({ at: "search", words: "" });
    expect(parse("#/customers/c1/%E0%A4%A")).toEqual({ at: "customer", id: "c1", part: "card" });
    expect(above({ at: "merge", kept: "a", gone: "b" })).toEqual({ at: "customer", id: "a", part: "card" });
    expect(above({ at: "segments" })).toBeNull();
  });
});

describe("rules of segments", () => {
  test("are the same once they were read and written", () => {
    expect(ruleOf(treeOf(RULE, FIELDS), FIELDS)).toEqual(RULE);
    expect(ruleOf(treeOf({ field: "vip", op: "is", value: false }, FIELDS), FIELDS)).toEqual({ all: [{ field: "vip", op: "is", value: false }] });
  });

  test("money is typed as people write it, and what is no number goes as it is for the server to refuse", () => {
    const one: Condition = { ...newCondition(FIELDS[1]!), values: ["1 250,5"] };
    expect(ruleOf(one, FIELDS)).toEqual({ field: "spent", op: "ge", value: 125_050, currency: "EUR" });
    expect(ruleOf({ ...one, values: ["many"], within: "x" }, FIELDS)).toEqual({ field: "spent", op: "ge", value: "many", currency: "EUR", within_days: 0 });
  });

  test("are tried once they are complete, and a fault is told where it is", () => {
    const tree = treeOf(RULE, FIELDS);
    expect(complete(tree)).toBe(true);
    const second = tree.items[1]!;
    expect(complete(changed(tree, second.key, (node) => ({ ...(node as Condition), values: [""] })))).toBe(false);
    expect(changed(tree, second.key, () => null).items).toHaveLength(3);
    expect(placed({ "rule.all.1.currency": "Which?", name: "Taken" }, tree)).toEqual({ [second.key]: "Which?" });
    expect([...pathsOf(tree).values()]).toContain("rule.all.2.not.any.1");
    expect(complete(treeOf(null, FIELDS))).toBe(false);
  });

  test("are told in one plain sentence, in both languages", () => {
    expect(ruleSaid(RULE, FIELDS, en, "en")).toBe(
      "Customers who are in the stage New or Active and spent at least €500.50 within 365 days and are not among those who (last ordered in the last 30 days or are not among those who are VIPs) and never ordered",
    );
    const plain = (said: string): string => said.replace(/[\u00a0\u202f]/g, " ");
    const british: Rule = { all: [{ field: "countries", op: "any_of", value: ["GB", "FR"] }, { field: "orders", op: "ge", value: 2, within_days: 90 }, { field: "language", op: "is_not", value: "en" }] };
    const language = [{ ...FIELDS[0]!, name: "language" }];
    expect(ruleSaid(british, language, en, "en")).toBe("Customers who have an address in the United Kingdom or France and placed at least 2 orders within 90 days and do not speak English");
    expect(plain(ruleSaid(british, language, fr, "fr"))).toBe("Clients qui ont une adresse au Royaume-Uni ou en France et ont passé au moins 2 commandes en 90 jours et ne parlent pas anglais");
    expect(plain(ruleSaid({ field: "spent", op: "ge", value: 50_000, currency: "GBP" }, FIELDS, fr, "fr"))).toBe("Clients qui ont dépensé au moins 500,00 £");
    expect(ruleSaid({ field: "attribute.size", op: "is", value: "M" }, [], en, "en")).toBe("Customers who have M under “attribute.size”");
    expect(ruleSaid({ all: [] }, FIELDS, en, "en")).toBe("");
  });
});

test("the timeline says what happened, also of a kind that is new", () => {
  const entry = (kind: string, facts: Record<string, unknown>) => told({ id: "1", at: "2026-11-02T09:00:00Z", kind, channel: null, conversation_id: null, facts }, en, "en");
  expect(entry("message", { author: "customer", text: "Hello", subject: "My parcel" })).toEqual({ title: "The customer wrote", text: "My parcel\nHello" });
  expect(entry("refund", { number: "M-1", amount_minor: 1_250, currency: "GBP" }).title).toBe("Order M-1: refund of £12.50");
  expect(entry("consent", { purpose: "marketing", given: false }).title).toBe("Refuses: Advertising");
  expect(entry("holiday", {}).title).toBe("Event");
});

test("evidence speaks for and against, and an undoing counts what stayed", () => {
  expect(evidenceSaid([{ kind: "email" }, { kind: "name", against: true }], en)).toEqual({ for: ["same e-mail"], against: ["different names"] });
  expect(stayed({ changed_since: { "customers.company": 1 }, added_since: { orders: 2 }, begun_since: 3 })).toBe(3);
});

test("both languages hold every sentence, and each its own typography", () => {
  const entries = (value: unknown, path = ""): [string, unknown][] =>
    typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, inner]) => entries(inner, `${path}.${key}`)) : [[path, value]];
  const said = (words: unknown): [string, string][] => entries(words).map(([path, value]) => [path, String(typeof value === "function" ? (value as (...args: unknown[]) => unknown)(2, "x") : value)]);
  expect(said(fr).map(([path]) => path).sort()).toEqual(said(en).map(([path]) => path).sort());
  for (const [path, text] of said(fr)) expect(text, path).not.toMatch(/[^\u00a0\u202f][:;?!]|«[^\u00a0]|[^\u00a0]»|'/);
  for (const [path, text] of said(en)) expect(text, path).not.toMatch(/[\s\u00a0][:;?!]|'/);
});

describe("the pages", () => {
  const whole: Whole = {
    id: "c1", version: 3, external_id: null, first_name: "Marie", last_name: "Durand", language: "en", company: "", birth_date: null, time_zone: null, created_at: "2026-01-02T09:00:00Z",
    wishes: { channel: null, hours_from: null, hours_until: null }, addresses: [], attributes: {}, tags: [], groups: [],
    identities: [{ id: "i1", kind: "email", value: "marie@example.org", proof: "verified", proved_at: "2026-01-02T09:00:00Z", is_primary: true, shown_name: null, unreachable_since: null }],
    consents: [{ purpose: "marketing", channel: "", given: false, basis: "consent", how: null, at: null }],
    counts: { orders: 0, conversations: 0, cases: 0, open_cases: 0, notes: 0, documents: 0, duplicates: 1 },
  };
  let place: HTMLElement;
  let asked: { method: string; path: string; body: unknown; version: string | null }[];
  let answers: Record<string, [number, unknown]>;

  const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
  const all = (id: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
  const one = (id: string): HTMLElement => all(id)[0] ?? expect.fail(`nothing called ${id}`);
  const comes = async (id: string): Promise<HTMLElement> => {
    for (let tries = 0; tries < 100 && !all(id)[0]; tries += 1) await settle();
    return one(id);
  };
  const write = (id: string, value: string): Promise<void> => act(() => {
    const input = one(id) as HTMLInputElement;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });

  async function open(hash: string, permissions = ["customers.read", "customers.write", "customers.merge"]): Promise<void> {
    location.hash = hash;
    const desk = new Desk(new Api(), new Store(initial("en")), new Keep(null), () => ({}) as Live);
    desk.store.dispatch({ do: "signed in", agent: { ...claire, language: "en", permissions } });
    await act(() => render(<DeskContext.Provider value={desk}><CustomersPage /></DeskContext.Provider>, place));
    await settle();
  }

  beforeEach(() => {
    place = document.createElement("div");
    document.body.append(place);
    asked = [];
    answers = {
      "GET /api/v1/customers/c1": [200, whole], "GET /api/v1/customers/c1/timeline": [200, { items: [], next: null }],
      "GET /desk/api/customers": [200, { next: null, items: [{ id: "c1", name: "Marie Durand", company: "", language: "en", external_id: null, email: "marie@example.org", phone: null, place: "69003 Lyon", country: "France", vip: false, stage: "active", since: "2 Jan 2026", last_contact: null, orders: 2, last_order: "1 Nov 2026", found: { by: "order", value: "M-1" } }] }],
    };
    vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
      const path = address.split("?")[0] ?? "";
      const method = init.method ?? "GET";
      const headers = init.headers as Record<string, string>;
      asked.push({ method, path: address, body: init.body ? JSON.parse(String(init.body)) : null, version: headers["If-Match"] ?? null });
      const [status, body] = answers[`${method} ${path}`] ?? [404, { code: "not_found", detail: "Nothing here" }];
      return new Response(JSON.stringify(body), { status });
    });
  });
  afterEach(() => {
    render(null, place);
    place.remove();
    vi.unstubAllGlobals();
  });

  test("are not there without the right, and nothing is asked for", async () => {
    await open("#/customers", ["conversations.read"]);
    expect(one("no-rights").textContent).toContain("customers");
    expect(asked).toEqual([]);
    expect(mayOpen("admin", { ...claire, permissions: ["channels.configure"] })).toBe(true);
  });

  test("find somebody with what tells namesakes apart, by keyboard", async () => {
    await open("#/customers?q=m-1");
    const hit = await comes("cust-hit");
    expect(asked[0]?.path).toBe("/desk/api/customers?q=m-1");
    for (const said of ["Marie Durand", "marie@example.org", "69003 Lyon, France", "2 orders, the last on 1 Nov 2026", "order M-1"]) expect(hit.textContent).toContain(said);
    const field = one("cust-search");
    field.focus();
    await act(() => void field.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true })));
    expect(document.activeElement).toBe(hit);
  });

  test("only what was changed is sent; where a colleague was quicker nothing typed is lost", async () => {
    expect(changesOf(whole, { first_name: "Marie", last_name: "Dupont", company: "", language: "en", birth_date: "", time_zone: "", external_id: "" })).toEqual({ last_name: "Dupont" });
    await open("#/customers/c1");
    await comes("cust-card");
    await act(() => one("cust-edit").click());
    await write("field-last_name", "Dupont");
    answers["PATCH /api/v1/customers/c1"] = [412, { code: "stale" }];
    answers["GET /api/v1/customers/c1"] = [200, { ...whole, version: 4, company: "Atelier" }];
    await act(() => one("save").click());
    expect((await comes("cust-stale")).textContent).toContain("Company: Atelier");
    expect((one("field-last_name") as HTMLInputElement).value).toBe("Dupont");
    answers["PATCH /api/v1/customers/c1"] = [200, whole];
    await act(() => one("save").click());
    await settle();
    const sent = asked.filter(({ method }) => method === "PATCH");
    expect(sent.map(({ version }) => version)).toEqual(['"3"', '"4"']);
    expect(sent[1]?.body).toEqual({ last_name: "Dupont" });
  });

  test("who may not change or merge sees neither button; a merged record leads on", async () => {
    await open("#/customers/c1", ["customers.read"]);
    await comes("cust-card");
    for (const hidden of ["cust-edit", "cust-merge", "cust-suspected", "cust-open-case", "cust-to-orders", "cust-segments"]) expect(all(hidden), hidden).toEqual([]);
    answers["GET /api/v1/customers/c2"] = [409, { code: "not_now", detail: "Merged into another (01a20693-0d35-72e3-995a-06c2b2f3b163)." }];
    await open("#/customers/c2", ["customers.read"]);
    expect((await comes("cust-merged")).querySelector("a")?.getAttribute("href")).toBe("#/customers/01a20693-0d35-72e3-995a-06c2b2f3b163");
  });
});
