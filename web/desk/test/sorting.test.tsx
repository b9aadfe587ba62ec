// Tags, choosing several conversations, macros, and the tools of the composer.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api, Refused } from "../src/api";
import { selection } from "../src/bulk/selection";
import { found } from "../src/folding";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import type { Macro, StepDone, Tag } from "../src/types.sorting";
import { App } from "../src/ui/app";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { applied, toolFor, type Tool } from "../src/writing/format";
import { EMOJI } from "../src/writing/emoji-list";
import { answer, claire, message, mine, summary } from "./shapes";

let place: HTMLElement;
let desk: Desk;

const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve)));
const one = (id: string): HTMLElement | null => place.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const all = (id: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const until = async (look: () => unknown): Promise<void> => {
  for (let tries = 0; tries < 100 && !look(); tries += 1) await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
  expect(look()).toBeTruthy();
};
const press = async (on: Element | null, key: string, more: KeyboardEventInit = {}): Promise<void> => {
  act(() => void on?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more })));
  await settle();
};
const type = (field: HTMLElement | null, value: string): void => {
  (field as HTMLInputElement).value = value;
  act(() => void field?.dispatchEvent(new InputEvent("input", { bubbles: true })));
};

const late: Tag = { id: "t1", name: "Égaré", colour: "late" };
const vip: Tag = { id: "t2", name: "VIP", colour: "plain" };
const owned = summary("x", { owner: mine, tags: [vip] });
const others = [summary("y"), summary("z")];

async function show(): Promise<void> {
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language: "en" }, csrf: "x" });
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [owned, ...others], counts: { waiting: 2, mine: 1, assistant: 0 }, next: null });
  const said = message(1, { from: "agent", text: "🙂 un petit mot", marks: [["bold", 2, 8], ["italic", 5, 5]] });
  vi.spyOn(desk.api, "conversation").mockResolvedValue(answer("x", { conversation: owned, messages: [said] }));
  await act(() => desk.start());
  await settle();
}

beforeEach(async () => {
  localStorage.clear();
  location.hash = "#/team/x";
  vi.stubGlobal("ResizeObserver", class { observe(): void {} disconnect(): void {} });
  HTMLDialogElement.prototype.showModal = function showModal() { this.open = true; };
  HTMLDialogElement.prototype.close = function close() { this.open = false; };
  place = document.body.appendChild(document.createElement("div"));
  const live = { start() {}, stop() {}, viewing() {}, hurry() {} } as unknown as Live;
  desk = new Desk(new Api(), new Store(initial("en", "team")), new Keep(), () => live);
  act(() => render(<App desk={desk} />, place));
  await show();
});
afterEach(() => {
  render(null, place);
  place.remove();
  selection.clear();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("rows are chosen by key, and what was not done is named", async () => {
  const bulk = vi.spyOn(desk.api, "bulk").mockResolvedValue({ done: ["x"], left: [{ id: "y", why: "Karim already has it." }] });
  await press(all("row")[0] ?? null, "x");
  await press(all("row")[0] ?? null, "ArrowDown", { shiftKey: true });
  await until(() => one("bulk-bar"));
  expect(one("bulk-count")?.textContent).toBe("2 chosen");
  expect(all("tick").map((tick) => (tick as HTMLInputElement).checked)).toEqual([true, true, false]);
  act(() => one("bulk-take")?.click());
  await until(() => one("bulk-came"));
  expect(bulk.mock.calls[0]).toEqual([[{ id: "x", version: 1, seen: 1 }, { id: "y", version: 1, seen: 1 }], { do: "take" }]);
  expect(one("bulk-came")?.textContent).toContain("1 conversation is yours.");
  expect(one("bulk-came")?.textContent).toContain("Marie Dupont Karim already has it.");
  expect([...selection.all.keys()]).toEqual(["y"]);
  await press(all("row")[0] ?? null, "Escape");
  expect(one("bulk-bar")).toBeNull();
});

test("words that come to a chosen row are not seen, until it was told that they came", async () => {
  const wrote = summary("y", { version: 2, last: { ...others[0]!.last!, seq: 5 } });
  selection.add([owned, others[0]!]);
  selection.refresh([owned, wrote]);
  expect(selection.all.get("y")).toMatchObject({ version: 2, seen: 1 });
  const bulk = vi.spyOn(desk.api, "bulk").mockResolvedValue({ done: ["x"], left: [{ id: "y", why: "The customer wrote meanwhile." }] });
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [owned, wrote], counts: { waiting: 2, mine: 1, assistant: 0 }, next: null });
  await until(() => one("bulk-close"));
  act(() => one("bulk-close")?.click());
  await until(() => one("bulk-go"));
  act(() => one("bulk-go")?.click());
  await until(() => selection.all.get("y")?.seen === 5);
  expect(bulk.mock.calls[0]?.[0]).toContainEqual({ id: "y", version: 1, seen: 1 });
  expect([...selection.all.keys()]).toEqual(["y"]);
});

test("the open conversation is closed as far as it was seen", async () => {
  const close = vi.spyOn(desk.api, "close").mockResolvedValue({ conversation: owned });
  desk.store.dispatch({ do: "message", id: "x", message: message(7, { place: 0.5 }) });
  await desk.close();
  expect(close).toHaveBeenCalledWith("x", 1, 7);
});

test("everything in the view is chosen, and nothing is done without a second word", async () => {
  const bulk = vi.spyOn(desk.api, "bulk").mockRejectedValue(new Refused(422, "invalid", "Too many."));
  act(() => one("bulk-select")?.click());
  await until(() => one("bulk-bar"));
  act(() => one("bulk-close")?.click());
  expect(one("bulk-go")).toBeNull();
  act(() => one("bulk-all")?.click());
  await until(() => selection.all.size === 3);
  act(() => one("bulk-close")?.click());
  expect(bulk).not.toHaveBeenCalled();
  act(() => one("bulk-go")?.click());
  await until(() => one("bulk-came")?.textContent?.includes("Too many."));
  expect(selection.all.size).toBe(3);
});

test("a tag is found without its accents, put on with Enter and taken off again", async () => {
  vi.spyOn(desk.api, "tags").mockResolvedValue({ items: [late, vip, { ...vip, id: "t3", name: "Old", retired: true }] });
  const tag = vi.spyOn(desk.api, "tag").mockResolvedValue({ conversation: { ...owned, version: 2, tags: [vip, late] } });
  expect(one("tags")?.textContent).toContain("VIP");
  act(() => one("tag")?.click());
  await until(() => all("tag-option").length === 2);
  type(one("tags-find"), "egar");
  await press(one("tags-find"), "Enter");
  expect(tag).toHaveBeenCalledWith("x", { add: ["t1"] });
  await until(() => all("tag-option")[0]?.getAttribute("aria-selected") === "true");
  await press(one("tags-find"), "Enter");
  expect(tag).toHaveBeenLastCalledWith("x", { remove: ["t1"] });
});

const macro: Macro = { id: "m1", name: "Lost", shared: true, steps: [{ do: "insert", what: null }, { do: "add_tag", what: "VIP" }, { do: "snooze", what: "tomorrow" }] };
const step = (change: Partial<StepDone>): StepDone => ({ do: "insert", what: null, done: true, why: null, text: null, missing: [], until: null, case: null, ...change });

test("a macro shows what it would do, and Enter does it", async () => {
  vi.spyOn(desk.api, "macros").mockResolvedValue({ items: [macro] });
  const preview = vi.spyOn(desk.api, "previewMacro").mockResolvedValue({ steps: [step({ text: "Hello Marie" })] });
  const run = vi.spyOn(desk.api, "runMacro").mockResolvedValueOnce({ done: false, steps: [step({ do: "close", done: false, why: "Not yours." })], insert: "", conversation: owned });
  act(() => one("macros")?.click());
  await until(() => one("macro"));
  expect(one("macro")?.textContent).toBe("LostPut a text into the composer · Tag VIP · Snooze: until tomorrow at nine");
  await until(() => one("macros-preview")?.textContent?.includes("Hello Marie"));
  expect(preview).toHaveBeenCalledTimes(1);
  await press(one("macros-find"), "Enter");
  await until(() => one("macros-trouble")?.textContent?.includes("Nothing was done. Close the conversation: Not yours."));
  run.mockResolvedValueOnce({ done: true, steps: [], insert: "Hello Marie", conversation: owned });
  await press(one("macros-find"), "Enter");
  await until(() => one("macros-find") === null);
  await until(() => (one("composer") as HTMLTextAreaElement).value === "Hello Marie");
  expect(run).toHaveBeenCalledTimes(2);
  for (const call of [preview.mock.lastCall, run.mock.lastCall]) expect(call?.[4], "the last message that was seen").toBe(1);
});

test("what an agent marked is shown, and tools mark it", async () => {
  expect(place.querySelector(".message-text strong")?.textContent).toBe("un petit");
  expect(place.querySelector(".message-text strong em")?.textContent).toBe("petit");
  const field = one("composer") as HTMLTextAreaElement;
  type(field, "well done");
  field.setSelectionRange(0, 4);
  await press(field, "b", { ctrlKey: true });
  expect(field.value).toBe("**well** done");
  act(() => one("emoji")?.click());
  await until(() => one("emoji-find"));
  type(one("emoji-find"), "colis");
  await press(one("emoji-find"), "Enter");
  await until(() => field.value.includes("📦"));
  expect(one("emoji-picker")).toBeNull();
});

test.each<[Tool, string, [number, number], string]>([
  ["bold", "a b", [2, 3], "a **b**"],
  ["bold", "a **b**", [4, 5], "a b"],
  ["italic", "a  b ", [1, 5], "a  _b_ "],
  ["bold", "", [0, 0], "****"],
  ["bold", "a\nb", [0, 3], "**a**\n**b**"],
  ["list", "a\nb", [0, 3], "- a\n- b"],
  ["list", "- a\n- b", [0, 7], "a\nb"],
  ["link", "our page", [4, 8], "our [page](https://)"],
  ["link", "https://x.fr", [0, 12], "[](https://x.fr)"],
])("%s of %j", (tool, text, [start, end], expected) => {
  const made = applied(tool, { text, start, end });
  expect(made.text).toBe(expected);
  expect(made.start).toBeGreaterThanOrEqual(0);
  expect(made.end).toBeLessThanOrEqual(expected.length);
});

test("keys ask for tools, and for nothing with Alt", () => {
  expect(toolFor({ key: "B", ctrlKey: true })).toBe("bold");
  expect(toolFor({ key: "L", metaKey: true, shiftKey: true })).toBe("list");
  expect(toolFor({ key: "b", ctrlKey: true, altKey: true })).toBeNull();
  expect(toolFor({ key: "b" })).toBeNull();
});

test("every emoji is found in both languages, and none stands twice", () => {
  expect(EMOJI.every(({ emoji, fr, en }) => emoji && fr && en)).toBe(true);
  expect(new Set(EMOJI.map(({ emoji }) => emoji)).size).toBe(EMOJI.length);
  expect(found("cœur rouge amour", "AMOUR")).toBe(true);
});
