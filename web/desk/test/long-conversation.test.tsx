// A long conversation: what is drawn, what is loaded, and what came before it.

import { act } from "preact/test-utils";
import { describe, expect, test, vi } from "vitest";
import { around, Heights } from "../src/transcript/window";
import type { DeskMessage } from "../src/types";
import { atWork, place, desk, settle, all, one, named, known, begin, open } from "./at-work";
import { answer, message } from "./shapes";

atWork();

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
