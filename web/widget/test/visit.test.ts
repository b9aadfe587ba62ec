import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Chat } from "../src/chat/chat";
import { Speech } from "../src/i18n";
import { backAt, nobodyThere } from "../src/i18n/hours";
import { Store } from "../src/storage";
import { FakeSocket, message } from "./fakes";

const BASE = "https://relais.example";
const chats: Chat[] = [];
const jwt = (sub: string, nonce = 0) => `h.${btoa(JSON.stringify({ sub, nonce }))}.s`;

function open(user: string | null): Chat {
  const chat = new Chat(BASE, new Store(BASE), "fr", user);
  chats.push(chat);
  chat.start();
  return chat;
}

const kept = () => JSON.stringify({ ...localStorage });

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

describe("who is signed in", () => {
  test("goes with the hello, and is not kept", () => {
    open(jwt("C-1"));
    FakeSocket.last.welcomes({ conversation: "c1", signed_in: true });
    expect(FakeSocket.last.hello.user).toBe(jwt("C-1"));
    expect(kept()).not.toContain(jwt("C-1"));
    expect(kept()).not.toContain("C-1");
  });

  test("another page with a new token of the same person goes on", () => {
    open(jwt("C-1", 1));
    FakeSocket.last.welcomes({ conversation: "c1" });
    open(jwt("C-1", 2));
    FakeSocket.last.opens();
    expect(FakeSocket.last.hello).toMatchObject({ visitor: "v1", conversation: "c1" });
  });

  test.each([["nobody", null], ["another", jwt("C-2")]])("%s finds nothing of the former, on screen, kept, or on its way", (_, next) => {
    const chat = open(jwt("C-1"));
    const told = vi.fn();
    chat.onSomebodyElse = told;
    FakeSocket.last.welcomes({ conversation: "c1", last: 1, messages: [message(1)] });
    chat.say("secret");
    const former = FakeSocket.last;
    chat.signIn(next);
    expect(told).toHaveBeenCalledOnce();
    expect(chat.messages).toEqual([]);
    expect(kept()).not.toMatch(/secret|c1|v1/);
    expect(FakeSocket.last).not.toBe(former);
    former.says({ type: "message", message: message(2) });
    FakeSocket.last.welcomes({ visitor: "v2" });
    expect(FakeSocket.last.hello).toMatchObject({ visitor: null, conversation: null, after: 0, user: next });
    expect(FakeSocket.last.ofType("message")).toEqual([]);
    expect(chat.messages).toEqual([]);
  });

  test("a page that loads for nobody has forgotten too", () => {
    open(jwt("C-1")).say("secret");
    FakeSocket.last.welcomes({ conversation: "c1" });
    open(null);
    FakeSocket.last.opens();
    expect(FakeSocket.last.hello).toMatchObject({ visitor: null, conversation: null });
    expect(kept()).not.toContain("secret");
  });

  test("what a visitor wrote goes along when they sign in", () => {
    const chat = open(null);
    FakeSocket.last.welcomes({ conversation: "c1", last: 1, messages: [message(1)] });
    chat.say("encore");
    chat.signIn(jwt("C-1"));
    FakeSocket.last.welcomes({ conversation: "c1", last: 1 });
    expect(FakeSocket.last.hello).toMatchObject({ visitor: "v1", conversation: "c1", after: 1 });
    expect(FakeSocket.last.ofType("message")).toMatchObject([{ text: "encore" }]);
  });

  test.each(["bad_token", "token_expired"])("%s hangs up and waits, with what was written, for the page to say anew", async (code) => {
    const chat = open(jwt("C-1"));
    FakeSocket.last.opens();
    FakeSocket.last.says({ type: "error", code, message: "Rechargez la page.", client_id: null, retry_after: null });
    chat.say("encore");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect([chat.status, chat.signInTrouble]).toEqual(["refused", "Rechargez la page."]);
    chat.signIn(jwt("C-1", 2));
    FakeSocket.last.welcomes();
    expect(chat.signInTrouble).toBe("");
    expect(FakeSocket.last.ofType("message")).toMatchObject([{ text: "encore" }]);
  });

  test("a conversation that another tab took along is no longer shown", () => {
    const chat = open(null);
    FakeSocket.last.welcomes({ conversation: "c1", last: 1, messages: [message(1)] });
    FakeSocket.last.says({ type: "gone", conversation: "c1" });
    expect([chat.messages, chat.conversation]).toEqual([[], null]);
  });
});

test("the page goes along without its fragment, its title without the count", () => {
  document.title = "(2) Lampe Ondine";
  const chat = open(null);
  FakeSocket.last.welcomes();
  chat.say("bonjour");
  const page = { url: location.href.split("#")[0], title: "Lampe Ondine" };
  expect(FakeSocket.last.hello.page).toEqual(page);
  expect(FakeSocket.last.ofType("message")).toMatchObject([{ page }]);
});

describe("when they are back", () => {
  const now = new Date(2026, 10, 21, 20, 0);
  const two = (number: number) => String(number).padStart(2, "0");
  // Without a zone it is the visitor's own, whichever that is here.
  const at = (day: number, hour: number, minute = 0, zone = "") => ({ open: false, opens: `2026-11-${two(day)}T${two(hour)}:${two(minute)}:00${zone}` });
  const said = (language: "fr" | "en", config: object) => backAt(config, new Speech(language), now).replaceAll("\u00a0", " ");

  test("tells nobody there from nobody free", () => {
    const opens = new Date(Date.now() + 3_600_000).toISOString();
    const fr = new Speech("fr");
    expect(nobodyThere({ open: true, present: true }, fr)).toBe("");
    expect(nobodyThere({ open: true, present: false }, fr)).toBe("Personne n’est disponible à l’instant.");
    expect(nobodyThere({ open: false, opens, present: false }, fr)).toContain("revient");
    expect(nobodyThere({ open: false, opens: null, present: false }, fr)).toContain("Personne");
    expect(nobodyThere({ open: false, opens: new Date(0).toISOString(), present: false }, fr)).toBe("");
  });

  test("is told in days and hours as people say them", () => {
    expect(said("fr", at(23, 9))).toBe("Notre équipe revient lundi à 9 h.");
    expect(said("fr", at(22, 9, 30))).toBe("Notre équipe revient demain à 9 h 30.");
    expect(said("fr", at(21, 22))).toBe("Notre équipe revient aujourd’hui à 22 h.");
    expect(said("en", at(23, 9))).toBe("Our team is back Monday at 9 am.");
    expect(said("en", at(21, 22))).toBe("Our team is back today at 10 pm.");
  });

  test.each(["+01:00", "-08:00", "+12:00"])("is told by the company's clock, at %s", (zone) => {
    expect(said("fr", at(23, 9, 0, zone))).toBe("Notre équipe revient lundi à 9 h.");
  });

  test("is not told while they are there, or once the time has passed", () => {
    expect(said("fr", { ...at(23, 9), open: true })).toBe("");
    expect(said("fr", at(21, 9))).toBe("");
    expect(said("fr", {})).toBe("");
  });
});
