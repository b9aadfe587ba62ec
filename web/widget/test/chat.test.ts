import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Chat } from "../src/chat/chat";
import { Store } from "../src/storage";
import { FakeSocket, message, welcomeFrame } from "./fakes";

const BASE = "https://relais.example";
let chats: Chat[] = [];

function open(): Chat {
  const chat = new Chat(BASE, new Store(BASE), "fr");
  chats.push(chat);
  chat.start();
  return chat;
}

const texts = (chat: Chat) => chat.messages.map((each) => each.text);
const seqs = (chat: Chat) => chat.messages.map((each) => each.seq);

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-22T09:30:00Z") });
  localStorage.clear();
  FakeSocket.install();
});

afterEach(() => {
  for (const chat of chats.splice(0)) chat.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("resume", () => {
  test("the first hello knows nothing, and what the welcome brings is kept for the next visit", () => {
    open();
    FakeSocket.last.welcomes({ conversation: "c1", messages: [message(1)], last: 1 });
    expect(FakeSocket.last.hello).toMatchObject({ visitor: null, conversation: null, after: 0, language: "fr" });

    const later = open();
    FakeSocket.last.opens();
    expect(FakeSocket.last.hello).toMatchObject({ visitor: "v1", conversation: "c1", after: 0 });
    FakeSocket.last.says(welcomeFrame({ conversation: "c1", messages: [message(1)], last: 1 }));
    expect(texts(later)).toEqual(["message 1"]);
  });

  test("a lost connection resumes after the last message held, without loss or double", async () => {
    const chat = open();
    FakeSocket.last.welcomes({ conversation: "c1", messages: [message(1), message(2)], last: 2 });
    FakeSocket.last.breaks();
    expect(chat.status).toBe("offline");
    await vi.advanceTimersByTimeAsync(1_000);
    FakeSocket.last.opens();
    expect(FakeSocket.last.hello).toMatchObject({ conversation: "c1", after: 2 });
    FakeSocket.last.says(welcomeFrame({ conversation: "c1", messages: [message(2), message(3)], last: 3 }));
    FakeSocket.last.says({ type: "message", message: message(3) });
    expect(seqs(chat)).toEqual([1, 2, 3]);
    expect(chat.status).toBe("online");
  });

  test("a gap in seq asks again instead of showing messages out of order", () => {
    const chat = open();
    const socket = FakeSocket.last;
    socket.welcomes({ conversation: "c1", messages: [message(1)], last: 1 });
    socket.says({ type: "message", message: message(3) });
    expect(seqs(chat)).toEqual([1]);
    expect(socket.hello).toMatchObject({ after: 1 });
    expect(socket.ofType("hello")).toHaveLength(2);
    socket.says(welcomeFrame({ conversation: "c1", messages: [message(2), message(3)], last: 3 }));
    expect(seqs(chat)).toEqual([1, 2, 3]);
  });

  test("a server that does not know the visitor makes the browser forget, but not what is unsent", () => {
    localStorage.setItem(`relais:${BASE}:conversation`, "old");
    localStorage.setItem(`relais:${BASE}:visitor`, "gone");
    const chat = open();
    chat.say("bonjour");
    FakeSocket.last.welcomes({ visitor: "v2", conversation: null });
    expect(localStorage.getItem(`relais:${BASE}:conversation`)).toBeNull();
    expect(localStorage.getItem(`relais:${BASE}:visitor`)).toBe("v2");
    expect(FakeSocket.last.ofType("message")).toMatchObject([{ text: "bonjour" }]);
    expect(chat.messages).toEqual([]);
  });

  test("waits grow after each failure, up to half a minute", async () => {
    vi.stubGlobal("fetch", vi.fn(() => Promise.reject(new Error("down"))));
    const chat = open();
    for (let i = 0; i < 12; i++) {
      if (FakeSocket.last.readyState !== 3) FakeSocket.last.breaks();
      await vi.advanceTimersByTimeAsync(31_000);
    }
    const opened = FakeSocket.all.length;
    if (FakeSocket.last.readyState !== 3) FakeSocket.last.breaks();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSocket.all.length - opened).toBeLessThanOrEqual(1);
    expect(chat.status).toBe("offline");
  });
});

describe("outbox", () => {
  test("a message is sent again with the same client_id until it is acknowledged, then appears once", async () => {
    const chat = open();
    FakeSocket.last.welcomes();
    chat.say("bonjour");
    const [first] = FakeSocket.last.ofType("message");
    FakeSocket.last.breaks();
    await vi.advanceTimersByTimeAsync(1_000);
    FakeSocket.last.welcomes();
    const [again] = FakeSocket.last.ofType("message");
    expect(again).toEqual(first);
    const id = String(first?.client_id);
    FakeSocket.last.says({ type: "ack", client_id: id, seq: 1, conversation: "c1" });
    FakeSocket.last.says({ type: "message", message: message(1, { from: "customer", text: "bonjour", client_id: id }) });
    expect(texts(chat)).toEqual(["bonjour"]);
    expect(chat.outbox.list()).toEqual([]);
  });

  test("a reload in the middle of sending loses nothing", () => {
    const before = open();
    before.say("premier");
    before.say("second");
    before.stop();
    open();
    FakeSocket.last.welcomes();
    expect(FakeSocket.last.ofType("message").map((frame) => frame.text)).toEqual(["premier", "second"]);
  });

  test("a line that acknowledges nothing is given up and replaced", async () => {
    const chat = open();
    FakeSocket.last.welcomes();
    chat.say("bonjour");
    const dead = FakeSocket.last;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(FakeSocket.last).not.toBe(dead);
  });

  test("a text that is too long goes back to the composer", () => {
    const chat = open();
    const returned = vi.fn();
    chat.onReturned = returned;
    FakeSocket.last.welcomes();
    chat.say("très long");
    const id = String(FakeSocket.last.ofType("message")[0]?.client_id);
    FakeSocket.last.says({ type: "error", code: "too_long", message: "Trop long.", client_id: id, retry_after: null });
    expect(returned).toHaveBeenCalledWith("très long");
    expect(chat.outbox.list()).toEqual([]);
    expect(chat.notice?.text).toBe("Trop long.");
  });

  test("rate_limited says so and tries again when the server allows", async () => {
    const chat = open();
    FakeSocket.last.welcomes();
    chat.say("vite");
    const id = String(FakeSocket.last.ofType("message")[0]?.client_id);
    FakeSocket.last.says({ type: "error", code: "rate_limited", message: "Doucement.", client_id: id, retry_after: 12 });
    expect(chat.notice?.text).toBe("Doucement.");
    await vi.advanceTimersByTimeAsync(11_000);
    expect(FakeSocket.last.ofType("message")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(FakeSocket.last.ofType("message")).toHaveLength(2);
  });

  test("a refusal without remedy marks the message as failed, and a retry sends the same one", () => {
    const chat = open();
    FakeSocket.last.welcomes();
    chat.say("…");
    const id = String(FakeSocket.last.ofType("message")[0]?.client_id);
    FakeSocket.last.says({ type: "error", code: "not_text", message: "Illisible.", client_id: id, retry_after: null });
    expect(chat.outbox.get(id)?.failed).toBe("Illisible.");
    chat.retry(id);
    expect(FakeSocket.last.ofType("message").map((frame) => frame.client_id)).toEqual([id, id]);
  });
});

describe("conversations and tabs", () => {
  test("a button press carries its message and index, the person control its action", () => {
    const chat = open();
    FakeSocket.last.welcomes({ conversation: "c1", messages: [message(1, { buttons: [{ title: "Oui" }] })], last: 1 });
    chat.say("Oui", { button: { seq: 1, index: 0 } });
    chat.say("Parler à une personne", { action: "person" });
    expect(FakeSocket.last.ofType("message")).toMatchObject([
      { text: "Oui", button: { seq: 1, index: 0 } },
      { text: "Parler à une personne", action: "person" },
    ]);
  });

  test("a new conversation survives a reconnection before its first message", async () => {
    const chat = open();
    FakeSocket.last.welcomes({ conversation: "c1", messages: [message(1)], last: 1 });
    chat.startAnew();
    FakeSocket.last.breaks();
    await vi.advanceTimersByTimeAsync(1_000);
    FakeSocket.last.welcomes({ conversation: "c1", messages: [message(1)], last: 1 });
    expect(chat.messages).toEqual([]);
    chat.say("autre chose");
    expect(FakeSocket.last.sent.map((frame) => frame.type)).toEqual(["hello", "new", "message"]);
    const id = String(FakeSocket.last.ofType("message")[0]?.client_id);
    FakeSocket.last.says({ type: "ack", client_id: id, seq: 1, conversation: "c2" });
    expect(texts(chat)).toEqual(["autre chose"]);
    expect(localStorage.getItem(`relais:${BASE}:conversation`)).toBe("c2");
  });

  test("writing into a closed conversation continues in the one the server opens", () => {
    const chat = open();
    const socket = FakeSocket.last;
    socket.welcomes({ conversation: "c1", owner: { kind: "nobody", name: null }, messages: [message(1), message(2)], last: 2 });
    chat.say("encore moi");
    const id = String(socket.ofType("message")[0]?.client_id);
    socket.says({ type: "ack", client_id: id, seq: 1, conversation: "c2" });
    expect(chat.past.map((each) => each.text)).toEqual(["message 1", "message 2"]);
    expect(texts(chat)).toEqual(["encore moi"]);
  });

  test("another tab's message arrives by push, and its new conversation is followed", () => {
    const chat = open();
    const socket = FakeSocket.last;
    socket.welcomes({ conversation: "c1", messages: [message(1)], last: 1 });
    socket.says({ type: "message", message: message(2, { from: "customer", client_id: "other-tab" }) });
    expect(seqs(chat)).toEqual([1, 2]);
    dispatchEvent(new StorageEvent("storage", { key: `relais:${BASE}:conversation`, newValue: "c2" }));
    expect(socket.hello).toMatchObject({ conversation: "c2", after: 0 });
  });

  test("seen is told once, and unread counts what was not", () => {
    const chat = open();
    FakeSocket.last.welcomes({ conversation: "c1", messages: [message(1), message(2)], last: 2 });
    expect(chat.unread).toBe(2);
    chat.markSeen();
    chat.markSeen();
    expect(chat.unread).toBe(0);
    expect(FakeSocket.last.ofType("seen")).toEqual([{ type: "seen", seq: 2 }]);
  });

  test("typing is said at most every three seconds", async () => {
    const chat = open();
    FakeSocket.last.welcomes();
    chat.nowTyping();
    chat.nowTyping();
    await vi.advanceTimersByTimeAsync(3_100);
    chat.nowTyping();
    expect(FakeSocket.last.ofType("typing")).toHaveLength(2);
  });

  test("blocked storage still lets people chat", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new Error("blocked");
    });
    const chat = open();
    FakeSocket.last.welcomes({ visitor: "v9" });
    chat.say("bonjour");
    expect(FakeSocket.last.ofType("message")).toHaveLength(1);
    expect(chat.outbox.list()).toHaveLength(1);
  });
});
