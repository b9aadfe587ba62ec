// Switching browser push on and off, and the worker that shows what comes.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { standing, text, turnOff, turnOn } from "../src/admin/pushing";
import type { Rest } from "../src/admin/rest";
import type { Desk } from "../src/work/desk";

const WORKER = join(dirname(fileURLToPath(import.meta.url)), "../public/push.js");
const KEY = text(new Uint8Array([4, 1, 2, 3]).buffer);
const bytes = (...given: number[]): ArrayBuffer => new Uint8Array(given).buffer;
let there: { endpoint: string; options: { applicationServerKey: ArrayBuffer }; getKey(): ArrayBuffer; unsubscribe(): Promise<boolean> } | null;
let on: boolean;
const sent: unknown[] = [];
const rest = {
  get: async () => ({ key: KEY, on }),
  put: async (_: string, body: unknown) => { sent.push(body); on = true; },
  remove: async () => { on = false; },
} as unknown as Rest;
const prefer = vi.fn();
const desk = { keep: { prefer }, store: { state: { agent: { id: "claire" } } } } as unknown as Desk;

function subscription(key: ArrayBuffer): NonNullable<typeof there> {
  return { endpoint: "https://push.example/1", options: { applicationServerKey: key }, getKey: () => bytes(251, 255), unsubscribe: async () => { there = null; return true; } };
}

function browser(permission: NotificationPermission, answer: NotificationPermission = permission): void {
  const asked = vi.fn(async () => { (globalThis.Notification as unknown as { permission: string }).permission = answer; return answer; });
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("Notification", { permission, requestPermission: asked });
  const pushManager = { getSubscription: async () => there, subscribe: async () => (there = subscription(bytes(4, 1, 2, 3))) };
  const registration = { pushManager };
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: { register: async () => registration, ready: Promise.resolve(registration), getRegistration: async () => registration } });
}

beforeEach(() => {
  [there, on] = [null, false];
  sent.length = 0;
  prefer.mockClear();
});
afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "serviceWorker");
});

test("each state is told for what it is", async () => {
  expect(await standing(rest)).toBe("unsupported");
  browser("denied");
  expect(await standing(rest)).toBe("blocked");
  browser("default");
  expect(await standing(rest)).toBe("off");
});

test("switched on it is the server's to know, and off again nobody's", async () => {
  browser("default", "granted");
  there = subscription(bytes(9));
  expect(await turnOn(desk, rest)).toBe("on");
  // What was made for another key is made anew.
  expect(text(there?.options.applicationServerKey)).toBe(KEY);
  expect(sent).toEqual([{ endpoint: "https://push.example/1", p256dh: "-_8", auth: "-_8" }]);
  expect(prefer).toHaveBeenLastCalledWith({ pushes: "claire" });
  expect(await standing(rest)).toBe("on");
  expect(await turnOff(desk, rest)).toBe("off");
  expect([there, on, await standing(rest)]).toEqual([null, false, "off"]);
});

test("who says no is not asked for a subscription", async () => {
  browser("default", "denied");
  expect(await turnOn(desk, rest)).toBe("blocked");
  expect([there, sent, prefer.mock.calls]).toEqual([null, [], []]);
});

test.each([
  ["nobody looks at the desk", [], 1],
  ["a desk is open behind other windows", [{ url: "https://shop.example/desk/#/mine", visibilityState: "hidden" }], 1],
  ["the desk is looked at", [{ url: "https://shop.example/desk/", visibilityState: "visible" }], 0],
  ["another page of the site is looked at", [{ url: "https://shop.example/fr/aide/", visibilityState: "visible" }], 1],
])("while %s", async (_, windows, times) => {
  const listeners: Record<string, (event: unknown) => void> = {};
  const shown = vi.fn(async () => {});
  const self = {
    location: { href: "https://shop.example/desk/push.js" }, clients: { matchAll: async () => windows, openWindow: vi.fn() },
    registration: { showNotification: shown }, addEventListener: (name: string, does: (event: unknown) => void) => { listeners[name] = does; },
  };
  runInNewContext(readFileSync(WORKER, "utf8"), { self, URL, encodeURIComponent });
  const done: Promise<unknown>[] = [];
  const push = (json: () => unknown): void => listeners.push?.({ data: { json }, waitUntil: (work: Promise<unknown>) => done.push(work) });
  push(() => ({ id: "1", kind: "mention", conversation: "c", text: "Claire mentions you.", language: "en" }));
  push(() => { throw new SyntaxError(); });
  await Promise.all(done);
  expect(shown).toHaveBeenCalledTimes(times);
  if (times) expect(shown).toHaveBeenCalledWith("Relais", expect.objectContaining({ body: "Claire mentions you.", data: "#/mentioned/c", tag: "relais-mention-c" }));
});
