// Administration and one's own account: what is sent, what is said of each field, and that both languages hold every sentence.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Administration } from "../src/admin";
import { spansOf, spoken } from "../src/admin/hours";
import { lasting } from "../src/admin/levels";
import { browser } from "../src/admin/moments";
import { strength } from "../src/admin/password";
import { keyFrom } from "../src/admin/roles";
import { en } from "../src/admin/words/en";
import { fr } from "../src/admin/words/fr";
import { Api } from "../src/api";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { DeskContext } from "../src/ui/hooks";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { claire } from "./shapes";

interface Call {
  method: string;
  path: string;
  body: unknown;
  headers: Record<string, string>;
}

let place: HTMLElement;
let calls: Call[];
let answers: Record<string, [number, unknown]>;

const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
const all = (id: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const one = (id: string): HTMLElement => all(id)[0] ?? expect.fail(`nothing called ${id}`);
const click = async (element: HTMLElement): Promise<void> => {
  await act(() => element.click());
  await settle();
};
const fill = (id: string, value: string): Promise<void> => act(() => {
  const field = one(id) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

const role = { key: "agent", name: { fr: "Conseiller", en: "Agent" }, permissions: ["orders.read"], built_in: true, version: 1 };
const lea = { id: "1", version: 3, name: "Léa Petit", email: "lea@example.com", role: "agent", language: "fr", active: true, second_factor: false, has_password: true };

async function open(part: string, permissions: string[]): Promise<void> {
  location.hash = `#/admin/${part}`;
  const api = new Api();
  api.csrf = "token";
  const desk = new Desk(api, new Store(initial("en")), new Keep(null), () => ({}) as Live);
  desk.store.dispatch({ do: "signed in", agent: { ...claire, language: "en", permissions } });
  await act(() => render(<DeskContext.Provider value={desk}><Administration /></DeskContext.Provider>, place));
  await settle();
}

beforeEach(() => {
  calls = [];
  answers = {
    "GET /api/v1/agents": [200, { items: [lea], next: null }],
    "GET /api/v1/roles": [200, { items: [role] }],
    "GET /desk/api/sign-in-rules": [200, { second_factor_roles: [], version: 4 }],
  };
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = url.split("?")[0] ?? "";
    calls.push({ method: init.method ?? "", path, body: init.body ? JSON.parse(String(init.body)) : null, headers: init.headers as Record<string, string> });
    const [status, body] = answers[`${init.method} ${path}`] ?? [404, {}];
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  });
  place = document.createElement("div");
  document.body.append(place);
});

afterEach(() => {
  render(null, place);
  place.remove();
  vi.unstubAllGlobals();
});

test("each part is there for whom it is for", async () => {
  await open("", ["audit.read", "keys.configure"]);
  expect([...place.querySelectorAll(".admin-link")].map((link) => link.textContent)).toEqual(["API keys", "Audit log"]);
  render(null, place);
  await open("users", ["audit.read"]);
  expect(all("no-rights")).toHaveLength(1);
});

test("a change goes with the version that was read, the token, and nothing that stayed the same", async () => {
  await open("users", ["agents.configure"]);
  await click(one("user").querySelector("button") ?? place);
  await fill("field-name", "Léa Roy");
  answers["PATCH /api/v1/agents/1"] = [200, { ...lea, name: "Léa Roy", version: 4 }];
  await click(one("save"));
  const sent = calls.find((call) => call.method === "PATCH");
  expect(sent?.body).toEqual({ name: "Léa Roy" });
  expect(sent?.headers).toMatchObject({ "If-Match": '"3"', "X-CSRF-Token": "token", "Accept-Language": "en" });
  expect(one("user").textContent).toContain("Léa Roy");
});

test("what somebody else changed meanwhile is not overwritten", async () => {
  await open("users", ["agents.configure"]);
  await click(one("user").querySelector("button") ?? place);
  answers["PATCH /api/v1/agents/1"] = [412, { code: "stale", detail: "Stale" }];
  await fill("field-name", "x");
  await click(one("save"));
  expect(place.querySelector("[role=alert]")?.textContent).toBe(en.common.stale);
});

test("each field says what is wrong with it and the first gets the focus", async () => {
  await open("users", ["agents.configure"]);
  await click(one("add"));
  answers["POST /desk/api/agents"] = [422, { code: "invalid", detail: "x", errors: [{ field: "email", detail: "Not an address." }] }];
  await click(one("save"));
  await settle();
  expect(one("field-email").getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(one("field-email"));
  expect(place.querySelector(".problem")?.textContent).toContain("Not an address.");
});

test("a link that no mail could carry is shown once", async () => {
  await open("users", ["agents.configure"]);
  await click(one("add"));
  await fill("field-name", "Zoé");
  await fill("field-email", "zoe@example.com");
  answers["POST /desk/api/agents"] = [201, { id: "2", mailed: false, link: "https://x.example/desk/#/password/abc" }];
  await click(one("save"));
  expect(one("secret").textContent).toContain("#/password/abc");
  await click(one("secret-done"));
  expect(all("secret")).toHaveLength(0);
});

test("what cannot be taken back is asked twice", async () => {
  await open("users", ["agents.configure"]);
  await click(one("user").querySelector("button") ?? place);
  await click(one("close-account"));
  expect(calls.some((call) => call.path.endsWith("/deactivate"))).toBe(false);
  answers["POST /api/v1/agents/1/deactivate"] = [200, { conversations: [] }];
  answers["GET /api/v1/agents/1"] = [200, { ...lea, active: false }];
  await click(one("sure"));
  expect(one("user").textContent).toContain(en.users.closed);
});

test("a session that ended meanwhile leads to the sign-in page", async () => {
  answers["GET /api/v1/agents"] = [401, { code: "not_authenticated" }];
  const signedOut = vi.spyOn(Desk.prototype, "signedOut");
  await open("users", ["agents.configure"]);
  expect(signedOut).toHaveBeenCalledWith(true);
  signedOut.mockRestore();
});

test("times are read as people write them", () => {
  expect(spansOf("09:00-12:30, 13:30-18:00")).toEqual([["09:00", "12:30"], ["13:30", "18:00"]]);
  expect(spansOf("9h-12h30; 13h30 à 18h")).toEqual([["09:00", "12:30"], ["13:30", "18:00"]]);
  expect(spansOf(" ")).toEqual([]);
  for (const wrong of ["morning", "9", "09:00", "09:00-", "9-12-14"]) expect(spansOf(wrong)).toBeNull();
  expect(spoken([["09:00", "12:30"]])).toBe("09:00-12:30");
  expect([lasting(30), lasting(240), lasting(90), lasting(null)]).toEqual(["30\u00a0min", "4\u00a0h", "1\u00a0h\u00a030", "–"]);
});

test("a role’s key, a password’s strength and a browser’s name", () => {
  expect([keyFrom("Équipe retours"), keyFrom("2nd line!"), keyFrom("密码")]).toEqual(["equipe_retours", "nd_line", ""]);
  expect([strength("short"), strength("aaaaaaaaaaaaaaa"), strength("lea petit 12", "Léa Petit"), strength("ours-givre-marelle")]).toEqual([0, 0, 0, 3]);
  expect(browser("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36")).toBe("Chrome, Linux");
  expect(browser("curl/8")).toBe("curl/8");
});

type Entry = [string, unknown];
const entries = (value: unknown, path = ""): Entry[] =>
  typeof value !== "object" || value === null ? [[path, value]] : Object.entries(value).flatMap(([key, inner]) => entries(inner, `${path}.${key}`));
const said = (words: unknown): [string, string][] => entries(words).flatMap(([path, value]): [string, string][] =>
  typeof value === "function" ? [[1, "x", "y"], [800, "x", "y"], ["Nom", "y", "z"]].map((args) => [path, String((value as (...all: unknown[]) => unknown)(...args))]) : [[path, String(value)]]);

describe("the words of administration", () => {
  test("are the same in both languages, and none is empty", () => {
    expect(entries(fr).map(([path]) => path).sort()).toEqual(entries(en).map(([path]) => path).sort());
    for (const [path, text] of [...said(en), ...said(fr)]) expect(text.trim(), path).not.toBe("");
  });

  test("are set as each language is", () => {
    for (const [path, text] of said(fr)) {
      expect(text.replace(/\d{2}:\d{2}/g, ""), path).not.toMatch(/[^\u00a0\u202f][:;?!]/);
      expect(text, path).not.toMatch(/«[^\u00a0]|[^\u00a0]»/);
    }
    for (const [path, text] of said(en)) expect(text, path).not.toMatch(/[\s\u00a0][:;?!]/);
    for (const [path, text] of [...said(en), ...said(fr)]) expect(text, path).not.toContain("'");
  });
});
