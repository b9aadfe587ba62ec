// The inbox: what is where, what is typed after a slash, when something comes back, and answers taken back.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Refused, type Api } from "../src/api";
import { ahead } from "../src/format";
import { belongs, inOrder } from "../src/state/list";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { asked, placeholdersIn } from "../src/ui/canned";
import { asField, tomorrowMorning } from "../src/ui/snooze";
import { Drafts } from "../src/work/drafts";
import { Keep } from "../src/work/keep";
import { Outbox } from "../src/work/outbox";
import { bot, claire, karims, message, mine, queue, summary } from "./shapes";

describe("views", () => {
  const off = { snoozed: { until: "2026-11-23T09:00:00Z" } };
  test.each([
    ["mine", { owner: mine }, true], ["mine", { owner: mine, ...off }, false], ["snoozed", { owner: mine, ...off }, true],
    ["snoozed", { owner: karims, ...off }, false], ["longest", { owner: karims }, true], ["longest", { owner: karims, waiting_since: null }, false],
    ["longest", { owner: bot }, false], ["team", { owner: queue }, true], ["team", { owner: bot }, false],
  ] as const)("%s with %o: %s", (view, change, expected) => {
    expect(belongs(summary("a", change), view, "a1")).toBe(expected);
  });

  test("what came back stands before whoever waits longest", () => {
    const back = summary("back", { owner: mine, waiting_since: null, returned_at: "2026-11-22T10:00:00Z" });
    const waits = summary("waits", { owner: mine, waiting_since: "2026-11-22T01:00:00Z" });
    expect(inOrder([waits, back], "mine").map((item) => item.id)).toEqual(["back", "waits"]);
  });

  test("what is put off stands by when it comes back, the undated last", () => {
    const rows = [null, "2026-11-24T09:00:00Z", "2026-11-23T09:00:00Z"].map((until, index) => summary(String(index), { owner: mine, snoozed: { until } }));
    expect(inOrder(rows, "snoozed").map((item) => item.id)).toEqual(["2", "1", "0"]);
  });
});

test.each([
  ["/", 1, ""], ["/bon", 4, "bon"], ["Bonjour\n/suivi colis", 20, "suivi colis"], ["et/ou", 5, null], ["https://", 8, null], ["/bon\n", 5, null],
] as const)("%j asks for %s", (text, place, expected) => {
  expect(asked(text, place)).toBe(expected);
});

test("only placeholders that exist are still to be filled in", () => {
  expect(placeholdersIn("{customer.first_name}, { order.number } et {objet} {customer.first_name}")).toEqual(["{customer.first_name}", "{ order.number }"]);
});

test("tomorrow is nine o’clock of the next day, over the end of a month too", () => {
  expect(asField(tomorrowMorning(new Date(2026, 11, 31, 23, 59)))).toBe("2027-01-01T09:00");
  expect(ahead(new Date(2026, 10, 22, 18, 5).toISOString(), "fr", new Date(2026, 10, 22, 8))).toBe("18:05");
});

describe("taking an answer back", () => {
  let store: Store;
  let keep: Keep;
  let takeBack: () => Promise<{ text: string }>;
  let outbox: Outbox;
  const hold = vi.fn(async () => ({ seconds_left: 5 }));
  const messages = vi.fn(async () => ({ messages: [] }));

  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    hold.mockClear();
    store = new Store(initial("fr"));
    store.dispatch({ do: "signed in", agent: claire });
    keep = new Keep(localStorage);
    keep.belongsTo(claire.id);
    takeBack = async () => ({ text: "Bonjour" });
    outbox = new Outbox({ hold, messages, takeBack: () => takeBack() } as unknown as Api, store, keep, vi.fn(), () => "k1");
  });
  afterEach(() => {
    outbox.stop();
    vi.useRealTimers();
  });

  const held = async (): Promise<void> => {
    outbox.send("x", "Bonjour");
    await vi.advanceTimersByTimeAsync(0);
  };

  test("it stays in sight until the server says it", async () => {
    await held();
    expect(store.state.outgoing.x?.[0]?.state).toBe("held");
    store.dispatch({ do: "message", id: "x", message: message(2, { from: "agent", client_id: "k1" }) });
    expect(store.state.outgoing).toEqual({});
  });

  test("its words come back", async () => {
    await held();
    expect((await outbox.takeBack("x", "k1"))?.text).toBe("Bonjour");
    expect(store.state.outgoing).toEqual({});
  });

  test("too late is said, and it stays", async () => {
    takeBack = async () => { throw new Refused(409, "not_now", "Trop tard"); };
    await held();
    expect(await outbox.takeBack("x", "k1")).toBeNull();
    expect(store.state.notice).toBe("Trop tard");
    expect(store.state.outgoing.x).toHaveLength(1);
  });

  test("after a reload the server’s alone is the word: nothing is sent again", async () => {
    await held();
    const again = new Store(initial("fr"));
    again.dispatch({ do: "signed in", agent: claire });
    new Outbox({ hold } as unknown as Api, again, keep, vi.fn()).restore();
    await vi.advanceTimersByTimeAsync(0);
    expect(hold).toHaveBeenCalledTimes(1);
    expect(again.state.outgoing).toEqual({});
  });

  test("one that the server never said goes from sight", async () => {
    await held();
    await vi.advanceTimersByTimeAsync(9_100);
    expect(messages).toHaveBeenCalled();
    expect(store.state.outgoing).toEqual({});
  });
});

describe("drafts", () => {
  test("the newer one stands, wherever it was written", () => {
    localStorage.clear();
    const keep = new Keep(localStorage, () => Date.parse("2026-11-22T10:00:00Z"));
    keep.belongsTo("a1");
    const drafts = new Drafts({} as Api, keep);
    keep.setDraft("x", "ici");
    drafts.heard("x", { text: "avant", at: "2026-11-22T09:00:00Z" });
    expect(keep.draft("x")).toBe("ici");
    drafts.heard("x", { text: "ailleurs", at: "2026-11-22T11:00:00Z" });
    expect(keep.draft("x")).toBe("ailleurs");
  });
});
