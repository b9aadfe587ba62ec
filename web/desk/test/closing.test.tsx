// Suggestions beside a conversation, the wrap-up of a closed one, and how both are set up.

import { render, type JSX } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Administration } from "../src/admin";
import { asTree } from "../src/admin/closing";
import { Api } from "../src/api";
import { closing as en } from "../src/i18n/en.closing";
import { closing as fr } from "../src/i18n/fr.closing";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { SuggestionsPart } from "../src/suggestions/part";
import type { Suggestion, WrapUp } from "../src/types.closing";
import { emit, useCommand } from "../src/ui/commands";
import { DeskContext } from "../src/ui/hooks";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { WrapUpCard } from "../src/wrap-up/card";
import { claire } from "./shapes";

interface Call {
  method: string;
  path: string;
  body: Record<string, unknown> | null;
  match: string | undefined;
}

let place: HTMLElement;
let desk: Desk;
let calls: Call[];
let answers: Record<string, [number, unknown]>;
let visits = 0;

const settle = (ms = 5): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, ms)));
const all = (id: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const one = (id: string): HTMLElement => all(id)[0] ?? expect.fail(`nothing called ${id}`);
const click = async (element: HTMLElement): Promise<void> => {
  await act(() => element.click());
  await settle();
};
const fill = (id: string, value: string, kind = "input"): Promise<void> => act(() => {
  const field = one(id) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event(kind, { bubbles: true }));
});
const made = (method: string): Call | undefined => calls.find((call) => call.method === method);

const article: Suggestion = { kind: "article", subject: "returns", place: 1, title: "Returns", text: "30 days.", insert: "30 days.\n\nMore", url: "/en/help/returns" };
const canned: Suggestion = { kind: "canned", subject: "c1", place: 1, title: "Late", text: "Sorry {customer.first_name}" };
const solved: Suggestion = { kind: "solved", subject: "k9", place: 1, title: "Delivery", question: "where is it?", text: "It went to […].", insert: null };
const row: WrapUp = {
  id: "w1", version: 1, conversation: "x", at: "2026-11-22T09:00:00Z", summary: "Wanted: a refund.", edited: false, reason_id: null, reason: null, required: true,
  seconds_left: 90, ended_by: null, case: null, reminder_at: null, agent: "Claire", mine: true, reasons: [{ id: "r1", path: ["Delivery", "Late"] }],
};

/** Stands for the composer: what it would show when it is told to. */
function Composer({ onReply }: { onReply(): void }) {
  useCommand("reply", onReply);
  return null;
}

async function show(element: JSX.Element, onReply: () => void = () => {}): Promise<void> {
  await act(() => render(<DeskContext.Provider value={desk}><Composer onReply={onReply} />{element}</DeskContext.Provider>, place));
  await settle(300);
}

const suggestions = (id: string, items: Suggestion[]): JSX.Element => {
  answers[`GET /desk/api/conversations/${id}/suggestions`] = [200, { seq: 4, items }];
  answers[`POST /desk/api/conversations/${id}/suggestions`] = [204, ""];
  answers[`GET /desk/api/conversations/${id}/canned/c1`] = [200, { text: "Sorry Marie", missing: [] }];
  return <SuggestionsPart id={id} seq={4} about="calm" />;
};

beforeEach(() => {
  visits += 1;
  localStorage.clear();
  calls = [];
  answers = {};
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = url.split("?")[0] ?? "";
    const headers = init.headers as Record<string, string>;
    calls.push({ method: init.method ?? "", path, body: init.body ? JSON.parse(String(init.body)) as Record<string, unknown> : null, match: headers["If-Match"] });
    const [status, body] = answers[`${init.method} ${path}`] ?? [404, {}];
    return { ok: status < 400, status, headers: new Headers(), text: async () => (body === "" ? "" : JSON.stringify(body)) };
  });
  place = document.body.appendChild(document.createElement("div"));
  const api = new Api();
  api.csrf = "token";
  desk = new Desk(api, new Store(initial("en")), new Keep(), () => ({}) as Live);
  desk.store.dispatch({ do: "signed in", agent: { ...claire, language: "en", permissions: ["routing.configure", "channels.configure"] } });
});
afterEach(() => {
  render(null, place);
  place.remove();
  vi.unstubAllGlobals();
});

test("one key puts a suggestion under what is written, and that it was used is kept", async () => {
  const id = `a${visits}`;
  const reply = vi.fn();
  desk.keep.setDraft(id, "Hello");
  await show(suggestions(id, [solved, canned, article]), reply);
  expect(all("suggestion-insert")).toHaveLength(2);
  await act(async () => emit("suggestion.2"));
  await settle();
  expect(desk.keep.draft(id)).toBe("Hello\n\n30 days.\n\nMore");
  await act(async () => emit("suggestion.1"));
  await settle();
  expect(desk.keep.draft(id)).toBe("Hello\n\n30 days.\n\nMore\n\nSorry Marie");
  expect(reply).toHaveBeenCalledTimes(2);
  expect(calls.filter(({ method }) => method === "POST").map(({ body }) => [body?.kind, body?.outcome, body?.seq])).toEqual([["article", "used", 4], ["canned", "used", 4]]);
});

test("what hides somebody is to be read only, and what is waved away goes", async () => {
  const id = `b${visits}`;
  await show(suggestions(id, [solved]));
  expect(one("suggestion-solved").textContent).toContain("What could name somebody is left out.");
  expect(all("suggestion-insert")).toHaveLength(0);
  await click(one("suggestion-dismiss"));
  expect(all("suggestions")).toHaveLength(0);
  expect(made("POST")?.body).toEqual({ kind: "solved", subject: "k9", place: 1, outcome: "dismissed", seq: 4 });
});

test("opened again, nothing is asked twice; where nothing fits, nothing stands", async () => {
  const id = `c${visits}`;
  await show(suggestions(id, [article]));
  render(null, place);
  await show(suggestions(id, [article]));
  expect(calls.filter(({ method }) => method === "GET")).toHaveLength(1);
  await show(suggestions(`d${visits}`, []));
  expect(all("suggestions")).toHaveLength(0);
});

test("a reason that the team asks for is asked for before anything is sent", async () => {
  answers["GET /desk/api/conversations/x/wrap-ups"] = [200, { items: [row] }];
  await show(<WrapUpCard id="x" />);
  expect(one("wrap-up-room").textContent).toMatch(/Your place is kept for 1:(30|29)/);
  expect(all("wrap-up-skip")).toHaveLength(0);
  await click(one("wrap-up-save"));
  expect(one("wrap-up-reason").getAttribute("aria-invalid")).toBe("true");
  expect(made("PUT")).toBeUndefined();
  await fill("wrap-up-reason", "r1", "change");
  await fill("wrap-up-summary", "Refunded.");
  await act(() => one("wrap-up-follows").click());
  await fill("wrap-up-what", "Check the bank");
  answers["PUT /desk/api/wrap-ups/w1"] = [200, { items: [{ ...row, version: 2, summary: "Refunded.", ended_by: "done", reason: ["Delivery", "Late"], reminder_at: "2030-01-01T09:00:00Z" }] }];
  await click(one("wrap-up-save"));
  expect(made("PUT")?.body).toMatchObject({ version: 1, summary: "Refunded.", reason_id: "r1", follow_up: { kind: "reminder", subject: "Check the bank" } });
  expect(one("wrap-up-noted").textContent).toContain("Delivery › LateRefunded.Noted by Claire");
});

test("what the server says of a field stands with it, and what was typed stays", async () => {
  answers["GET /desk/api/conversations/x/wrap-ups"] = [200, { items: [{ ...row, id: "w2", required: false }] }];
  answers["PUT /desk/api/wrap-ups/w2"] = [422, { errors: [{ field: "summary", detail: "Too long." }] }];
  await show(<WrapUpCard id="x" />);
  await fill("wrap-up-summary", "A lot");
  await click(one("wrap-up-save"));
  expect(place.textContent).toContain("Too long.");
  render(null, place);
  await show(<WrapUpCard id="x" />);
  expect((one("wrap-up-summary") as HTMLTextAreaElement).value).toBe("A lot");
  answers["POST /desk/api/wrap-ups/w2/skip"] = [204, ""];
  answers["GET /desk/api/conversations/x/wrap-ups"] = [200, { items: [{ ...row, id: "w2", ended_by: "skipped" }] }];
  await click(one("wrap-up-skip"));
  expect(one("wrap-up-noted").textContent).toContain("Drawn from the conversation, not read over");
});

test("who did not close it reads it, and cannot change it", async () => {
  answers["GET /desk/api/conversations/x/wrap-ups"] = [200, { items: [{ ...row, mine: false, reasons: [], ended_by: "done", reason: ["Late"] }] }];
  await show(<WrapUpCard id="x" />);
  expect(one("wrap-up-noted").textContent).toContain("Wanted: a refund.");
  expect(all("wrap-up-correct")).toHaveLength(0);
});

test("reasons stand as a tree, whatever is under what", () => {
  const reason = (id: string, parent: string | null, position: number): Parameters<typeof asTree>[0][number] =>
    ({ id, version: 1, parent_id: parent, names: { fr: id, en: id }, teams: [], position, archived: false });
  const tree = asTree([reason("b", null, 2), reason("b1", "b", 0), reason("a", null, 1), reason("lost", "gone", 3)]);
  expect(tree.map(({ reason: { id }, depth }) => `${depth}${id}`)).toEqual(["0a", "0b", "1b1", "0lost"]);
});

test("a team's rule and a channel's question are made where there is none, and changed by their version", async () => {
  answers["GET /api/v1/teams"] = [200, { items: [{ key: "support", names: { fr: "Support", en: "Support" } }], next: null }];
  answers["GET /api/v1/closing-reasons"] = [200, { items: [], next: null }];
  answers["GET /api/v1/wrap-up-rules"] = [200, { items: [] }];
  answers["GET /api/v1/satisfaction-settings"] = [200, { items: [{ channel: "*", version: 3, enabled: true, delay_minutes: 0, rest_days: 0, words: {} }] }];
  answers["PUT /api/v1/wrap-up-rules/*"] = [200, { team: "*", version: 1, mode: "required", seconds: 60 }];
  answers["PUT /api/v1/satisfaction-settings/*"] = [200, { channel: "*", version: 4, enabled: true, delay_minutes: 30, rest_days: 0, words: {} }];
  location.hash = "#/admin/closing";
  await show(<Administration />);
  await settle(20);
  await click(one("wrap-up-rule").querySelector("button") ?? place);
  await fill("field-mode", "required", "change");
  await fill("field-seconds", "60");
  await click(one("save"));
  expect(made("PUT")).toMatchObject({ path: "/api/v1/wrap-up-rules/*", match: "*", body: { mode: "required", seconds: 60 } });
  calls = [];
  location.hash = "#/admin/satisfaction";
  await act(() => void dispatchEvent(new HashChangeEvent("hashchange")));
  await settle(20);
  await click(one("satisfaction").querySelector("button") ?? place);
  await fill("field-delay_minutes", "30");
  await click(one("save"));
  expect(made("PUT")).toMatchObject({ match: '"3"', body: { delay_minutes: 30, words: null } });
});

test("both languages say everything", () => {
  expect(Object.keys(fr)).toEqual(Object.keys(en));
});
