import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Chat } from "../src/chat/chat";
import { Company } from "../src/chat/company";
import { Greeting } from "../src/launcher/greeting";
import { Store } from "../src/storage";
import { FakeSocket, message } from "./fakes";

const BASE = "https://relais.example";
const FORM = { name: "Marie", order_number: "10860" };
const store = () => new Store(BASE);
const chats: Chat[] = [];
let asked: string[] = [];
let told: object = {};

function open(user: string | null = null): Chat {
  const chat = new Chat(BASE, store(), "fr", user);
  chats.push(chat);
  chat.start();
  FakeSocket.last.welcomes();
  return chat;
}

const acknowledge = (conversation: string, seq = 1) =>
  FakeSocket.last.says({ type: "ack", client_id: String(FakeSocket.last.ofType("message").at(-1)?.client_id), seq, conversation });

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-22T09:30:00Z") });
  localStorage.clear();
  FakeSocket.install();
  asked = [];
  told = {};
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address);
    return Promise.resolve(new Response(JSON.stringify(told)));
  });
});

afterEach(() => {
  for (const chat of chats.splice(0)) chat.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("what was filled in", () => {
  test("goes with the first message only, the order number with the first conversation only", () => {
    const chat = open();
    chat.before.answers = FORM;
    chat.say("un");
    chat.say("deux");
    expect(FakeSocket.last.ofType("message").map((frame) => frame.form)).toEqual([FORM, undefined]);
    acknowledge("c1", 2);
    vi.setSystemTime(Date.now() + 1000);
    chat.startAnew();
    chat.say("trois");
    expect(FakeSocket.last.ofType("message").at(-1)?.form).toEqual({ name: "Marie" });
  });

  test("is joined by what a signed-in person read in this tab, once", () => {
    sessionStorage.setItem("relais:read", '["/fr/aide/retour"]');
    const chat = open("a.eyJzdWIiOiIxIn0.b");
    chat.say("un");
    chat.say("deux");
    expect(FakeSocket.last.ofType("message").map((frame) => frame.read)).toEqual(['["/fr/aide/retour"]', undefined]);
    expect(sessionStorage.getItem("relais:read")).toBeNull();
  });

  test("is told nothing of what somebody unknown read", () => {
    sessionStorage.setItem("relais:read", '["/fr/aide/retour"]');
    open().say("un");
    expect(FakeSocket.last.ofType("message").at(-1)?.read).toBeUndefined();
  });

  test("waits with a message that could not leave, and leaves with it from another page", () => {
    const chat = open();
    chat.before.answers = FORM;
    FakeSocket.last.breaks();
    chat.say("un");
    chat.stop();
    open();
    expect(FakeSocket.last.ofType("message")).toMatchObject([{ text: "un", form: FORM }]);
  });

  test("does not speak for who is signed in, and stays with nobody after they have left", () => {
    const chat = open("C-1:signature");
    chat.before.answers = FORM;
    chat.say("un");
    expect(FakeSocket.last.ofType("message")[0]?.form).toBeUndefined();
    chat.signIn(null);
    expect(chat.before.answers).toBeNull();
  });
});

describe("the greeting", () => {
  const greeting = (opened = () => {}) => new Greeting(BASE, store(), opened, document.createElement("button"));
  const due = async (one: Greeting) => {
    await one.plan("fr", "Fermer");
    await vi.advanceTimersByTimeAsync(20_000);
    return one.element.textContent;
  };

  test("comes after its time, once a visit, and on the next", async () => {
    told = { greeting: { text: "Une question ?", after: 20 }, greets: true };
    const one = greeting();
    await one.plan("fr", "Fermer");
    expect(one.element.textContent).toBe("");
    expect(asked[0]).toContain(`page=${encodeURIComponent(location.pathname)}`);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(one.element.textContent).toBe("Une question ?");
    expect(await due(greeting())).toBe("");
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(31 * 60_000);
    expect(await due(greeting())).toBe("Une question ?");
  });

  test("never comes back to who has closed it", async () => {
    told = { greeting: { text: "Une question ?", after: 0 }, greets: true };
    const one = greeting();
    await due(one);
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(one.element.textContent).toBe("");
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(await due(greeting())).toBe("");
  });

  test("says nothing once the chat has been opened, and asks no more in a visit where no page has one", async () => {
    told = { greeting: { text: "Une question ?", after: 20 }, greets: true };
    const one = greeting();
    await one.plan("fr", "Fermer");
    one.opened();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(one.element.textContent).toBe("");
    told = { greeting: null, greets: false };
    await due(greeting());
    await due(greeting());
    expect(asked).toHaveLength(2);
  });

  test("follows a site that changes its address without loading, counted from there", async () => {
    told = { greeting: null, greets: true };
    const one = greeting();
    await one.plan("fr", "Fermer");
    await one.plan("fr", "Fermer");
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    told = { greeting: { text: "Une question ?", after: 20 }, greets: true };
    history.pushState(null, "", "/panier");
    await one.plan("fr", "Fermer");
    expect(asked[1]).toContain("page=%2Fpanier");
    await vi.advanceTimersByTimeAsync(19_000);
    expect(one.element.textContent).toBe("");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(one.element.textContent).toBe("Une question ?");
    history.pushState(null, "", "/");
    await one.plan("fr", "Fermer");
    expect(one.element.textContent).toBe("");
    expect(asked).toHaveLength(2);
  });

  test("is asked for with whether this is the first visit", async () => {
    const kinds = async () => {
      await greeting().plan("fr", "Fermer");
      return /visitor=(\w+)/.exec(asked.at(-1) ?? "")?.[1];
    };
    expect([await kinds(), await kinds()]).toEqual(["new", "new"]);
    await vi.advanceTimersByTimeAsync(31 * 60_000);
    expect([await kinds(), await kinds()]).toEqual(["returning", "returning"]);
  });

  test("is what the first message answers, on the page where it was said, and leaves with its conversation", async () => {
    told = { greeting: { text: "Une question ?", after: 0 }, greets: true };
    const one = greeting();
    await due(one);
    one.opened();
    const chat = open();
    chat.say("oui");
    expect(FakeSocket.last.ofType("message")[0]?.greeted).toBe("Une question ?");
    acknowledge("c1");
    FakeSocket.last.says({ type: "message", message: message(2) });
    expect(chat.before.greeting?.text).toBe("Une question ?");
    chat.startAnew();
    expect(chat.before.greeting).toBeNull();
    chat.say("autre chose");
    expect(FakeSocket.last.ofType("message")[1]?.greeted).toBeUndefined();
  });
});

describe("opening hours", () => {
  const company = () => new Company(BASE, store(), () => "fr", () => {});
  const minutes = (n: number) => new Date(Date.now() + n * 60_000).toISOString();

  test.each([["close", { open: true, closes: 1 }], ["open", { open: false, opens: 1 }]])("are asked for again when they %s", async (_, { open, ...change }) => {
    told = { open, [Object.keys(change)[0] as string]: minutes(45) };
    const one = company();
    await one.load();
    told = { open: !open };
    await vi.advanceTimersByTimeAsync(44 * 60_000);
    expect([asked.length, one.config.open]).toEqual([1, open]);
    await vi.advanceTimersByTimeAsync(2 * 60_000);
    expect([asked.length, one.config.open]).toEqual([2, !open]);
  });

  test("are asked for on looking again after a while, and not at every look", async () => {
    const one = company();
    await one.load();
    one.refresh();
    expect(asked).toHaveLength(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    one.refresh();
    one.refresh();
    expect(asked).toHaveLength(2);
  });

  test("do not make a browser with a wrong clock ask without end", async () => {
    told = { open: true, closes: minutes(-30) };
    await company().load();
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(asked.length).toBeLessThanOrEqual(11);
  });
});
