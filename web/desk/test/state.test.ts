// Messages merged by seq, doubles dropped, counts, and what signing out keeps.

import { describe, expect, test } from "vitest";
import { hasGap, merge, resumeFrom, type Outgoing } from "../src/state/conversation";
import { initial, reduce, type Action, type State } from "../src/state/state";
import { answer, claire, message, mine, summary } from "./shapes";

const play = (state: State, ...actions: Action[]): State => actions.reduce(reduce, state);
const signedIn = play(initial("en"), { do: "signed in", agent: claire });
const opened = play(signedIn,
  { do: "list loaded", answer: { items: [summary("x", { unread: 3 })], counts: { waiting: 1, mine: 0, assistant: 0 }, next: null }, more: false },
  { do: "open", id: "x" }, { do: "opened", id: "x", answer: answer("x") });
const seqs = (state: State): number[] => state.open?.messages.map(({ seq }) => seq) ?? [];

const sending = (clientId: string): Outgoing => ({ clientId, text: "Bonjour", at: "2026-11-22T09:00:00Z", state: "sending", attempts: 0, reason: null });

describe("messages", () => {
  test("are merged in order of seq, each once", () => {
    expect(merge([message(1), message(3)], [message(2), message(3)]).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test("resume from the last one before a gap", () => {
    expect(resumeFrom([message(1), message(2), message(5)])).toBe(2);
    expect(resumeFrom([message(40), message(41)])).toBe(41);
    expect(resumeFrom([])).toBe(0);
    expect(hasGap([message(1), message(3)])).toBe(true);
    expect(hasGap([message(1), message(2)])).toBe(false);
  });

  test("of another conversation leave the open one alone", () => {
    expect(play(opened, { do: "message", id: "y", message: message(2) }).open).toBe(opened.open);
  });

  test("one stored under its client_id is no longer on its way", () => {
    const state = play(opened, { do: "outgoing", id: "x", change: () => [sending("k1"), sending("k2")] });
    const after = play(state, { do: "message", id: "x", message: message(2, { from: "agent", client_id: "k1" }) });
    expect(after.outgoing.x?.map((one) => one.clientId)).toEqual(["k2"]);
    expect(seqs(after)).toEqual([1, 2]);
  });

  test("delivery never goes back, whatever the order of the reports", () => {
    const sent = play(opened, { do: "message", id: "x", message: message(2, { from: "agent", delivery: "queued" }) });
    const read = play(sent, { do: "delivery", id: "x", seq: 2, delivery: "read", error: null }, { do: "delivery", id: "x", seq: 2, delivery: "sent", error: null });
    expect(read.open?.messages[1]?.delivery).toBe("read");
    const again = play(read, { do: "messages", id: "x", messages: [message(2, { from: "agent", delivery: "sent" })] });
    expect(again.open?.messages[1]?.delivery).toBe("read");
  });

  test("a failure brings its reason, and the next try takes it away", () => {
    const sent = play(opened, { do: "message", id: "x", message: message(2, { from: "agent", delivery: "queued" }) });
    const failed = play(sent, { do: "delivery", id: "x", seq: 2, delivery: "failed", error: "blocked" });
    expect(failed.open?.messages[1]).toMatchObject({ delivery: "failed", error: "blocked" });
    const again = play(failed, { do: "delivery", id: "x", seq: 2, delivery: "queued", error: null });
    expect(again.open?.messages[1]).toMatchObject({ delivery: "queued", error: null });
  });

  test("the typing line ends with the message, or in time", () => {
    const typing = play(opened, { do: "typing", id: "x", from: "customer", name: "Marie", now: 0 });
    expect(play(typing, { do: "message", id: "x", message: message(2) }).open?.typing).toBeNull();
    expect(play(typing, { do: "typing over", now: 5_999 }).open?.typing).not.toBeNull();
    expect(play(typing, { do: "typing over", now: 6_000 }).open?.typing).toBeNull();
  });
});

describe("the desk", () => {
  test("counts come with the list and live", () => {
    expect(opened.counts.waiting).toBe(1);
    expect(play(opened, { do: "counts", counts: { waiting: 4, mine: 1, assistant: 2 } }).counts.waiting).toBe(4);
  });

  test("what is open is read", () => {
    expect(opened.list.items[0]?.unread).toBe(0);
    const more = play(opened, { do: "conversation", summary: summary("x", { version: 1, unread: 2 }) });
    expect(more.list.items[0]?.unread).toBe(0);
  });

  test("a change of owner reaches the list and the open conversation together", () => {
    const taken = play(opened, { do: "conversation", summary: summary("x", { owner: mine, version: 2 }) });
    expect(taken.open?.summary?.owner).toEqual(mine);
    expect(taken.list.items.map((item) => item.owner)).toEqual([mine]);
    expect(play(taken, { do: "open", id: null }).list.items).toEqual([]);
  });

  test("a list that cannot be refreshed stays; one never loaded says so", () => {
    expect(play(opened, { do: "list failed" }).list.status).toBe("ready");
    expect(play(signedIn, { do: "list failed" }).list.status).toBe("error");
  });

  test("signing out forgets customers, not the language", () => {
    const out = play(opened, { do: "signed out", expired: true });
    expect(out).toMatchObject({ session: "out", expired: true, open: null, language: "fr", agent: null });
    expect(out.list.items).toEqual([]);
  });
});
