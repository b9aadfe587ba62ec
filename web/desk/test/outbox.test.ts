// Messages leave in order, each exactly once, whatever the connection does.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Refused, Unreachable, type Api } from "../src/api";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { Keep } from "../src/work/keep";
import { Outbox, uuid } from "../src/work/outbox";
import { claire, message } from "./shapes";

let sent: { id: string; clientId: string; text: string }[];
let answers: (Error | "ok")[];
let store: Store;
let keep: Keep;
let outbox: Outbox;
const notOwner = vi.fn();

function makeOutbox(): Outbox {
  let next = 0;
  const api = {
    send: async (id: string, clientId: string, text: string) => {
      sent.push({ id, clientId, text });
      const answer = answers.shift() ?? "ok";
      if (answer !== "ok") throw answer;
      return { message: message(sent.length, { from: "agent", client_id: clientId, text }) };
    },
  } as unknown as Api;
  return new Outbox(api, store, keep, notOwner, () => `k${++next}`);
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  sent = [];
  answers = [];
  notOwner.mockClear();
  store = new Store(initial("fr"));
  store.dispatch({ do: "signed in", agent: claire });
  keep = new Keep(localStorage);
  keep.belongsTo(claire.id);
  keep.prefer({ undoSend: false });
  outbox = makeOutbox();
});
afterEach(() => {
  outbox.stop();
  vi.useRealTimers();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const states = (): string[] => (store.state.outgoing.x ?? []).map((one) => one.state);

describe("sending", () => {
  test("one after the other, in the order they were written", async () => {
    outbox.send("x", "un");
    outbox.send("x", "deux");
    expect(states()).toEqual(["sending", "queued"]);
    await settle();
    expect(sent.map((one) => one.text)).toEqual(["un", "deux"]);
    expect(store.state.outgoing).toEqual({});
  });

  test("a lost answer is asked for again under the same client_id", async () => {
    answers = [new Unreachable()];
    outbox.send("x", "Bonjour");
    await settle();
    expect(states()).toEqual(["queued"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.map((one) => one.clientId)).toEqual(["k1", "k1"]);
    expect(store.state.outgoing).toEqual({});
  });

  test("gives up after five attempts, and goes by itself when the connection is back", async () => {
    answers = Array.from({ length: 5 }, () => new Unreachable());
    outbox.send("x", "Bonjour");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states()).toEqual(["failed"]);
    outbox.resume();
    await settle();
    expect(sent).toHaveLength(6);
    expect(store.state.outgoing).toEqual({});
  });

  test("one that a colleague's take makes impossible fails with the reason, and tells", async () => {
    answers = [new Refused(409, "not_owner", "Karim a cette conversation.")];
    outbox.send("x", "Bonjour");
    await settle();
    expect(store.state.outgoing.x?.[0]).toMatchObject({ state: "failed", reason: "Karim a cette conversation." });
    expect(notOwner).toHaveBeenCalledWith("x", "Karim a cette conversation.");
    outbox.resume();
    await settle();
    expect(sent).toHaveLength(1);
  });

  test("a retry by hand keeps the client_id", async () => {
    answers = [new Refused(400, "too_long", "Trop long.")];
    outbox.send("x", "Bonjour");
    await settle();
    outbox.retry("x", "k1");
    await settle();
    expect(sent.map((one) => one.clientId)).toEqual(["k1", "k1"]);
  });
});

test("a page loaded again takes up what was on its way, and asks before sending what is old", async () => {
  answers = [new Refused(401, "signed_out", "")];
  outbox.send("x", "Bonjour");
  await settle();
  store.dispatch({ do: "signed out", expired: true });
  expect(keep.outgoing().x).toHaveLength(1);
  store.dispatch({ do: "signed in", agent: claire });
  outbox.restore(Date.now() + 10 * 60_000);
  expect(states()).toEqual(["failed"]);
  expect(sent).toHaveLength(1);
  outbox.resume();
  await settle();
  expect(sent.map((one) => one.clientId)).toEqual(["k1", "k1"]);
});

test("what is fresh goes at once after signing in again", async () => {
  answers = [new Refused(401, "signed_out", "")];
  outbox.send("x", "Bonjour");
  await settle();
  store.dispatch({ do: "signed out", expired: true });
  store.dispatch({ do: "signed in", agent: claire });
  outbox.restore();
  await settle();
  expect(sent.map((one) => one.clientId)).toEqual(["k1", "k1"]);
});

test("drafts are each agent's own, and old ones are dropped", () => {
  keep.setDraft("x", "à finir");
  keep.belongsTo("a2");
  expect(keep.draft("x")).toBe("");
  keep.belongsTo("a1");
  expect(keep.draft("x")).toBe("à finir");
  const later = new Keep(localStorage, () => Date.now() + 15 * 86_400_000);
  later.belongsTo("a1");
  expect(later.draft("x")).toBe("");
});

test("client ids are UUIDs also where the page is not secure", () => {
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) });
  expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  vi.unstubAllGlobals();
});
