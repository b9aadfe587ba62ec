// The supervisor's board: what it says of its numbers, that it follows the feed, and stepping in from it.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Api } from "../src/api";
import { Board } from "../src/board";
import { merged } from "../src/board/listening";
import { better, chats, target, value, way } from "../src/board/told";
import type { BoardState, Figure } from "../src/board/types";
import { Whispers } from "../src/board/whispers";
import { AlreadyKnown } from "../src/board/known";
import { en } from "../src/board/words/en";
import { fr } from "../src/board/words/fr";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { DeskContext } from "../src/ui/hooks";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { answer, claire, karims, message, summary } from "./shapes";

interface Call {
  method: string;
  path: string;
  body: unknown;
}

let place: HTMLElement;
let desk: Desk;
let calls: Call[];
let answers: Record<string, [number, unknown]>;
let watched: boolean[];

const settle = (ms = 5): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, ms)));
const all = (id: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const one = (id: string): HTMLElement => all(id)[0] ?? expect.fail(`nothing called ${id}`);
const click = async (element: Element | null | undefined): Promise<void> => {
  await act(() => (element as HTMLElement).click());
  await settle();
};
const fill = (id: string, text: string): Promise<void> => act(() => {
  const field = one(id) as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

function figure(key: Figure["key"], change: Partial<Figure> = {}): Figure {
  return { key, value: 0.84, rows: 50, before: 0.8, target: 0.8, better: "up", good: true, span: "hour", ...change };
}

function standing(change: Partial<BoardState> = {}): BoardState {
  return {
    queues: [
      { team: "support", names: {}, waiting: 2, cases: 1, since: new Date(Date.now() - 125_000).toISOString(), late: 1, there: 1, minutes: 4 },
      { team: "returns", names: { fr: "Retours", en: "Returns" }, waiting: 0, cases: 0, since: null, late: 0, there: 0, minutes: null },
    ],
    agents: [{
      id: "a2", name: "Karim Benali", presence: "busy", reason: "Training", automatic: null, since: new Date(Date.now() - 600_000).toISOString(),
      channels: {}, here: true, load: 150, capacity: 300, held: { webchat: 1, mail: 2 }, conversations: 3, customer_waits: null,
    }],
    assistant: { talking: 7, reasons: { asked: 1, unclear: 4, brand_new: 2 } },
    risk: { nearly_up: 3, run_out: 1, next_due: null },
    figures: [
      figure("service_level"), figure("containment", { span: "day" }),
      figure("repeat_yourself", { value: 0.12, before: 0.1, target: 0.05, better: "down", good: false, span: "day" }),
      figure("score", { value: 4.25, before: null, target: 4.2, span: "day" }),
    ],
    told_again: 2,
    behind: false,
    targets: { version: 3, answered_percent: 80, answered_seconds: 60, contained_percent: 60, repeated_percent: 5, satisfaction: 4.2 },
    ...change,
  };
}

async function draw(element: preact.ComponentChild, permissions: string[] = ["conversations.supervise", "service_levels.configure"]): Promise<void> {
  const live = { watchBoard: (on: boolean) => watched.push(on), viewing() {}, stop() {} } as unknown as Live;
  desk = new Desk(new Api(), new Store(initial("en")), new Keep(null), () => live);
  desk.watchBoard = (on) => void watched.push(on);
  desk.api.csrf = "token";
  desk.store.dispatch({ do: "signed in", agent: { ...claire, language: "en", permissions: [...claire.permissions, ...permissions] } });
  await act(() => render(<DeskContext.Provider value={desk}>{element}</DeskContext.Provider>, place));
  await settle();
}

beforeEach(() => {
  calls = [];
  watched = [];
  answers = { "GET /desk/api/board": [200, standing()] };
  place = document.body.appendChild(document.createElement("div"));
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
    this.open = true;
  };
  vi.stubGlobal("fetch", async (path: string, options: RequestInit) => {
    const call = { method: options.method ?? "GET", path, body: options.body ? JSON.parse(String(options.body)) : undefined };
    calls.push(call);
    const [status, body] = answers[`${call.method} ${path}`] ?? [404, { detail: `nothing at ${path}` }];
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  });
});
afterEach(() => {
  render(null, place);
  place.remove();
  vi.unstubAllGlobals();
});

describe("a figure", () => {
  test("is told as a share or a mark, with what is aimed at", () => {
    expect(value("service_level", 0.845, "en", en)).toBe("85%");
    expect(value("score", 4.25, "fr", fr)).toMatch(/^4,[23]$/);
    expect(value("score", null, "en", en)).toBe("–");
    expect(target(figure("service_level"), 60, "en", en)).toBe("Target 80% within 60 s");
    expect(target(figure("service_level"), 120, "fr", fr)).toMatch(/^Objectif 80\s% en 2\u00a0min$/);
    expect(target(figure("repeat_yourself", { target: 0.05, better: "down" }), 60, "en", en)).toBe("At most 5%");
    expect(chats(150, "fr")).toBe("1,5");
  });

  test.each([
    [0.8, 0.804, "up", "same", null],
    [0.85, 0.8, "up", "up", true],
    [0.85, 0.8, "down", "up", false],
    [0.7, 0.8, "down", "down", true],
    [null, 0.8, "up", null, null],
    [0.8, null, "up", null, null],
  ] as const)("that went from %s to what %s says is %s", (now, before, good, went, news) => {
    const told = figure("containment", { value: now, before, better: good });
    expect(way(told)).toBe(went);
    expect(better(told)).toBe(news);
  });
});

test("the board shows what it was told and follows the feed", async () => {
  await draw(<Board />);
  expect(watched).toEqual([true]);
  expect(one("figure-waiting").textContent).toContain("2");
  expect(one("figure-waiting").textContent).toContain("longest 2 min");
  expect(one("figure-repeat_yourself").dataset.good).toBe("false");
  expect(one("figure-repeat_yourself").textContent).toContain("10% yesterday");
  expect(one("board-agent").textContent).toContain("1.5 of 3");
  expect(one("board-assistant").textContent).toMatch(/Not understood4.*brand new2.*At their request1/);
  expect(all("board-queue").map((row) => row.dataset.team)).toEqual(["support", "returns"]);
  await act(() => desk.hear({ type: "board", ...standing({ queues: [], risk: { nearly_up: 0, run_out: 0, next_due: null } }) }));
  expect(one("figure-waiting").textContent).toContain("nobody waits");
  expect(one("figure-risk").dataset.good).toBeUndefined();
  await act(() => render(null, place));
  expect(watched).toEqual([true, false]);
});

test("until the first figures come, their places are there, and nothing jumps when they do", async () => {
  let come: (response: Response) => void = () => {};
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => {
    come = resolve;
  }));
  await draw(<Board />);
  expect(place.querySelector("[data-testid=board-coming]")?.getAttribute("aria-busy")).toBe("true");
  expect(place.querySelectorAll(".board-numbers .skeleton").length).toBeGreaterThan(3);
  expect(place.querySelector("[role=status]")?.textContent).toBe(en.loading);
  come(new Response(JSON.stringify(standing())));
  await settle();
  expect(place.querySelector("[data-testid=board-coming]")).toBeNull();
  expect(place.querySelectorAll(".board-tile").length).toBeGreaterThan(3);
});

test("a definition is one click away, with the rows behind the rate", async () => {
  const words = { name: "Repeat-yourself rate", counts: "Contacts in which…", among: "Contacts…", without: "", source: "Relais", span: "Since midnight" };
  answers["GET /desk/api/board/definitions"] = [200, { items: [{ key: "repeat_yourself", ...words }, { key: "told_again", ...words, name: "Had to say it again" }] }];
  answers["GET /desk/api/board/repeats"] = [200, { items: [{ conversation: "c9", seq: 4, at: "2026-11-23T09:00:00Z", kind: "asked", label: "Order number", agent: "Karim", words: "Order number?" }] }];
  await draw(<Board />);
  await click(one("figure-repeat_yourself"));
  expect(one("definition").textContent).toContain("Contacts in which…");
  expect(one("definition").textContent).toContain("Had to say it again");
  expect(one("repeated").textContent).toContain("Order number?");
});

test("who waits can be chosen and moved, and listened to", async () => {
  answers["GET /desk/api/board/queues/support/conversations"] = [200, { items: [summary("x"), summary("y")] }];
  answers["POST /desk/api/board/queues/support/move"] = [200, { moved: ["y"] }];
  answers["POST /desk/api/conversations/x/listen"] = [200, answer("x", { conversation: summary("x", { owner: karims }) })];
  answers["GET /desk/api/conversations/x/whispers"] = [200, { whispers: [] }];
  answers["POST /desk/api/conversations/x/whispers"] = [201, { whisper: { id: "w", text: "Offer an exchange", from: "Claire", mine: true, after_seq: 1, at: "2026-11-23T09:00:00Z", read_at: null } }];
  await draw(<Board />);
  await click(place.querySelector("[data-team=support] button"));
  await click(all("board-person")[1]?.querySelector("input"));
  await click(one("move"));
  expect(calls.find(({ path }) => path.endsWith("/move"))?.body).toEqual({ to: "returns", conversations: ["y"] });
  expect(all("board-person").length).toBe(1);
  await click(one("listen"));
  expect(one("listening").textContent).toContain("message 1");
  await act(() => desk.hear({ type: "message", conversation: "x", message: message(2, { text: "Hello?" }) }));
  await act(() => desk.hear({ type: "message", conversation: "z", message: message(3, { text: "elsewhere" }) }));
  expect(all("heard").map((row) => row.dataset.seq)).toEqual(["1", "2"]);
  await fill("whisper-text", "Offer an exchange");
  await click(one("whisper"));
  expect(calls[calls.length - 1]?.body).toMatchObject({ text: "Offer an exchange" });
  expect(one("whispered").textContent).toContain("Offer an exchange");
});

test("targets are changed, and what will not do is said at its field", async () => {
  answers["PUT /desk/api/board/targets"] = [422, { code: "invalid", detail: "No", errors: [{ field: "satisfaction", detail: "Between 1 and 5." }] }];
  await draw(<Board />);
  await click(one("board-aims"));
  await fill("aim-satisfaction", "9");
  await click(one("save-aims"));
  expect(calls[calls.length - 1]?.body).toEqual({ satisfaction: 9, version: 3 });
  expect(one("aims").textContent).toContain("Between 1 and 5.");
});

test("on the wall there is nothing to press but the definitions and the way out", async () => {
  await draw(<Board />);
  expect(place.querySelectorAll("select").length).toBe(1);
  await click(one("board-wall"));
  expect(place.querySelector(".board-wall")).not.toBeNull();
  expect(place.querySelectorAll("select, [data-testid=board-aims], .board-table button").length).toBe(0);
  await act(() => void document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })));
  expect(place.querySelector(".board-wall")).toBeNull();
});

test("who does not supervise is told so, and nothing is asked for", async () => {
  await draw(<Board />, []);
  expect(one("no-rights").textContent).toContain("supervise");
  expect(calls).toEqual([]);
});

test("a whisper stands above the answer, is marked as read, and only others’ are shown", async () => {
  const said = { id: "w", text: "Offer an exchange", from: "Nadia Roux", mine: false, after_seq: 1, at: "2026-11-23T09:00:00Z", read_at: null };
  answers["GET /desk/api/conversations/x/whispers"] = [200, { whispers: [] }];
  answers["POST /desk/api/conversations/x/whispers/read"] = [204, null];
  await draw(<Whispers id="x" />);
  expect(all("whisper-heard")).toEqual([]);
  answers["GET /desk/api/conversations/x/whispers"] = [200, { whispers: [said, { ...said, id: "v", mine: true, text: "mine" }] }];
  await act(() => desk.hear({ type: "whisper", conversation: "x", read: false }));
  await settle();
  expect(all("whisper-heard").map((each) => each.textContent)).toEqual([expect.stringContaining("Offer an exchange")]);
  expect(calls.some(({ path }) => path.endsWith("/whispers/read"))).toBe(true);
});

test("what is known already can be put in before it is asked", async () => {
  answers["POST /desk/api/conversations/x/known"] = [200, { known: [{ fact: "order_number", label: "Order number", value: "10234", seq: 2 }] }];
  const inserted = vi.fn();
  await draw(<AlreadyKnown id="x" text="What is your order number?" onInsert={inserted} />);
  expect(all("insert-known")).toEqual([]);
  await settle(600);
  await click(one("insert-known"));
  expect(inserted).toHaveBeenCalledWith("What is your order number? 10234");
  await draw(<AlreadyKnown id="x" text="Thank you and goodbye" onInsert={inserted} />);
  await settle(600);
  expect(calls.length).toBe(1);
});

test("a message that changed takes its own place", () => {
  const talk = [message(1), message(3), message(2, { place: 2 })];
  expect(merged(talk, message(3, { text: "changed" })).map(({ seq, text }) => [seq, text])).toEqual([[1, "message 1"], [2, "message 2"], [3, "changed"]]);
});

test("both languages say everything, each with its own typography", () => {
  const entries = (value: unknown, path = ""): [string, unknown][] =>
    typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, inner]) => entries(inner, `${path}.${key}`)) : [[path, value]];
  const said = (value: unknown): string => String(typeof value === "function" ? (value as (...args: unknown[]) => unknown)(2, "x") : value);
  expect(entries(fr).map(([path]) => path)).toEqual(entries(en).map(([path]) => path));
  for (const [path, text] of entries(fr)) {
    expect(said(text).trim(), path).not.toBe("");
    expect(said(text), path).not.toMatch(/[^\u00a0\u202f][:;?!]|'/);
  }
  for (const [path, text] of entries(en)) expect(said(text), path).not.toMatch(/[\s\u00a0][:;?!]|'/);
});
