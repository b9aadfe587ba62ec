// What is offered to an agent, and where they say they are.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api, Refused } from "../src/api";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import type { Offer } from "../src/types.routing";
import { App } from "../src/ui/app";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { answer, claire, karims, mine, summary } from "./shapes";

let place: HTMLElement;
let desk: Desk;

const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve)));
const one = <Kind extends HTMLElement>(id: string): Kind | null => place.querySelector<Kind>(`[data-testid="${id}"]`);
const offer: Offer = {
  id: "o1", kind: "work", seconds: 30, seconds_left: 20, from: null, note: "", conversation: summary("x"), case: null,
};
const told = (offers: Offer[], presence: "available" | "away" = "available"): Promise<void> =>
  act(() => desk.hear({ type: "offers", offers, presence }));

beforeEach(async () => {
  localStorage.clear();
  location.hash = "#/waiting";
  vi.stubGlobal("ResizeObserver", class { observe(): void {} disconnect(): void {} });
  place = document.body.appendChild(document.createElement("div"));
  const live = { start() {}, stop() {}, viewing() {}, hurry() {} } as unknown as Live;
  desk = new Desk(new Api(), new Store(initial("en")), new Keep(), () => live);
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language: "en" }, csrf: "x" });
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [], counts: { waiting: 0, mine: 0, assistant: 0 }, next: null });
  vi.spyOn(desk.api, "conversation").mockResolvedValue(answer("x"));
  act(() => render(<App desk={desk} />, place));
  await act(() => desk.start());
  await settle();
});
afterEach(() => {
  render(null, place);
  place.remove();
  vi.unstubAllGlobals();
});

test("an offer shows who waits and the time left, and accepting it opens the conversation", async () => {
  await told([offer]);
  expect(one("offer")?.textContent).toContain("Marie Dupont");
  expect(one("offer-left")?.textContent).toBe("20 s left");
  const accepted = vi.spyOn(desk.api, "acceptOffer").mockResolvedValue({ conversation: summary("x", { owner: mine, version: 2 }) });
  await act(() => one("offer-accept")?.click());
  await settle();
  expect(accepted).toHaveBeenCalledWith("o1");
  expect(one("offer")).toBeNull();
  expect(location.hash).toBe("#/mine/x");
});

test("keys answer from wherever one is, and news from before the answer do not bring it back", async () => {
  const next = { ...offer, id: "o2", conversation: summary("y") };
  vi.spyOn(desk.api, "acceptOffer").mockResolvedValue({ conversation: summary("x", { owner: mine, version: 2 }) });
  vi.spyOn(desk.api, "declineOffer").mockResolvedValue({ offers: [] });
  const press = (key: string): Promise<void> => act(() => void document.body.dispatchEvent(new KeyboardEvent("keydown", { key, altKey: true, bubbles: true })));
  await told([offer]);
  await press("a");
  await settle();
  await told([offer]);
  expect(one("offer")).toBeNull();
  await told([offer, next]);
  await press("x");
  expect(document.activeElement).toBe(one("decline-busy"));
  await act(() => one("decline-busy")?.click());
  await settle();
  await told([next]);
  expect(one("offer")).toBeNull();
});

test("declining takes it away, and one that is gone says so", async () => {
  await told([offer, { ...offer, id: "o2", kind: "transfer", from: "Karim", note: "Refund" }]);
  expect(place.querySelectorAll('[data-testid="offer"]')[1]?.textContent).toContain("Karim is passing this on to you");
  vi.spyOn(desk.api, "declineOffer").mockResolvedValueOnce({ offers: [] }).mockRejectedValueOnce(new Refused(409, "not_now", "It’s gone."));
  for (const left of [1, 0]) {
    await act(() => one("offer-decline")?.click());
    await act(() => one("decline-busy")?.click());
    await settle();
    expect(place.querySelectorAll('[data-testid="offer"]').length).toBe(left);
  }
  expect(desk.api.declineOffer).toHaveBeenCalledWith("o1", "busy");
  expect(place.textContent).toContain("It’s gone.");
});

test("what a colleague takes meanwhile is no longer offered", async () => {
  await told([offer, { ...offer, id: "o2", kind: "join", from: "Karim", conversation: summary("y", { owner: karims }) }]);
  const taken = (id: string): Promise<void> => act(() => desk.hear({ type: "conversation", conversation: summary(id, { owner: karims, version: 2 }) }));
  await taken("x");
  await taken("y");
  expect(place.querySelectorAll('[data-testid="offer"]').length).toBe(1);
  expect(one("offer")?.textContent).toContain("Karim asks you to join");
});

test("time that is up takes the offer away", async () => {
  await told([{ ...offer, seconds_left: 0.2 }]);
  await act(() => new Promise((resolve) => setTimeout(resolve, 700)));
  expect(one("offer")).toBeNull();
});

test("being set away is told, and one comes back by choosing", async () => {
  await told([], "away");
  expect(place.textContent).toContain("You were set to away");
  vi.spyOn(desk.api, "whereabouts").mockResolvedValue({ presence: "away", reason: "", automatic: "missed", channels: {}, load: 0, capacity: 300, kinds: {}, since: "" });
  const be = vi.spyOn(desk.api, "bePresent").mockResolvedValue({ presence: "available", reason: "", automatic: null, channels: {}, load: 0, capacity: 300, kinds: {}, since: "" });
  await act(() => one("account")?.click());
  await settle();
  const choice = one<HTMLSelectElement>("presence")!;
  expect(choice.value).toBe("away");
  choice.value = "available";
  await act(() => void choice.dispatchEvent(new Event("change", { bubbles: true })));
  await settle();
  expect(be).toHaveBeenCalledWith("available", "");
  expect(desk.store.state.agent?.presence).toBe("available");
});

test("of two choices one after the other the second stands, however long the first is on its way", async () => {
  const now = { automatic: null, channels: {}, load: 0, capacity: 300, kinds: {}, since: "", presence: "away" as const };
  let arrive = (): void => {};
  const be = vi.spyOn(desk.api, "bePresent")
    .mockImplementationOnce(() => new Promise((resolve) => {
      arrive = () => resolve({ ...now, reason: "" });
    }))
    .mockResolvedValueOnce({ ...now, reason: "Lunch" });
  const first = desk.working.bePresent("away", "");
  const second = desk.working.bePresent("away", "Lunch");
  await settle();
  expect(be).toHaveBeenCalledTimes(1);
  arrive();
  await Promise.all([first, second]);
  expect(be.mock.calls.map(([, reason]) => reason)).toEqual(["", "Lunch"]);
});
