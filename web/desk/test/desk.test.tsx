// The desk as an agent meets it: signing in, the list, taking, and being too late.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api } from "../src/api";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import type { Frame } from "../src/types";
import { App } from "../src/ui/app";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { answer, claire, karims, message, mine, summary } from "./shapes";

type Reply = [status: number, body: unknown];

let replies: Record<string, Reply>;
let place: HTMLElement;
let desk: Desk;

const find = (id: string): HTMLElement | null => place.querySelector(`[data-testid="${id}"]`);
const settle = (): Promise<void> => act(async () => {
  for (let i = 0; i < 5; i += 1) await new Promise((done) => setTimeout(done));
});
const click = async (id: string): Promise<void> => {
  await act(() => find(id)?.click());
  await settle();
};
const hear = (frame: Frame): Promise<void> => act(async () => desk.hear(frame));

beforeEach(async () => {
  localStorage.clear();
  location.hash = "#/waiting/x";
  const quiet = { start: () => {}, stop: () => {}, viewing: () => {}, hurry: () => {} } as unknown as Live;
  replies = {
    "GET /session": [200, { agent: { ...claire, language: "en" }, csrf: "secret" }],
    "GET /conversations": [200, { items: [summary("x"), summary("y", { unread: 2, mood: "upset" })], counts: { waiting: 2, mine: 0, assistant: 5 }, next: null }],
    "GET /conversations/x": [200, answer("x")],
    "GET /conversations/x/messages": [200, { messages: [] }],
  };
  const api = new Api(async (url, init) => {
    const path = new URL(String(url), "http://desk.test").pathname.replace("/desk/api", "");
    const [status, body] = replies[`${init?.method} ${path}`] ?? [404, { code: "unknown" }];
    return new Response(JSON.stringify(body), { status });
  });
  desk = new Desk(api, new Store(initial("en")), new Keep(localStorage), () => quiet);
  place = document.createElement("div");
  document.body.append(place);
  await act(() => render(<App desk={desk} />, place));
});
afterEach(() => {
  render(null, place);
  place.remove();
});

const start = async (): Promise<void> => {
  await act(() => desk.start());
  await settle();
};

test("signed out, the sign-in page says what was wrong", async () => {
  replies["GET /session"] = [401, { code: "signed_out" }];
  replies["POST /session"] = [401, { code: "wrong_credentials" }];
  await start();
  await act(() => {
    for (const [id, value] of [["signin-email", "claire@maison.example"], ["signin-password", "nope"]] as const) {
      const field = find(id) as HTMLInputElement;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  await act(() => {
    place.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });
  await settle();
  expect(find("signin-error")?.textContent).toContain("do not match");
});

test("the list shows who waits, and says the marks in words", async () => {
  await start();
  const rows = [...place.querySelectorAll("[data-testid=row]")];
  expect(rows.map((row) => row.getAttribute("data-id"))).toEqual(["x", "y"]);
  expect(rows[1]?.textContent).toContain("Upset customer");
  expect(rows[1]?.textContent).toContain("2 unread messages");
  expect(find("view-waiting")?.textContent).toBe("Waiting 2 conversations");
  expect(find("composer")).toBeNull();
});

test("taking gives the composer; the row stays where it was", async () => {
  replies["POST /conversations/x/take"] = [200, { conversation: summary("x", { owner: mine, version: 2, waiting_since: null }) }];
  await start();
  await click("take");
  expect(find("composer")).not.toBeNull();
  expect(find("take")).toBeNull();
  expect([...place.querySelectorAll("[data-testid=row]")].map((row) => row.getAttribute("data-id"))).toEqual(["x", "y"]);
});

test("a colleague who was faster is named, and the conversation reloaded", async () => {
  replies["POST /conversations/x/take"] = [409, { code: "owner_changed", detail: "Karim has just taken this conversation." }];
  await start();
  replies["GET /conversations/x"] = [200, answer("x", { conversation: summary("x", { owner: karims, version: 2 }) })];
  await click("take");
  expect(find("conflict")?.textContent).toContain("Karim has just taken this conversation.");
  expect(find("conversation")?.textContent).toContain("With Karim");
});

test("new messages come in live, as text and nothing else", async () => {
  await start();
  await hear({ type: "message", conversation: "x", message: message(2, { text: "<img src=x onerror=alert(1)> https://a.example." }) });
  const shown = place.querySelector('[data-testid=message][data-seq="2"]');
  expect(shown?.textContent).toContain("<img src=x onerror=alert(1)>");
  expect(shown?.querySelector("img")).toBeNull();
  expect(shown?.querySelector("a")?.href).toBe("https://a.example/");
});

test("a missing message is asked for", async () => {
  await start();
  replies["GET /conversations/x/messages"] = [200, { messages: [message(2), message(3)] }];
  await hear({ type: "message", conversation: "x", message: message(3) });
  await settle();
  expect([...place.querySelectorAll("[data-testid=message]")].map((one) => one.getAttribute("data-seq"))).toEqual(["1", "2", "3"]);
});

test("the session's end leads to the sign-in page, and keeps the draft", async () => {
  replies["GET /conversations/x"] = [200, answer("x", { conversation: summary("x", { owner: mine }) })];
  await start();
  desk.keep.setDraft("x", "à finir");
  await act(() => desk.signedOut(true));
  expect(find("signin-submit")).not.toBeNull();
  expect(place.textContent).toContain("your drafts are kept");
  await start();
  expect((find("composer") as HTMLTextAreaElement).value).toBe("à finir");
});

test("a sign-out that the server does not hear is not pretended", async () => {
  await start();
  vi.spyOn(desk.api, "signOut").mockRejectedValue(new (await import("../src/api")).Unreachable());
  await click("account");
  await click("signout");
  expect(find("signin-submit")).toBeNull();
  expect(place.textContent).toContain("could not be saved");
});
