// Tabs: one’s own stay, what was said meanwhile is marked, drafts come along.

import { act } from "preact/test-utils";
import { describe, expect, test, vi } from "vitest";
import { Keep } from "../src/work/keep";
import { atWork, desk, settle, all, one, press, names, known, begin, open, end } from "./at-work";
import { claire } from "./shapes";

atWork();

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
