// What stands beside a conversation: what is allowed for an order, cases, the next best offer; and what a role leaves out.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api } from "../src/api";
import type { Live } from "../src/live";
// Fetched when it is first wanted: translating it is none of a test's time.
import "../src/ordering/dialog";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import type { Agent, Case, ContactWish, ConversationAnswer, Customer, Offers, Order } from "../src/types";
import { App } from "../src/ui/app";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { answer, claire, message, mine, summary } from "./shapes";

let place: HTMLElement;
let desk: Desk;
let started: number;

const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve)));
const find = (id: string): HTMLElement | null => place.querySelector(`[data-testid="${id}"]`);
const words = (id: string): string | undefined => find(id)?.textContent ?? undefined;
const press = (key: string): Promise<void> => act(async () => {
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
});

const marie: Customer = {
  id: "c-x", name: "Marie Dupont", email: "marie@example.com", phone: null, language: "fr", since: "1 nov. 2026", orders_count: 1,
  spent: [], address: null,
};
const order: Order = {
  id: "o1", number: "W1", status: "delivered", status_label: "Delivered", placed_at: "1 Nov 2026", total: "€89.90", lines: [], shipments: [], returns: [],
  allowed: {
    cancel: { allowed: false, until: null, why: "It has been delivered." },
    return: { allowed: true, until: "1 Dec 2026", why: null },
    warranty: { allowed: true, until: null, why: null },
  },
};
const carafe = { product: "p", name: "Carafe Bistrot", price: "from €26.00", because: "34% of those who ordered “Mug” took it with that." };
const wish: ContactWish = { unasked: true, channel: "mail", channels: ["mail"], sent: 0, per_week: 3, quiet: { from: "21:00", until: "08:00", now: false } };
const readsOnly = ["conversations.read", "customers.read", "orders.read", "cases.read"];

const theCase = (number: number, change: Partial<Case> = {}): Case => ({
  id: `${number}`, number: `C-2026-00000${number}`, subject: `subject ${number}`, type: "Complaint", status: "New", stage: "active",
  priority: "normal", agent_id: null, due_at: null, created_at: "2026-11-22T09:00:00Z", ...change,
});

interface Shown {
  agent?: Partial<Agent>;
  offers?: Offers;
  more?: Partial<ConversationAnswer>;
}

async function show({ agent = {}, offers = { offers: [], withheld: null }, more = {} }: Shown = {}): Promise<void> {
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language: "en", ...agent }, csrf: "x" });
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [summary("x")], counts: { waiting: 1, mine: 0, assistant: 0 }, next: null });
  vi.spyOn(desk.api, "conversation").mockResolvedValue(answer("x", { customer: marie, orders: [order], ...more }));
  vi.spyOn(desk.api, "contact").mockResolvedValue({ contact: wish });
  vi.spyOn(desk.api, "offers").mockResolvedValue(offers);
  vi.spyOn(desk.api, "channelNames").mockResolvedValue({ ways: {}, copies: [] });
  await act(() => desk.start());
  await settle();
  await settle();
}

beforeEach(() => {
  localStorage.clear();
  location.hash = "#/waiting/x";
  started = 0;
  vi.stubGlobal("ResizeObserver", class { observe(): void {} disconnect(): void {} });
  place = document.body.appendChild(document.createElement("div"));
  const live = { start: () => { started += 1; }, stop: () => { started -= 1; }, viewing() {}, hurry() {} } as unknown as Live;
  desk = new Desk(new Api(), new Store(initial("en")), new Keep(), () => live);
  act(() => render(<App desk={desk} />, place));
});
afterEach(() => {
  render(null, place);
  place.remove();
  vi.unstubAllGlobals();
});

test("an order says what is allowed now, until when, and why not", async () => {
  await show();
  expect(words("allowed-cancel")).toBe("Not allowed: CancelIt has been delivered.");
  expect(words("allowed-return")).toBe("Allowed: Returnuntil 1 Dec 2026");
  expect(words("allowed-warranty")).toBe("Allowed: Warranty");
  expect(find("allowed-refund")).toBeNull();
});

test("what is allowed is done from the order, once and by its version, and the order is read again", async () => {
  const open = { ...order, allowed: { ...order.allowed, cancel: { allowed: true, until: null, why: null } } };
  await show({ agent: { permissions: [...readsOnly, "orders.write"] }, more: { orders: [open] } });
  expect(find("act-return")).not.toBeNull();
  expect(find("act-warranty")?.tagName).toBe("BUTTON");
  const asked: [string, RequestInit][] = [];
  const whole = { id: "o1", version: 3, number: "W1", currency: "EUR", total_minor: 8990, lines: [] };
  const api: Record<string, unknown> = {
    "/api/v1/orders?number=W1": { items: [whole] },
    "/api/v1/orders/o1/allowed": { refundable_minor: 8990, lines: [], cancel: { allowed: true } },
    "/api/v1/orders/o1/cancel": {},
  };
  vi.stubGlobal("fetch", vi.fn(async (path: string, init: RequestInit) => {
    asked.push([path, init]);
    // A colleague changes it while it is being read: it is read again.
    if (asked.length === 2) desk.hear({ type: "order", order: "o1", customer: null });
    return { ok: true, status: 200, text: async () => JSON.stringify(api[path]) };
  }));
  HTMLDialogElement.prototype.showModal ??= function showModal(): void {};
  HTMLDialogElement.prototype.close ??= function close(): void {};
  await act(() => find("act-cancel")?.click());
  await vi.waitFor(() => expect(find("field-reason")).not.toBeNull(), 5_000);
  expect(asked).toHaveLength(4);
  // A colleague changes it while the form is open: what was typed stays, and goes with the version that came of it.
  const field = find("field-note") as HTMLInputElement;
  await act(() => {
    field.value = "said by telephone";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  api["/api/v1/orders?number=W1"] = { items: [{ ...whole, version: 4 }] };
  await act(() => desk.hear({ type: "order", order: "o1", customer: null }));
  await vi.waitFor(() => expect(words("ordering-meanwhile") ?? "").toContain("changed while you were here"), 5_000);
  asked.splice(0);
  vi.mocked(desk.api.conversation).mockResolvedValue(answer("x", { customer: marie, orders: [order] }));
  await act(() => find("save")?.click());
  await vi.waitFor(() => expect(asked[0]?.[0]).toBe("/api/v1/orders/o1/cancel"), 5_000);
  expect(asked[0]?.[1].headers).toMatchObject({ "If-Match": '"4"', "Idempotency-Key": expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
  expect(JSON.parse(asked[0]?.[1].body as string)).toEqual({ reason: "changed_mind", note: "said by telephone" });
  await vi.waitFor(() => expect(find("ordering")).toBeNull(), 5_000);
  await vi.waitFor(() => expect(find("act-cancel")).toBeNull(), 5_000);
  expect(words("allowed-cancel")).toBe("Not allowed: CancelIt has been delivered.");
  await vi.waitFor(() => expect(document.activeElement?.tagName).toBe("SUMMARY"), 5_000);
});

test("what the assistant did for the customer shows beside the conversation, read again once", async () => {
  await show();
  const read = vi.mocked(desk.api.conversation).mockResolvedValue(answer("x", { customer: marie, orders: [{ ...order, status: "returned", status_label: "Returned" }] }));
  read.mockClear();
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  for (const seq of [41, 42]) act(() => desk.hear({ type: "message", conversation: "x", message: message(seq, { from: "bot" }) }));
  vi.advanceTimersByTime(2_000);
  vi.useRealTimers();
  await settle();
  expect(words("order-status")).toBe("Returned");
  expect(read.mock.calls.length).toBe(1);
});

test("what a colleague did to an order shown, or to another of its customer, is read again", async () => {
  await show();
  const read = vi.mocked(desk.api.conversation).mockResolvedValue(answer("x", { customer: marie, orders: [{ ...order, status: "cancelled", status_label: "Cancelled" }] }));
  read.mockClear();
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  act(() => desk.hear({ type: "order", order: "another", customer: "somebody" }));
  vi.advanceTimersByTime(2_000);
  expect(read.mock.calls.length).toBe(0);
  act(() => desk.hear({ type: "order", order: "o1", customer: null }));
  act(() => desk.hear({ type: "order", order: "new", customer: marie.id }));
  vi.advanceTimersByTime(2_000);
  vi.useRealTimers();
  await settle();
  expect(words("order-status")).toBe("Cancelled");
  expect(read.mock.calls.length).toBe(1);
});

test("who may not change orders is offered nothing to press", async () => {
  await show({ agent: { permissions: readsOnly } });
  expect(find("allowed-return")?.querySelector("button")).toBeNull();
});

test("the customer's cases are listed, the rest of many on demand", async () => {
  await show({ more: { cases: [1, 2, 3, 4, 5, 6].map((number) => theCase(number)) } });
  const rows = (): NodeListOf<Element> => place.querySelectorAll("[data-testid=case]");
  expect(rows()).toHaveLength(4);
  expect(rows()[0]?.textContent).toBe("C-2026-000001Newsubject 1");
  await act(() => find("cases")?.querySelector("button")?.click());
  expect(rows()).toHaveLength(6);
});

test("without cases and without an offer there is no empty heading", async () => {
  await show({ offers: { offers: [], withheld: { code: "upset", text: "Not now." } } });
  expect(find("cases")).toBeNull();
  expect(find("worth-suggesting")).toBeNull();
});

test("the next best offer stands with its reason, and no other", async () => {
  await show({ offers: { offers: [carafe, { ...carafe, name: "Second" }], withheld: null } });
  expect(words("worth-suggesting")).toBe("Worth suggestingCarafe Bistrotfrom €26.0034% of those who ordered “Mug” took it with that.");
});

test("a notice passes by as one line", async () => {
  await show();
  await act(async () => desk.hear({ type: "notice", text: "C-2026-000001 is late." }));
  expect(place.querySelector(".notice")?.textContent).toBe("C-2026-000001 is late.");
});

test("whoever may not answer is offered no way to, by button or by key", async () => {
  const take = vi.spyOn(desk.api, "take");
  await show({ agent: { permissions: readsOnly }, more: { messages: [message(1, { from: "agent", delivery: "failed" })] } });
  await press("t");
  expect(take).not.toHaveBeenCalled();
  for (const absent of ["take", "composer", "resend", "set-aside", "preferred-channel"]) expect(find(absent), absent).toBeNull();
  expect(words("not-mine")).toContain("reads conversations without answering");
  expect(words("prefers")).toBe("Mail");
  await press("?");
  await vi.waitFor(() => expect(place.querySelector("dialog")).not.toBeNull(), { timeout: 5_000 });
  const help = place.querySelector("dialog")?.textContent;
  expect(help).toContain("Next conversation");
  for (const absent of ["Take", "Write an answer", "Undelivered"]) expect(help).not.toContain(absent);
});

test("a conversation of one's own from before is read, when the role has changed", async () => {
  await show({ agent: { permissions: readsOnly }, more: { conversation: summary("x", { owner: mine }) } });
  for (const absent of ["composer", "release", "close"]) expect(find(absent), absent).toBeNull();
});

test("where customers are not to be seen, the name of this one is all, and nothing is asked for", async () => {
  await show({ agent: { permissions: ["conversations.read"] }, more: { customer: null, orders: [] } });
  expect(words("customer-hidden")).toContain("Marie Dupont");
  expect(words("customer-hidden")).toContain("does not show the details");
  expect(find("unverified")).toBeNull();
  expect(desk.api.contact).not.toHaveBeenCalled();
  expect(desk.api.offers).not.toHaveBeenCalled();
});

test("orders that are not to be seen are neither counted nor said to be none", async () => {
  await show({ agent: { permissions: ["conversations.read", "customers.read"] }, more: { customer: { ...marie, orders_count: null }, orders: [] } });
  expect(words("customer")).not.toContain("Orders");
  expect(place.textContent).not.toContain("No order yet");
});

test("a role without conversations is told so, by its own name, and connected to nothing", async () => {
  const role = { role: "returns_team", role_name: { fr: "Équipe retours", en: "Returns team" }, permissions: ["orders.read"] };
  await show({ agent: role });
  expect(words("nothing-here")).toContain("The role “Returns team” does not open conversations.");
  expect([started, find("row")]).toEqual([0, null]);
  expect(desk.api.list).not.toHaveBeenCalled();
  await act(() => find("account")?.click());
  expect(place.querySelector(".menu-who")?.textContent).toContain("Returns team");
});

test("a role that loses conversations while the desk is open is told so, and its feed rests", async () => {
  await show();
  expect(started).toBe(1);
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language: "en", permissions: ["orders.read"] }, csrf: "x" });
  await act(() => desk.checkSession());
  expect(started).toBe(0);
  expect(find("nothing-here")).not.toBeNull();
});
