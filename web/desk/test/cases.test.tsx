// Cases: the address holds what is asked for, clocks go by the server's time, cards go where steps lead, and what two people change is told.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Api, Refused } from "../src/api";
import type { Rest } from "../src/admin/rest";
import { placeOf, query, sortOf, toHash, type Asked } from "../src/cases/asked";
import { asks, barred, beside, neighbour, placed } from "../src/cases/carry";
import { Meanwhile, upon } from "../src/cases/changing";
import { categoryOptions } from "../src/cases/choosing";
import { heardTime, lasting, serverTime, standing, worth } from "../src/cases/clocks";
import { asked as toOpen } from "../src/cases/opening";
import { CasesPage } from "../src/cases/page";
import type { Case, Clock, Columns, Row, Settings, Step, Whole } from "../src/cases/types";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { DeskContext } from "../src/ui/hooks";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { parseRoute } from "../src/work/route";
import { claire } from "./shapes";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const clock = (more: Partial<Clock> = {}): Clock => ({
  kind: "first_response", round: 1, state: "running", target: 60, started_at: "2026-11-23T09:30:00Z", warn_at: "2026-11-23T10:18:00Z", due_at: "2026-11-23T10:30:00Z", met_at: null, late: false, ...more,
});
const row = (id: string, more: Partial<Row> = {}): Row => ({
  id, number: `C-2026-00000${id}`, subject: `Case ${id}`, type_key: "complaint", category_id: null, status: "new", stage: "active", priority: "normal", team: "support", agent_id: null, tags: [],
  due_at: null, created_at: "2026-11-23T09:00:00Z", updated_at: "2026-11-23T09:00:00Z", status_since: "2026-11-23T09:00:00Z", version: 1, customer: { id: "c1", name: "Marie <b>Dupont</b>" }, clock: clock(), items: null, ...more,
});
const step = (to: string, more: Partial<Step> = {}): Step => ({ to, stage: "active", needs: [], missing: [], permitted: true, ...more });
const named = (key: string, more: object = {}) => ({ key, names: { en: key, fr: key }, ...more });
const settings = {
  types: [named("complaint", { active: true, team: "support" })], resolutions: [named("solved", { active: true })], teams: [named("support"), named("workshop")], templates: [],
  statuses: [named("new", { stage: "active" }), named("open", { stage: "active" }), named("closed", { stage: "closed" })],
  categories: [named("a", { parent: null, active: true }), named("b", { parent: "a", active: true }), named("old", { parent: null, active: false })],
  agents: [{ id: claire.id, name: "Claire Martin" }, { id: "t1", name: "Thomas Bernard" }], matrix: {},
} as unknown as Settings;
const one: Case = {
  ...row("1"), description: "It is broken.", customer_id: "c1", language: "fr", channel: null, impact: "medium", urgency: "medium", fields: {}, template_key: null, due_extended: false, resolution_key: null,
  resolution_summary: "", parent_id: null, duplicate_of_id: null, opened_by: "system", resolved_at: null, closed_at: null, reopened: 0, acknowledge: null,
};
const whole = (more: Partial<Case> = {}, history: Whole["history"] = []): Whole => ({
  case: { ...one, ...more }, customer: { id: "c1", name: "Marie Dupont" }, clocks: [clock()], steps: [step("open")], items: [], said: [], history, names: { "agent:t1": "Thomas Bernard" },
  links: { conversations: [], orders: [], related: [], children: [], duplicates: [], parent: null, original: null, watchers: [] }, files: [], now: new Date().toISOString(),
});

describe("the address", () => {
  test("holds the place and what is asked for", () => {
    const asked: Asked = { scope: "late", sort: "-created_at", filters: { team: "support", text: "vase ébréché" } };
    expect(placeOf(toHash("board", asked))).toEqual({ show: "board", asked });
    expect(placeOf("#/cases/abc")).toEqual({ show: "one", id: "abc" });
    expect(placeOf("#/cases/new?conversation=k")).toEqual({ show: "new", customer: null, conversation: "k" });
    expect(placeOf("#/cases?scope=whatever&sort=drop")).toEqual({ show: "list", asked: { scope: "open", sort: "", filters: {} } });
    expect(parseRoute("#/cases/abc").page).toBe("cases");
  });

  test("becomes what the server reads: a status says more than going on, and short words nothing", () => {
    expect(query({ scope: "mine", sort: "", filters: { text: "ab" } }, "me").toString()).toBe("open=true&agent_id=me");
    expect(query({ scope: "open", sort: "", filters: { status: "closed" } }, "me").toString()).toBe("status=closed");
    expect(query({ scope: "unassigned", sort: "", filters: { agent_id: "t1" } }, "me").toString()).toBe("open=true&unassigned=true");
    expect(sortOf({ scope: "risk", sort: "", filters: {} })).toBe("promise");
  });
});

describe("clocks", () => {
  test("count by the server's time, whatever this computer's clock says", () => {
    heardTime("2026-11-23T10:00:00Z", NOW - 3_600_000);
    expect(serverTime(NOW - 3_600_000)).toBe(NOW);
    heardTime("not a time");
    expect(serverTime(NOW - 3_600_000)).toBe(NOW);
    heardTime(new Date().toISOString());
  });

  test("say what is left, by how much they are late, and that they stand still", () => {
    expect(standing(clock(), NOW, "en")).toEqual({ tone: "going", time: "30\u00a0min\u00a000\u00a0s" });
    expect(standing(clock(), NOW + 19 * 60_000, "en")?.tone).toBe("risk");
    expect(standing(clock(), NOW + 31 * 60_000, "fr")).toEqual({ tone: "late", time: "1\u00a0min\u00a000\u00a0s" });
    expect(standing(clock({ state: "paused", due_at: null }), NOW, "fr")).toEqual({ tone: "paused", time: null });
    expect(standing(clock({ state: "paused" }), NOW + 31 * 60_000, "fr")?.tone).toBe("late");
    expect(standing(clock({ state: "met", late: true }), NOW, "fr")?.tone).toBe("missed");
    expect(standing(clock({ state: "cancelled" }), NOW, "fr")).toBeNull();
    expect([lasting(42_000, "en"), lasting(27 * 3_600_000, "fr"), lasting(48 * 3_600_000, "en")].map((text) => text.replaceAll("\u00a0", " "))).toEqual(["42 s", "1 j 3 h", "2 d"]);
  });

  test("are shown once of each kind, what runs first", () => {
    const shown = worth([clock({ state: "met" }), clock({ kind: "next_response", state: "met" }), clock({ kind: "next_response", round: 2 }), clock({ kind: "resolution", state: "cancelled" })]);
    expect(shown.map(({ kind, state }) => [kind, state])).toEqual([["next_response", "running"], ["first_response", "met"]]);
  });
});

describe("cards", () => {
  const board: Columns = {
    now: "", columns: [
      { status: "new", count: 2, next: null, items: [row("1"), row("2")] }, { status: "open", count: 0, next: null, items: [] }, { status: "closed", count: 1, next: null, items: [row("3", { status: "closed" })] },
    ],
  };

  test("go where a step leads and nowhere else", () => {
    const steps = [step("open"), step("closed", { permitted: false })];
    expect(barred(steps[0], "new", "open")).toBeNull();
    expect(barred(steps[1], "new", "closed")).toBe("not yours");
    expect(barred(undefined, "new", "x")).toBe("no step");
    expect(barred(step("open", { missing: ["checklist"] }), "new", "open")).toBe("missing");
    expect(beside(board.columns, steps, "new", "new", 1)).toBe("open");
    expect(beside(board.columns, steps, "new", "open", 1)).toBe("open");
    expect([asks(step("open")), asks(step("open", { needs: ["reason"] })), asks(step("open", { needs: ["agent"] }))]).toEqual([false, true, false]);
  });

  test("are walked by arrows, over columns that are empty", () => {
    expect([neighbour(board.columns, "1", "ArrowDown"), neighbour(board.columns, "2", "ArrowRight"), neighbour(board.columns, "3", "ArrowLeft"), neighbour(board.columns, "1", "ArrowUp")]).toEqual(["2", "3", "1", null]);
  });

  test("are counted where they went", () => {
    const after = placed(board, row("1"), "open");
    expect(after.columns.map(({ count, items }) => [count, items.map(({ id }) => id)])).toEqual([[1, ["2"]], [1, ["1"]], [1, ["3"]]]);
  });
});

test("categories stand below what they belong to, and retired ones are left out unless one is chosen", () => {
  expect(categoryOptions(settings, "en").map(({ value }) => value)).toEqual(["a", "b"]);
  expect(categoryOptions(settings, "en", "old").map(({ value }) => value)).toEqual(["a", "b", "old"]);
});

test("what is left empty in a new case is left to its template, type or conversation", () => {
  const empty = { template: "", type: "complaint", customer: null, conversation: "k", subject: " ", description: "", category: "", impact: "", urgency: "", team: "", agent: "", acknowledge: "no" as const, fields: {} };
  expect(toOpen(empty)).toEqual({ type_key: "complaint", conversation_id: "k", acknowledge: false });
});

describe("what somebody else changed meanwhile", () => {
  const stale = new Refused(412, "stale", "");
  const rest = (fresh: Whole): Rest => ({ get: async () => fresh }) as unknown as Rest;

  test("goes through where it is another field", async () => {
    const versions: number[] = [];
    const work = async (version: number): Promise<string> => {
      versions.push(version);
      if (version === 1) throw stale;
      return "done";
    };
    expect(await upon(rest(whole({ version: 4, team: "workshop" })), one, { priority: "high" }, ["priority"], work)).toBe("done");
    expect(versions).toEqual([1, 4]);
  });

  test("is told where it is the same", async () => {
    const work = (): Promise<never> => Promise.reject(stale);
    await expect(upon(rest(whole({ version: 4, team: "workshop" })), one, { team: "x" }, ["team"], work)).rejects.toBeInstanceOf(Meanwhile);
  });
});

let place: HTMLElement;
let sent: [string, string, unknown, string | null][];
let answers: Record<string, (() => [number, unknown])>;

const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
const all = (id: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const find = (id: string): HTMLElement => all(id)[0] ?? expect.fail(`nothing called ${id}`);

async function open(hash: string, permissions = ["cases.read", "cases.write", "conversations.read"]): Promise<Desk> {
  location.hash = hash;
  const desk = new Desk(new Api(), new Store(initial("en")), new Keep(null), () => ({}) as Live);
  desk.store.dispatch({ do: "signed in", agent: { ...claire, language: "en", permissions } });
  await act(() => render(<DeskContext.Provider value={desk}><CasesPage /></DeskContext.Provider>, place));
  for (let tries = 0; tries < 4; tries += 1) await settle();
  return desk;
}

beforeEach(() => {
  place = document.createElement("div");
  document.body.append(place);
  sent = [];
  answers = {
    "GET /desk/api/cases/settings": () => [200, settings],
    "GET /desk/api/cases/counts": () => [200, { total: 1, by_status: {}, views: { open: 1, mine: 0, unassigned: 1, risk: 0, late: 0 }, now: new Date().toISOString() }],
    "GET /desk/api/cases": () => [200, { items: [row("1")], next: null, now: new Date().toISOString() }],
    "GET /desk/api/cases/1": () => [200, whole()],
  };
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    const headers = init.headers as Record<string, string>;
    const method = init.method ?? "GET";
    sent.push([method, url, init.body ? JSON.parse(String(init.body)) : null, headers["If-Match"] ?? null]);
    const [status, body] = answers[`${method} ${url.split("?")[0]}`]?.() ?? [404, {}];
    return new Response(JSON.stringify(body), { status });
  });
});

afterEach(() => {
  act(() => render(null, place));
  place.remove();
  vi.unstubAllGlobals();
});

describe("the pages", () => {
  test("show neither list nor case to who may not see cases", async () => {
    await open("#/cases", ["conversations.read"]);
    expect(all("no-rights")).toHaveLength(1);
    expect(sent).toEqual([]);
  });

  test("a list shows each case with its clock, as text, and looks again when something happened", async () => {
    const desk = await open("#/cases");
    expect(find("case-row").textContent).toContain("Marie <b>Dupont</b>");
    expect(all("case-clock")).toHaveLength(1);
    const before = sent.filter(([, url]) => url.startsWith("/desk/api/cases?")).length;
    vi.useFakeTimers();
    desk.hear({ type: "case", case: "1" });
    desk.hear({ type: "case", case: "2" });
    await act(async () => void (await vi.advanceTimersByTimeAsync(2_500)));
    vi.useRealTimers();
    expect(sent.filter(([, url]) => url.startsWith("/desk/api/cases?")).length).toBe(before + 1);
  });

  test("one who may only read changes nothing", async () => {
    await open("#/cases/1", ["cases.read"]);
    expect(all("case-facts")).toHaveLength(1);
    expect(place.querySelectorAll("select, textarea, input").length).toBe(0);
    expect(all("case-steps")).toHaveLength(0);
  });

  test("where a colleague changed the same field, both values stand there and the agent decides", async () => {
    await open("#/cases/1");
    const by = [{ id: "e", at: "2026-11-23T10:00:00Z", actor: "agent:t1", action: "changed", changes: { agent_id: { old: null, new: "t1" } }, details: {} }];
    answers["GET /desk/api/cases/1"] = () => [200, whole({ version: 7, agent_id: "t1" }, by)];
    answers["PATCH /api/v1/cases/1"] = () => (sent.at(-1)?.[3] === '"7"' ? [200, one] : [412, { code: "stale" }]);
    const select = find("fact-agent_id") as HTMLSelectElement;
    await act(() => {
      select.value = claire.id;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    for (let tries = 0; tries < 4; tries += 1) await settle();
    expect(find("case-conflict").textContent).toContain("Thomas Bernard set assignee to “Thomas Bernard”. Your “Claire Martin” is not saved.");
    await act(() => find("conflict-mine").click());
    await settle();
    expect(sent.filter(([method]) => method === "PATCH").map(([, , body, version]) => [body, version])).toEqual([[{ agent_id: claire.id }, '"1"'], [{ agent_id: claire.id }, '"7"']]);
  });

  test("a card whose finger the browser takes away goes back, and another finger does not drop it", async () => {
    const columns = (number: string): Columns => ({ columns: [{ status: "new", count: 1, items: [row("1", { number })], next: null }, { status: "open", count: 0, items: [], next: null }] }) as unknown as Columns;
    answers["GET /desk/api/cases/board"] = () => [200, columns("C-1")];
    answers["GET /api/v1/cases/1/steps"] = () => [200, { items: [step("open")] }];
    await open("#/cases/board");
    const column = place.querySelector("[data-status=open]");
    vi.spyOn(document, "elementFromPoint").mockImplementation(() => column);
    const touch = (kind: string, pointerId: number, clientX: number): Promise<void> =>
      act(() => void find("case-card").dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId, pointerType: "mouse", clientX, clientY: 10 })));
    await touch("pointerdown", 1, 10);
    await touch("pointermove", 1, 90);
    await touch("pointerup", 2, 90);
    expect([place.querySelectorAll(".cases-ghost").length, find("case-card").dataset.lifted]).toEqual([1, "true"]);
    answers["GET /desk/api/cases/board"] = () => [200, columns("C-2")];
    await touch("pointercancel", 1, 90);
    for (let tries = 0; tries < 3; tries += 1) await settle();
    expect([place.querySelectorAll(".cases-ghost").length, find("case-card").dataset.lifted]).toEqual([0, undefined]);
    expect(find("case-card").textContent).toContain("C-2");
    expect(sent.filter(([method]) => method === "POST")).toEqual([]);
  });

  test("a comment that did not arrive stays, and sent again has the same name", async () => {
    await open("#/cases/1");
    const keys: (string | undefined)[] = [];
    const plain = globalThis.fetch;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
      if (init.method === "POST") {
        keys.push((init.headers as Record<string, string>)["Idempotency-Key"]);
        if (keys.length === 1) throw new TypeError("offline");
      }
      return plain(url, init);
    });
    answers["POST /api/v1/cases/1/comments"] = () => [201, {}];
    const field = find("talk-text") as HTMLTextAreaElement;
    await act(() => {
      field.value = "Seen.";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const send = async (): Promise<void> => {
      await act(() => find("talk-send").click());
      for (let tries = 0; tries < 3; tries += 1) await settle();
    };
    await send();
    expect([field.value, all("talk-trouble").length]).toEqual(["Seen.", 1]);
    await send();
    expect([field.value, all("talk-trouble").length]).toEqual(["", 0]);
    expect(keys[0]).toBeTruthy();
    expect(keys[1]).toBe(keys[0]);
  });
});
