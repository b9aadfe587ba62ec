// The order of the list, and how changes from elsewhere come into it.

import { describe, expect, test } from "vitest";
import { belongs, changed, emptyList, inOrder, letGo, loaded, loadedMore, noCounts, type Placing } from "../src/state/list";
import { bot, karims, mine, queue, summary } from "./shapes";

const waiting: Placing = { view: "waiting", me: "a1", openId: null, searching: false };
const ids = (list: { items: { id: string }[] }): string[] => list.items.map((item) => item.id);
const since = (minute: number) => ({ waiting_since: `2026-11-22T09:${String(minute).padStart(2, "0")}:00Z` });
const list = (...items: ReturnType<typeof summary>[]) => loaded(emptyList, { items, counts: noCounts, next: null }, "waiting");

describe("order", () => {
  test("who has waited longest comes first", () => {
    expect(ids({ items: inOrder([summary("b", since(5)), summary("a", since(1)), summary("c", since(9))], "waiting") })).toEqual(["a", "b", "c"]);
  });

  test("timestamps with and without fractions are compared as times", () => {
    const early = summary("early", { waiting_since: "2026-11-22T09:00:00.100Z" });
    const first = summary("first", { waiting_since: "2026-11-22T09:00:00Z" });
    expect(ids({ items: inOrder([early, first], "waiting") })).toEqual(["first", "early"]);
  });

  test("among mine, customers who wait for an answer come before the others", () => {
    const answered = summary("answered", { waiting_since: null, last: { from: "agent", text: "", at: "2026-11-22T10:00:00Z", seq: 2 } });
    expect(ids({ items: inOrder([answered, summary("waits", since(1))], "mine") })).toEqual(["waits", "answered"]);
  });

  test("closed ones come by last message, latest first", () => {
    const at = (id: string, hour: string) => summary(id, { last: { from: "bot", text: "", at: `2026-11-22T${hour}:00:00Z`, seq: 1 } });
    expect(ids({ items: inOrder([at("old", "07"), at("new", "09")], "closed") })).toEqual(["new", "old"]);
  });
});

describe("a change", () => {
  test("belongs to the view of its owner", () => {
    expect(belongs(summary("x", { owner: mine }), "mine", "a1")).toBe(true);
    expect(belongs(summary("x", { owner: karims }), "mine", "a1")).toBe(false);
    expect(belongs(summary("x", { owner: bot }), "assistant", "a1")).toBe(true);
    expect(belongs(summary("x", { owner: queue }), "closed", "a1")).toBe(false);
  });

  test("a new conversation takes its place", () => {
    expect(ids(changed(list(summary("b", since(5))), summary("a", since(1)), waiting))).toEqual(["a", "b"]);
  });

  test("one that a colleague took leaves", () => {
    const taken = summary("a", { owner: karims, version: 2 });
    expect(ids(changed(list(summary("a"), summary("b", since(5))), taken, waiting))).toEqual(["b"]);
  });

  test("the open one stays in its place until another is opened", () => {
    const before = list(summary("a", since(1)), summary("b", since(2)), summary("c", since(3)));
    const taken = summary("b", { owner: mine, version: 2, waiting_since: null });
    const held = changed(before, taken, { ...waiting, openId: "b" });
    expect(ids(held)).toEqual(["a", "b", "c"]);
    expect(held.items[1]?.owner).toEqual(mine);
    expect(ids(changed(held, summary("d", since(4)), { ...waiting, openId: "b" }))).toEqual(["a", "b", "c", "d"]);
    expect(ids(letGo(held, "b"))).toEqual(["a", "b", "c"]);
    expect(ids(letGo(held, "c"))).toEqual(["a", "c"]);
  });

  test("an older version than the one shown is ignored", () => {
    const now = list(summary("a", { version: 3 }));
    expect(changed(now, summary("a", { version: 2, owner: karims }), waiting)).toBe(now);
  });

  test("while searching, nothing the server did not find is added", () => {
    const found = list(summary("a"));
    expect(changed(found, summary("b"), { ...waiting, searching: true })).toBe(found);
  });
});

test("the next page is added once, even when it repeats a row", () => {
  const first = { ...list(summary("a", since(1))), next: "cursor" };
  const second = loadedMore(first, { items: [summary("a", since(1)), summary("b", since(2))], counts: noCounts, next: null }, "waiting");
  expect(ids(second)).toEqual(["a", "b"]);
  expect(second.next).toBeNull();
});
