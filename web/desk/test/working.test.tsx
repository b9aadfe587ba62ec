// The working surface: the palette, tabs, passing on, who else is there, long conversations, a newer build.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Api, Refused } from "../src/api";
import { fit } from "../src/commands/fuzzy";
import { fitting } from "../src/commands/finding";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { around, Heights } from "../src/transcript/window";
import type { Agent, DeskMessage, Summary } from "../src/types";
import { App } from "../src/ui/app";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { answer, claire, karims, message, mine, summary } from "./shapes";

let place: HTMLElement;
let desk: Desk;

const settle = (): Promise<void> => act(async () => {
  for (let i = 0; i < 4; i += 1) await new Promise((done) => setTimeout(done));
});
const all = (id: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const one = (id: string): HTMLElement | null => all(id)[0] ?? null;
/** What is loaded when it is wanted takes a moment. */
const comes = async (selector: string): Promise<void> => {
  for (let tries = 0; tries < 200 && !place.querySelector(selector); tries += 1) await act(() => new Promise((done) => setTimeout(done, 10)));
  expect(place.querySelector(selector), selector).not.toBeNull();
};
const arrives = (id: string): Promise<void> => comes(`[data-testid="${id}"]`);
const press = (key: string, held: Partial<KeyboardEventInit> = {}): Promise<void> => act(async () => {
  (document.activeElement ?? document).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held }));
  await new Promise((done) => setTimeout(done));
});
const write = (id: string, value: string): Promise<void> => act(() => {
  const field = one(id) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
const names = (): string[] => all("tab").map((tab) => tab.textContent ?? "");

const named = (id: string, name: string, change: Partial<Summary> = {}): Summary => summary(id, { customer: { id: `c-${id}`, name }, ...change });
const known: Record<string, Summary> = {};

async function begin(agent: Partial<Agent> = {}, hash = "#/waiting"): Promise<void> {
  location.hash = hash;
  place = document.body.appendChild(document.createElement("div"));
  const live = { start() {}, stop() {}, viewing() {}, hurry() {} } as unknown as Live;
  desk = new Desk(new Api(), new Store(initial("en")), new Keep(), () => live);
  const { api } = desk;
  vi.spyOn(api, "session").mockResolvedValue({ agent: { ...claire, language: "en", ...agent }, csrf: "x" });
  vi.spyOn(api, "list").mockImplementation(async () => ({ items: Object.values(known), counts: { waiting: 0, mine: 0, assistant: 0 }, next: null }));
  vi.spyOn(api, "conversation").mockImplementation(async (id) => answer(id, { conversation: known[id] ?? summary(id) }));
  vi.spyOn(api, "tabs").mockImplementation(async (ids) => ({ items: ids.flatMap((id) => known[id] ?? []) }));
  vi.spyOn(api, "company").mockResolvedValue({ joined: [], asked: [] });
  vi.spyOn(api, "earlier").mockResolvedValue({ items: [], next: null });
  act(() => render(<App desk={desk} />, place));
  await act(() => desk.start());
  await settle();
}
async function end(): Promise<void> {
  await act(() => render(null, place));
  place.remove();
}
async function open(id: string): Promise<void> {
  await act(() => desk.go({ id }));
  await settle();
}

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal("ResizeObserver", class { observe(): void {} disconnect(): void {} });
  vi.stubGlobal("fetch", () => Promise.reject(new Error("no network")));
  for (const id of Object.keys(known)) delete known[id];
  Object.assign(known, { x: named("x", "Marie Dupont"), y: named("y", "Karim Haddad", { owner: mine }), z: named("z", "Zoé Petit") });
});
afterEach(async () => {
  await end();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("the palette", () => {
  test("finds a command by a few letters of either language, and carries it out", async () => {
    await begin();
    await press("k", { ctrlKey: true });
    await arrives("palette");
    await write("palette-field", "raccour");
    expect(one("palette-item")?.dataset.key).toBe("help");
    await act(() => void one("palette-field")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })));
    await arrives("sheet");
    expect(one("palette")).toBeNull();
  });

  test("offers what makes sense here and now only", async () => {
    await begin();
    const offered = (): string[] => fitting("", desk.store.state, "en").map(({ id }) => id);
    expect(offered()).not.toContain("close");
    await open("y");
    expect(offered()).toEqual(expect.arrayContaining(["close", "pass", "invite", "reply", "next"]));
    expect(offered()).not.toEqual(expect.arrayContaining(["admin"]));
  });

  test("jumps to what the server finds, and says what leads nowhere yet", async () => {
    await begin();
    vi.spyOn(desk.api, "find").mockResolvedValue({
      conversations: [], notes: [{ id: "n", conversation: "y", author: "Claire Martin", text: "appeler le transporteur" }], orders: [{ id: "o", number: "W1042", about: "Marie Dupont", conversation: "x" }, { id: "p", number: "W10420", about: "", conversation: null }], cases: [{ id: "k", number: "C-1", about: "Broken", conversation: null }],
      customers: [{ id: "c", name: "Ana", company: "", value: null, conversation: null }],
    });
    await press("k", { metaKey: true });
    await arrives("palette");
    await write("palette-field", "w1042");
    await comes('[data-key="order:o"]');
    expect(place.querySelector('[data-key="order:p"]')?.getAttribute("aria-disabled")).toBe("true");
    expect(place.querySelector('[data-key="case:k"]')?.getAttribute("aria-disabled")).not.toBe("true");
    expect(place.querySelector('[data-key="customer:c"]')?.getAttribute("aria-disabled")).not.toBe("true");
    await act(() => place.querySelector<HTMLElement>('[data-key="order:o"]')?.click());
    await settle();
    expect(location.hash).toBe("#/waiting/x");
  });

  test.each([["rea", "Rendre à l’assistant"], ["equipe", "Mon équipe"], ["conv clo", "Clore la conversation"], ["hb", "Hand back"]])("%s fits %s", (wanted, text) => {
    expect(fit(wanted, text)).not.toBeNull();
  });

  test("whole words come before scattered letters, and what does not fit is left out", () => {
    expect(fit("note", "Écrire une note")!).toBeGreaterThan(fit("note", "Nouvel onglet, tout de suite")!);
    expect(fit("xyz", "Close the conversation")).toBeNull();
  });
});

describe("tabs", () => {
  test("one's own stay, one in passing gives its place, and keys go round", async () => {
    await begin();
    await open("y");
    await open("x");
    expect(names()).toEqual([expect.stringContaining("Karim"), expect.stringContaining("Marie")]);
    await open("z");
    expect(names()).toEqual([expect.stringContaining("Karim"), expect.stringContaining("Zoé")]);
    await press("y");
    await open("x");
    expect(names()).toHaveLength(3);
    await press("J", { shiftKey: true });
    await settle();
    expect(desk.store.state.open?.id).toBe("y");
    await press("K", { shiftKey: true });
    await settle();
    expect(desk.store.state.open?.id).toBe("x");
  });

  test("what was said meanwhile marks its tab until it is opened", async () => {
    await begin();
    await open("y");
    await open("x");
    await act(() => desk.hear({ type: "conversation", conversation: { ...known.y!, last: { from: "customer", text: "Hello?", at: "2026-11-22T10:00:00Z", seq: 9 } } }));
    expect(all("tab-fresh")).toHaveLength(1);
    await open("y");
    expect(all("tab-fresh")).toHaveLength(0);
  });

  test("closing one closes no conversation, and goes to the one beside it", async () => {
    await begin();
    const close = vi.spyOn(desk.api, "close");
    await open("y");
    await open("x");
    await press("w");
    await settle();
    expect(desk.store.state.open?.id).toBe("y");
    expect(desk.store.state.tabs.map(({ id }) => id)).toEqual(["y"]);
    expect(close).not.toHaveBeenCalled();
  });

  test("they survive a reload with what was being written; what is gone meanwhile goes", async () => {
    await begin();
    await open("y");
    await open("x");
    desk.working.keepTab("x");
    await open("z");
    desk.keep.setDraft("y", "Bonjour Karim");
    await end();
    delete known.z;
    await begin({}, "#/waiting/x");
    expect(desk.store.state.tabs.map(({ id, kept }) => [id, kept])).toEqual([["y", true], ["x", true]]);
    await open("y");
    expect((one("composer") as HTMLTextAreaElement).value).toBe("Bonjour Karim");
  });

  test("another page of the same agent shows the draft that was written in the first", async () => {
    await begin();
    await open("y");
    const elsewhere = new Keep();
    elsewhere.belongsTo(claire.id);
    elsewhere.setDraft("y", "From the other page");
    await act(() => void dispatchEvent(new StorageEvent("storage", { key: `relais.desk.drafts.${claire.id}` })));
    expect((one("composer") as HTMLTextAreaElement).value).toBe("From the other page");
  });
});

describe("passing on", () => {
  const people = {
    agents: [
      { id: "a2", name: "Karim Benali", presence: "available", reason: "", takes: ["chat"], load: 100, capacity: 300, holds: 1 },
      { id: "a3", name: "Emma Roy", presence: "away", reason: "Lunch", takes: [], load: 300, capacity: 300, holds: 3 },
    ],
    teams: [{ key: "returns", name: "Returns", waiting: 2, present: 1 }],
    skills: [{ id: "s1", kind: "topic", value: "refund", name: "Refunds", present: 0 }],
  } as const;
  const dialog = async (key: string): Promise<void> => {
    vi.spyOn(desk.api, "colleagues").mockResolvedValue(people as never);
    await press(key);
    await arrives("passing");
    await arrives("passing-choice");
  };
  const choose = (key: string): Promise<void> => act(() => place.querySelector<HTMLInputElement>(`[data-key="${key}"] input`)?.click());

  test.each([["agent:a2", { agent: "a2" }], ["team:returns", { team: "returns" }], ["skill:s1", { skill: "s1" }]])("to %s with a note", async (key, to) => {
    await begin();
    await open("y");
    await dialog("p");
    const transfer = vi.spyOn(desk.api, "transfer").mockResolvedValue({ conversation: summary("y", { version: 2 }) });
    await act(() => one("passing-confirm")?.click());
    expect(one("passing")?.textContent).toContain("Choose whom.");
    await choose(key);
    await write("passing-note", "She waits for her return");
    await act(() => one("passing-confirm")?.click());
    await settle();
    expect(transfer).toHaveBeenCalledWith("y", { version: 1, note: "She waits for her return", ...to });
    expect(one("passing")).toBeNull();
  });

  test("who is there, what they have and who is full stands beside each, and the search narrows", async () => {
    await begin();
    await open("y");
    await dialog("p");
    expect(all("passing-choice").map(({ textContent }) => textContent)).toEqual([
      "Karim Benali1 of 3", "Emma RoyAway, Lunch · 3 of 3 · full", "Returns2 wait · 1 free to take it", "RefundsTopic · nobody free there",
    ]);
    await write("passing-search", "return");
    expect(all("passing-choice")).toHaveLength(1);
  });

  test("asking a colleague in keeps the conversation; a refusal says why", async () => {
    await begin();
    await open("y");
    await dialog("v");
    vi.spyOn(desk.api, "invite").mockRejectedValueOnce(new Refused(409, "not_now", "They’re there already.")).mockResolvedValueOnce({ id: "o" });
    await choose("agent:a2");
    await act(() => one("passing-confirm")?.click());
    await settle();
    expect(one("passing")?.textContent).toContain("They’re there already.");
    await act(() => one("passing-confirm")?.click());
    await settle();
    expect(one("passing")).toBeNull();
    expect(place.textContent).toContain("Karim Benali was asked to join.");
  });

  test("a supervisor gives it to somebody, or takes it, with a reason", async () => {
    await begin({ permissions: [...claire.permissions, "conversations.supervise"] });
    known.x = named("x", "Marie Dupont", { owner: karims });
    await open("x");
    await dialog("g");
    const assign = vi.spyOn(desk.api, "assign").mockResolvedValue({ conversation: { ...known.x, owner: mine, version: 2 } });
    await choose("agent:a1");
    await act(() => one("passing-confirm")?.click());
    expect(one("passing")?.textContent).toContain("Write why");
    await write("passing-note", "Karim is ill");
    await act(() => one("passing-confirm")?.click());
    await settle();
    expect(assign).toHaveBeenCalledWith("x", { version: 1, agent: "a1", reason: "Karim is ill" });
  });

  test("whoever may only answer is not offered other people's conversations", async () => {
    await begin();
    await open("x");
    for (const key of ["p", "v", "g", "o"]) await press(key);
    expect(one("passing")).toBeNull();
    expect(one("pass-on")).toBeNull();
  });
});

test("colleagues who look, joined or were asked are named, and whoever joined answers and steps out", async () => {
  known.x = named("x", "Marie Dupont", { owner: karims });
  await begin();
  vi.spyOn(desk.api, "company").mockResolvedValue({ joined: [{ id: "a1", name: "Claire" }], asked: [{ id: "a4", name: "Léa" }] });
  await open("x");
  await act(() => desk.hear({ type: "viewing", conversation: "x", agents: [{ id: "a3", name: "Emma" }, { id: "a2", name: "Karim" }] }));
  expect(one("company-viewing")?.textContent).toBe("Emma also looking");
  expect(one("company")?.textContent).toContain("Léa asked to join");
  expect(one("composer")).not.toBeNull();
  const out = vi.spyOn(desk.api, "stepOut").mockResolvedValue({ conversation: known.x });
  await press("o");
  expect(out).toHaveBeenCalledWith("x");
});

test("a page of another build says so once, and keeps working", async () => {
  vi.spyOn(document, "querySelector");
  await begin();
  const own = document.head.appendChild(document.createElement("script"));
  own.type = "module";
  own.setAttribute("src", "/desk/assets/index-old.js");
  await act(() => desk.hear({ type: "ready", build: "index-old.js" }));
  expect(one("outdated")).toBeNull();
  await act(() => desk.hear({ type: "ready", build: "index-new.js" }));
  own.remove();
  expect(one("outdated")?.textContent).toContain("new version");
});

test("first steps are ticked as they are made, and go away for good", async () => {
  await begin();
  expect(one("first-steps")).not.toBeNull();
  await open("y");
  await act(() => desk.go({ id: null }));
  await settle();
  expect(place.querySelector('[data-step="take"]')?.getAttribute("data-done")).toBe("true");
  await act(() => one("first-steps")?.querySelector<HTMLElement>("button")?.click());
  await settle();
  expect(one("first-steps")).toBeNull();
});

describe("a long conversation", () => {
  const many = (from: number, to: number): DeskMessage[] => Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
  const shown = (): number[] => all("message").map(({ dataset }) => Number(dataset.seq));

  test("of 20,000 messages draws those in sight, and others when it is scrolled there", async () => {
    await begin();
    vi.spyOn(desk.api, "conversation").mockImplementation(async (id) => answer(id, { conversation: known[id]!, messages: many(1, 20_000) }));
    await open("x");
    expect(shown().length).toBeLessThan(200);
    expect(shown()[0]).toBe(1);
    const scroller = place.querySelector<HTMLElement>(".scroller")!;
    Object.defineProperty(scroller, "scrollHeight", { value: 1_120_000 });
    scroller.scrollTop = 560_000;
    await act(() => void scroller.dispatchEvent(new Event("scroll")));
    expect(shown().length).toBeLessThan(200);
    expect(shown()).toContain(10_000);
  });

  test("the messages before are loaded on demand, and one that a fact points to from wherever it is", async () => {
    await begin();
    vi.spyOn(desk.api, "conversation").mockImplementation(async (id) => answer(id, { conversation: known[id]!, messages: many(801, 1_000) }));
    const before = vi.spyOn(desk.api, "before").mockImplementation(async (_, seq, limit) => ({ messages: many(Math.max(1, seq - limit), seq - 1), more: seq > limit }));
    await open("x");
    await act(() => one("older")?.click());
    await settle();
    expect(before).toHaveBeenCalledWith("x", 801, 200);
    expect(desk.store.state.open?.messages[0]?.seq).toBe(601);
    await act(async () => void (await desk.working.back("x", 12)));
    expect(desk.store.state.open?.messages.map(({ seq }) => seq)).toEqual(many(1, 1_000).map(({ seq }) => seq));
    expect(one("older")).toBeNull();
  });

  test("what a lost line left out is read from its end backwards", async () => {
    await begin();
    vi.spyOn(desk.api, "conversation").mockImplementation(async (id) => answer(id, { conversation: known[id]!, messages: many(1, 10) }));
    await open("x");
    vi.spyOn(desk.api, "messages").mockResolvedValue({ messages: many(1_001, 1_200) });
    vi.spyOn(desk.api, "before").mockImplementation(async (_, seq, limit) => ({ messages: many(Math.max(1, seq - limit), seq - 1), more: true }));
    await act(() => desk.reading.resume("x"));
    expect(desk.store.state.open?.messages).toHaveLength(1_200);
  });

  test("the person's earlier conversations come above it, one at a time, to be read only", async () => {
    await begin();
    const past = named("old", "Marie Dupont", { created_at: "2025-03-03T09:00:00Z", goal: "A broken lamp" });
    vi.spyOn(desk.api, "earlier").mockResolvedValue({ items: [past], next: null });
    vi.spyOn(desk.api, "before").mockResolvedValue({ messages: [message(1, { text: "The lamp is broken", from: "agent", delivery: "failed" })], more: false });
    await open("x");
    await settle();
    expect(one("earlier")?.textContent).toContain("1 earlier conversation");
    await act(() => one("show-earlier")?.click());
    await settle();
    expect(one("earlier-one")?.textContent).toContain("The lamp is broken");
    expect(one("earlier-one")?.querySelector('[data-testid="resend"]')).toBeNull();
    expect(one("earlier")).toBeNull();
  });

  test("rows are drawn around the one that stands still, and their measured heights are kept", () => {
    const rows = Array.from({ length: 1_000 }, (_, at) => ({ key: `m${at}` }));
    const heights = new Heights();
    heights.arrange(rows);
    for (let at = 0; at < 100; at += 1) heights.measured(at, 100);
    const { start, end, above, below } = around(heights, rows.length, { index: 50, top: 0 }, 500);
    expect([start, end]).toEqual([41, 64]);
    expect(above).toBe(4_100);
    expect(Math.round(below)).toBe(36 * 100 + 900 * 56);
    const more = [...Array.from({ length: 200 }, (_, at) => ({ key: `before${at}` })), ...rows];
    heights.arrange(more);
    expect(heights.between(200, 300)).toBe(10_000);
    expect(heights.find(0)).toEqual({ index: 0, begins: 0 });
  });
});
