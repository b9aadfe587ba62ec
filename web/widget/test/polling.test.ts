import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Chat } from "../src/chat/chat";
import { Store } from "../src/storage";
import { FakeSocket, message, welcomeFrame } from "./fakes";

const BASE = "https://relais.example";
type Call = { url: string; body: Record<string, unknown> | null; authorization: string | null };
let calls: Call[] = [];
let chat: Chat;

/** A server that answers hello and messages, and gives each poll the next of `news`, then nothing. */
function serve(news: unknown[], conversation: string | null = "c1"): void {
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    const body = init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : null;
    calls.push({ url, body, authorization: headers.Authorization ?? null });
    const json = (value: unknown) => Promise.resolve(new Response(JSON.stringify(value), { status: 200 }));
    if (url.endsWith("/chat/hello")) return json(welcomeFrame({ conversation, messages: [], last: 0 }));
    if (init.method === "POST") return json({ type: "ack", client_id: body?.client_id, seq: 1, conversation: "c1" });
    const next = news.shift();
    if (next) return json(next);
    return new Promise<Response>((resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      setTimeout(() => resolve(new Response(JSON.stringify({ messages: [], owner: null, last: 0 }))), 20_000);
    });
  });
}

async function blockSockets(): Promise<void> {
  chat = new Chat(BASE, new Store(BASE), "fr");
  chat.start();
  for (let i = 0; i < 2; i++) {
    FakeSocket.last.breaks();
    await vi.advanceTimersByTimeAsync(2_000);
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-22T09:30:00Z") });
  localStorage.clear();
  calls = [];
  FakeSocket.install();
});

afterEach(() => {
  chat.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("two sockets without a welcome fall back to HTTP, quietly", async () => {
  serve([{ messages: [message(1)], owner: { kind: "agent", name: "Claire" }, last: 1 }]);
  await blockSockets();
  expect(chat.connection.kind).toBe("polling");
  expect(chat.status).toBe("online");
  expect(chat.messages.map((each) => each.seq)).toEqual([1]);
  expect(chat.owner.name).toBe("Claire");
  expect(calls.at(-1)?.url).toContain("conversation=c1&after=1&wait=20");
  expect(calls.at(-1)?.authorization).toBe("Bearer v1");
});

test("messages are posted with the conversation, null before the first", async () => {
  serve([], null);
  await blockSockets();
  chat.say("bonjour");
  await vi.advanceTimersByTimeAsync(10);
  const post = calls.find((call) => call.url.endsWith("/chat/messages"));
  expect(post?.body).toMatchObject({ type: "message", text: "bonjour", conversation: null, language: "fr" });
  expect(chat.messages.map((each) => each.text)).toEqual(["bonjour"]);
  expect(chat.outbox.list()).toEqual([]);
  expect(calls.at(-1)?.url).toContain("after=1");
});

test("a socket is tried again later, and taken when it answers", async () => {
  serve([]);
  await blockSockets();
  const sockets = FakeSocket.all.length;
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(FakeSocket.all.length).toBe(sockets + 1);
  expect(chat.connection.kind).toBe("polling");
  FakeSocket.last.welcomes({ conversation: "c1", messages: [message(1)], last: 1 });
  expect(chat.connection.kind).toBe("socket");
  expect(chat.messages).toHaveLength(1);
  chat.say("par la socket");
  expect(FakeSocket.last.ofType("message")).toHaveLength(1);
});

test("when HTTP fails too, both ways are tried in turn", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new Error("down")));
  await blockSockets();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(chat.status).toBe("offline");
  expect(FakeSocket.all.length).toBeGreaterThan(2);
  FakeSocket.last.welcomes();
  expect(chat.status).toBe("online");
});

test("a page that is not allowed hears it", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("{}", { status: 403 })));
  await blockSockets();
  expect(chat.status).toBe("refused");
});
