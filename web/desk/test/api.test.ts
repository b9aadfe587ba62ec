// The client of the server's API: the CSRF header, refusals, a session gone.

import { describe, expect, test, vi } from "vitest";
import { Api, mayPass, Refused, Unreachable } from "../src/api";
import { serverTime } from "../src/server-time";
import { ALL_VIEWS } from "../src/types";
import { claire } from "./shapes";

type Call = { url: string; init: RequestInit; headers: Record<string, string> };

function server(...responses: (Response | Error)[]): { api: Api; calls: Call[] } {
  const calls: Call[] = [];
  const api = new Api(async (url, init = {}) => {
    calls.push({ url: String(url), init, headers: init.headers as Record<string, string> });
    const next = responses.shift();
    if (!next || next instanceof Error) throw next ?? new Error("no more responses");
    return next;
  });
  return { api, calls };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
const problem = (status: number, code: string, detail = ""): Response => json(status, { type: "about:blank", title: code, status, code, detail });
const session = (): Response => json(200, { agent: claire, csrf: "secret" });

describe("the CSRF token", () => {
  test("goes with every change, and with nothing else", async () => {
    const { api, calls } = server(session(), json(200, { items: [] }), json(200, {}), json(204, null));
    await api.session();
    await api.list({ view: "waiting" });
    await api.take("x", 4);
    await api.typing("x");
    expect(calls.map((call) => call.headers["X-CSRF-Token"])).toEqual([undefined, undefined, "secret", "secret"]);
    expect(calls.every((call) => call.init.credentials === "same-origin")).toBe(true);
  });

  test("is forgotten at sign-out", async () => {
    const { api } = server(session(), json(204, null));
    await api.session();
    await api.signOut();
    expect(api.csrf).toBeNull();
  });
});

test("how long somebody waits is told by the server's clock, whatever this computer's says", async () => {
  const said = (ahead: number): Response => json(200, { items: [] }, { Date: new Date(Date.now() + ahead).toUTCString() });
  const { api } = server(said(-600_000), said(2_000));
  await api.list({ view: "waiting" });
  expect(Math.abs(serverTime(Date.now()) - (Date.now() - 600_000))).toBeLessThan(5_000);
  await api.list({ view: "waiting" });
  expect(serverTime(1)).toBe(1);
});

describe("requests", () => {
  test("follow the contract word for word", async () => {
    const { api, calls } = server(json(200, {}), json(201, {}), json(200, {}), json(200, {}), json(200, {}), json(200, {}), json(200, {}));
    await api.list({ view: "mine", q: "Dupont 10234", before: "c/1" });
    await api.send("a/b", "uuid", "Bonjour");
    await api.release("x", 5, "");
    await api.close("x", 5);
    await api.close("x", 5, 12);
    await api.messages("x", 12);
    await api.setSession({ presence: "away" });
    expect(calls.map(({ url, init }) => `${init.method} ${url} ${init.body ?? ""}`)).toEqual([
      "GET /desk/api/conversations?view=mine&limit=50&q=Dupont+10234&before=c%2F1 ",
      'POST /desk/api/conversations/a%2Fb/messages {"client_id":"uuid","text":"Bonjour"}',
      'POST /desk/api/conversations/x/release {"version":5,"note":""}',
      'POST /desk/api/conversations/x/close {"version":5}',
      'POST /desk/api/conversations/x/close {"version":5,"seen":12}',
      "GET /desk/api/conversations/x/messages?after=12 ",
      'PATCH /desk/api/session {"presence":"away"}',
    ]);
  });
});

describe("refusals", () => {
  test("409 says who has it", async () => {
    const { api } = server(problem(409, "owner_changed", "Karim a pris cette conversation."));
    await expect(api.take("x", 4)).rejects.toMatchObject({ status: 409, code: "owner_changed", detail: "Karim a pris cette conversation." });
  });

  test("401 in the middle of work means signed out", async () => {
    const { api } = server(problem(401, "signed_out"));
    api.onSignedOut = vi.fn();
    await expect(api.conversation("x")).rejects.toBeInstanceOf(Refused);
    expect(api.onSignedOut).toHaveBeenCalledOnce();
  });

  test("401 at the sign-in itself means wrong credentials, not signed out", async () => {
    const { api } = server(problem(401, "wrong_credentials"), problem(401, "signed_out"));
    api.onSignedOut = vi.fn();
    await expect(api.signIn("a@b.c", "x")).rejects.toMatchObject({ code: "wrong_credentials" });
    await expect(api.session()).resolves.toBeNull();
    expect(api.onSignedOut).not.toHaveBeenCalled();
  });

  test("429 carries how long to wait", async () => {
    const { api } = server(json(429, { code: "rate_limited" }, { "Retry-After": "42" }));
    await expect(api.signIn("a@b.c", "x")).rejects.toMatchObject({ status: 429, retryAfter: 42 });
  });

  test("a proxy's page of HTML is a refusal all the same", async () => {
    const { api } = server(new Response("<html>Bad gateway", { status: 502 }));
    await expect(api.conversation("x")).rejects.toMatchObject({ status: 502, code: "" });
  });

  test("no network, and a success that cannot be read, are both no answer", async () => {
    const { api } = server(new TypeError("failed to fetch"), new Response("<html>", { status: 200 }));
    await expect(api.conversation("x")).rejects.toBeInstanceOf(Unreachable);
    await expect(api.conversation("x")).rejects.toBeInstanceOf(Unreachable);
  });

  test("what may pass later is told from what never will", () => {
    expect([new Unreachable(), new Refused(503, "", ""), new Refused(429, "", "")].every(mayPass)).toBe(true);
    expect([new Refused(409, "not_owner", ""), new Refused(400, "", ""), new Error("x")].some(mayPass)).toBe(false);
  });
});

describe("what is asked for before the desk is there", () => {
  const early = globalThis as { relaisEarly?: Record<string, unknown> | undefined };

  test.each(ALL_VIEWS.map((view) => [view]))("is what the desk asks for itself, and is asked for once: %s", async (view) => {
    const asked: string[] = [];
    const fetched = vi.fn(async (url: string) => {
      asked.push(url);
      return session();
    });
    vi.stubGlobal("fetch", fetched);
    location.hash = `#/${view}/x`;
    localStorage.setItem("relais.desk.preferences", "{}");
    vi.resetModules();
    await import("../src/early");
    const { api, calls } = server(json(200, { items: [] }));
    await api.session();
    await api.list({ view });
    await api.conversation("x");
    expect(asked).toEqual(["/desk/api/session", `/desk/api/conversations?view=${view}&limit=50`, "/desk/api/conversations/x"]);
    expect(calls).toHaveLength(0);
    await api.list({ view });
    expect(calls).toHaveLength(1);
    vi.unstubAllGlobals();
    localStorage.clear();
    location.hash = "";
  });

  test("is not for who signs in afterwards", async () => {
    early.relaisEarly = { "/desk/api/conversations?view=waiting&limit=50": { answer: Promise.resolve(problem(401, "not_authenticated")), at: Date.now() } };
    const { api, calls } = server(session(), json(200, { items: [] }));
    await api.signIn("claire@example.com", "x");
    await api.list({ view: "waiting" });
    expect(calls).toHaveLength(2);
  });
});
