// Private notes: what is written for colleagues never takes the way to the customer; mentions, reminders, notices.

import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";
import { Api, Refused } from "../src/api";
import { asked, matching } from "../src/notes/mentioning";
import { blocks, Markdown } from "../src/notes/markdown";
import { placed } from "../src/notes/notes";
import { Reminders } from "../src/notes/reminders";
import type { Mentionable, PrivateNote, Reminder } from "../src/types.notes";
import { emit } from "../src/ui/commands";
import { all, desk, mounted, one, place } from "./mounted";
import { answer, claire, karims, message, mine, summary } from "./shapes";

const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, 20)));
const type = async (id: string, value: string): Promise<void> => {
  const field = one(id) as HTMLTextAreaElement;
  field.value = value;
  field.setSelectionRange(value.length, value.length);
  await act(() => void field.dispatchEvent(new Event("input", { bubbles: true })));
  await settle();
};
const press = async (id: string, key: string): Promise<void> => {
  await act(() => void one(id).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
  await settle();
};
const note = (id: string, change: Partial<PrivateNote> = {}): PrivateNote => ({
  id, version: 1, author: { id: "a2", name: "Karim Benali" }, text: `note ${id}`, handles: [], after_seq: 1, at: "2026-11-22T09:00:00Z", edited_at: null, ...change,
});
const PEOPLE: Mentionable[] = [
  { handle: "emma.roy", kind: "agent", name: "Emma Roy" }, { handle: "helene.emmanuel", kind: "agent", name: "Hélène Emmanuel" },
  { handle: "returns", kind: "team", name: "Retours" },
];

function mocked(): Record<"send" | "hold" | "writeNote" | "readNotes" | "notes" | "keepDraft", ReturnType<typeof vi.spyOn>> {
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language: "en" }, csrf: "x" });
  vi.spyOn(desk.api, "channelNames").mockResolvedValue({ ways: {}, copies: [] });
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [summary("x")], counts: { waiting: 1, mine: 0, assistant: 0, mentioned: 2, reminders: 1 }, next: null });
  vi.spyOn(desk.api, "mentionable").mockResolvedValue({ items: PEOPLE });
  vi.spyOn(desk.api, "reminders").mockResolvedValue({ items: [] });
  return {
    send: vi.spyOn(desk.api, "send"), hold: vi.spyOn(desk.api, "hold"), keepDraft: vi.spyOn(desk.api, "keepDraft").mockResolvedValue(),
    writeNote: vi.spyOn(desk.api, "writeNote").mockImplementation(async (_id, _key, text) => ({ note: note("new", { text, author: { id: "a1", name: "Claire Moreau" }, after_seq: 2, at: new Date().toISOString() }) })),
    readNotes: vi.spyOn(desk.api, "readNotes").mockResolvedValue({ read: 1 }),
    notes: vi.spyOn(desk.api, "notes").mockResolvedValue({ notes: [note("first", { text: "**Voir** @emma.roy <b>x</b>", handles: ["emma.roy"] })], unread: 1 }),
  };
}

async function show(owner = mine as typeof mine | typeof karims): Promise<ReturnType<typeof mocked>> {
  const calls = mocked();
  vi.spyOn(desk.api, "conversation").mockResolvedValue(answer("x", { conversation: summary("x", { owner }), messages: [message(1), message(2)] }));
  await act(() => desk.start());
  await settle();
  return calls;
}

mounted("#/mine/x");

test("a note stands after its message, is read when it is seen, and its words are no markup", async () => {
  const { readNotes } = await show();
  const items = [...place.querySelectorAll(".messages > li")].map((li) => li.getAttribute("data-testid") ?? "");
  expect(items.filter(Boolean)).toEqual(["message", "note", "message"]);
  expect(one("note").querySelector(".pnote-text strong")?.textContent).toBe("Voir");
  expect(one("note").querySelector(".pnote-mention")?.textContent).toBe("@emma.roy");
  expect(one("note").querySelector("b")).toBeNull();
  expect(readNotes).toHaveBeenCalledTimes(1);
  expect(one("for-me").textContent).toContain("3");
});

test("what is written as a note goes to colleagues, key by key, and stays a note", async () => {
  const { send, hold, writeNote, keepDraft } = await show();
  await type("composer", "half an answer");
  await act(() => emit("note"));
  await settle();
  expect(document.activeElement).toBe(one("note-text"));
  expect(one("composer").closest("[hidden]")).not.toBeNull();
  await type("note-text", "see @em");
  expect(one("mentionable").textContent).toContain("Hélène Emmanuel");
  await press("note-text", "Enter");
  expect((one("note-text") as HTMLTextAreaElement).value).toBe("see @emma.roy ");
  await press("note-text", "Enter");
  expect(writeNote).toHaveBeenCalledWith("x", expect.any(String), "see @emma.roy");
  expect(all("note")).toHaveLength(2);
  expect(all("note-text")).toHaveLength(1);
  await type("note-text", "a second one");
  await press("note-text", "Enter");
  expect(writeNote).toHaveBeenCalledTimes(2);
  expect([send, hold].map((call) => call.mock.calls.length)).toEqual([0, 0]);
  // Only what was begun as an answer may be kept as one.
  expect(JSON.stringify(keepDraft.mock.calls)).not.toMatch(/emma|second/);
  await press("note-text", "Escape");
  expect(all("note-text")).toHaveLength(0);
  expect((one("composer") as HTMLTextAreaElement).value).toBe("half an answer");
});

test("a note that did not go stays, and goes again under the same key", async () => {
  const { writeNote } = await show(karims);
  await act(() => emit("note"));
  await settle();
  await type("note-text", "for Karim");
  writeNote.mockRejectedValueOnce(new Refused(503, "unavailable", "Later", null));
  await press("note-text", "Enter");
  expect((one("note-text") as HTMLTextAreaElement).value).toBe("for Karim");
  expect(place.textContent).toContain("Later");
  await press("note-text", "Enter");
  const keys = writeNote.mock.calls.map((call: unknown[]) => call[1]);
  expect(keys[0]).toBe(keys[1]);
});

test("notes come, change and go while they are looked at", async () => {
  await show();
  const hear = (id: string, change: PrivateNote | null, conversation = "x"): Promise<void> =>
    act(() => desk.hear({ type: "note", conversation, id, note: change }));
  await hear("late", note("late", { at: "2026-11-22T10:00:00Z", after_seq: 2 }));
  await hear("elsewhere", note("elsewhere"), "y");
  expect(all("note").map((each) => each.textContent?.includes("note late"))).toEqual([false, true]);
  await hear("late", note("late", { version: 3, text: "third" }));
  await hear("late", note("late", { version: 2, text: "second" }));
  expect(place.textContent).toContain("third");
  await hear("late", null);
  expect(all("note")).toHaveLength(1);
});

test("a mention elsewhere is told with the way there; one in sight is read", async () => {
  const { readNotes } = await show();
  readNotes.mockClear();
  await act(() => desk.hear({ type: "notice", kind: "note.mention", conversation: "y", text: "Karim mentions you" }));
  await act(() => desk.hear({ type: "notice", kind: "note.mention", conversation: "y", text: "Karim mentions you" }));
  expect(all("told")).toHaveLength(1);
  await act(() => desk.hear({ type: "notice", kind: "note.mention", conversation: "x", text: "here" }));
  expect(readNotes.mock.calls).toEqual([["x"]]);
  expect(all("told")).toHaveLength(1);
  await act(() => one("told-open").click());
  expect(location.hash).toBe("#/mentioned/y");
  expect(all("told")).toHaveLength(0);
  await act(() => desk.hear({ type: "notice", text: "something else" }));
  expect(desk.store.state.notice).toBe("something else");
});

test("the browser tells of a mention only while the desk is hidden, and when it was asked to", async () => {
  const shown = vi.fn();
  vi.stubGlobal("Notification", Object.assign(class { constructor(_title: string, options: { body: string }) { shown(options.body); } }, { permission: "granted" }));
  await show();
  const mention = (): Promise<void> => act(() => desk.hear({ type: "notice", kind: "note.mention", conversation: "y", text: "Karim" }));
  await mention();
  desk.keep.prefer({ browserNotices: true });
  await mention();
  expect(shown).not.toHaveBeenCalled();
  const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  await mention();
  expect(shown).toHaveBeenCalledExactlyOnceWith("Karim");
  hidden.mockRestore();
});

test("a reminder that is done stays done, whatever an older answer says", async () => {
  const due = { id: "r1", version: 1, conversation: "x", text: "call", due_at: "2030-01-01T09:00:00Z", done: false };
  const api = new Api();
  const reminders = new Reminders(api);
  vi.spyOn(api, "reminders").mockResolvedValueOnce({ items: [due] });
  await reminders.load();
  let late: (answer: { items: Reminder[] }) => void = () => {};
  vi.spyOn(api, "reminders").mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
  vi.spyOn(api, "changeReminder").mockResolvedValue({ reminder: { ...due, version: 2, done: true } });
  const loading = reminders.load();
  await reminders.done(due);
  late({ items: [due] });
  await loading;
  expect(reminders.all).toEqual([]);
});

test.each([
  ["@", 1, ""], ["see @Hél", 8, "Hél"], ["mail@example", 12, null], ["@a b", 4, null], ["@emma x", 5, "emma"], ["a/@x", 4, null],
])("in %j one looks for somebody: %i", (text, at, words) => expect(asked(text, at)).toBe(words));

test("people are found by handle and by any word of their name, without accents", () => {
  expect(matching(PEOPLE, "emm").map((each) => each.handle)).toEqual(["emma.roy", "helene.emmanuel"]);
  expect(matching(PEOPLE, "HÉL").map((each) => each.handle)).toEqual(["helene.emmanuel"]);
  expect(matching(PEOPLE, "ret").map((each) => each.handle)).toEqual(["returns"]);
  expect(matching(PEOPLE, "zz")).toEqual([]);
});

test("a light Markdown, and nothing that runs", () => {
  expect(blocks("a\nb\n\nc\n- d\n* e\n1. f").map(({ kind, lines }) => [kind, lines])).toEqual([
    ["text", ["a", "b"]], ["text", ["c"]], ["points", ["d", "e"]], ["numbers", ["f"]],
  ]);
  const text = "**bold** _it_ *al* `<i>` snake_case_name 2 * 3 * 4 https://a.example/_x_ javascript:alert(1) @emma.roy. @nobody <img src=x>";
  act(() => render(<Markdown text={text} handles={["emma.roy"]} />, place));
  const parts = [...place.querySelectorAll("strong, em, code, a, img, i, .pnote-mention")].map((each) => [each.tagName, each.textContent]);
  expect(parts).toEqual([["STRONG", "bold"], ["EM", "it"], ["EM", "al"], ["CODE", "<i>"], ["A", "https://a.example/_x_"], ["SPAN", "@emma.roy"]]);
});

test("notes stand after the last message before them that is shown", () => {
  const found = placed([note("a", { after_seq: 0 }), note("b", { after_seq: 7 }), note("c", { after_seq: 9 })], [5, 7, 8]);
  expect([...found].map(([seq, list]) => [seq, list.map(({ id }) => id)])).toEqual([[0, ["a"]], [7, ["b"]], [8, ["c"]]]);
});
