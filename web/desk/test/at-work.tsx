// A desk at work on a page of its own, for tests that look at it and type into it.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { Api } from "../src/api";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import type { Agent, Summary } from "../src/types";
import { App } from "../src/ui/app";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { answer, claire, mine, summary } from "./shapes";

export let place: HTMLElement;
export let desk: Desk;

export const settle = (): Promise<void> => act(async () => {
  for (let i = 0; i < 4; i += 1) await new Promise((done) => setTimeout(done));
});
export const all = (id: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
export const one = (id: string): HTMLElement | null => all(id)[0] ?? null;
/** What is loaded when it is wanted takes a moment. */
export const comes = async (selector: string): Promise<void> => {
  for (let tries = 0; tries < 200 && !place.querySelector(selector); tries += 1) await act(() => new Promise((done) => setTimeout(done, 10)));
  expect(place.querySelector(selector), selector).not.toBeNull();
};
export const arrives = (id: string): Promise<void> => comes(`[data-testid="${id}"]`);
export const press = (key: string, held: Partial<KeyboardEventInit> = {}): Promise<void> => act(async () => {
  (document.activeElement ?? document).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held }));
  await new Promise((done) => setTimeout(done));
});
export const write = (id: string, value: string): Promise<void> => act(() => {
  const field = one(id) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
export const names = (): string[] => all("tab").map((tab) => tab.textContent ?? "");

export const named = (id: string, name: string, change: Partial<Summary> = {}): Summary => summary(id, { customer: { id: `c-${id}`, name }, ...change });
export const known: Record<string, Summary> = {};

export async function begin(agent: Partial<Agent> = {}, hash = "#/waiting"): Promise<void> {
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
export async function end(): Promise<void> {
  await act(() => render(null, place));
  place.remove();
}
export async function open(id: string): Promise<void> {
  await act(() => desk.go({ id }));
  await settle();
}

/** Three conversations are known before each test, and no network; the desk is gone after it. */
export function atWork(): void {
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
}
