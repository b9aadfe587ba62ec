// Teams and their members, skills, what agents can hold and what channels weigh: what is sent, and what the pages say.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Administration } from "../src/admin";
import { skillName } from "../src/admin/skills";
import { teamKey } from "../src/admin/teams";
import { teams as en } from "../src/admin/words/en.teams";
import { Api } from "../src/api";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { DeskContext } from "../src/ui/hooks";
import { mayOpen } from "../src/ui/page";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { claire } from "./shapes";

interface Call {
  method: string;
  path: string;
  body: Record<string, unknown> | null;
  match: string | undefined;
}

let place: HTMLElement;
let calls: Call[];
let answers: Record<string, [number, unknown]>;

const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
const all = (id: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const one = (id: string): HTMLElement => all(id)[0] ?? expect.fail(`nothing called ${id}`);
const within = (id: string, what: string): HTMLElement => one(id).querySelector<HTMLElement>(what) ?? expect.fail(`no ${what} in ${id}`);
const click = async (element: HTMLElement): Promise<void> => {
  await act(() => element.click());
  await settle();
};
const fill = (id: string, value: string, kind = "input"): Promise<void> => act(() => {
  const field = one(id) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event(kind, { bubbles: true }));
});
const save = (form: string): Promise<void> => click(within(form, "[data-testid=save]"));
const made = (method: string): Call => calls.find((call) => call.method === method) ?? expect.fail(`no ${method}`);

const team = {
  key: "support", version: 2, names: { fr: "Service client", en: "Customer service" }, mode: "offer", strategy: "longest_idle", everyone: true, prefer_last: true, cases: false,
  offer_seconds: 30, offer_again_after: 300, missed_limit: 2, vanish_after: 60, relax_after: 120, overflow_team: null, overflow_after: null, calendar_id: null,
};
const returns = { ...team, key: "returns", version: 5, names: { fr: "Retours", en: "Returns" }, everyone: false, overflow_team: "support", overflow_after: 600, calendar_id: "c9" };
const people = ["Ada", "Bob", "Cid", "Dee", "Eve", "Fay", "Gus", "Hal", "Ivy"].map((name) => ({ id: name.toLowerCase(), name, active: name !== "Hal" }));
const spanish = { id: "s1", version: 4, kind: "language", value: "es", level: 2, firm: true };
const topic = { id: "s2", version: 1, kind: "topic", value: "change_order", level: 1, firm: false };
const chat = { channel: "webchat", kind: "chat", weight: 100, points: 6, returns: true };
const rest = { channel: "*", kind: "messaging", weight: 50, points: 2, returns: true };

async function open(part: "teams" | "holding", permissions = ["routing.configure"]): Promise<void> {
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
    "GET /api/v1/teams": [200, { items: [team, returns], next: null }],
    "GET /api/v1/teams/returns/members": [200, { items: [{ id: "ada", name: "Ada" }] }],
    "GET /api/v1/agents": [200, { items: people, next: null }],
    "GET /api/v1/skills": [200, { items: [spanish, topic], next: null }],
    "GET /api/v1/channel-weights": [200, { items: [chat, rest], next: null }],
    "GET /api/v1/agents/ada/routing": [200, { capacity: 300, skills: [{ skill_id: "s1", level: 3 }] }],
    "GET /desk/api/filters": [200, { items: [], topics: [{ key: "change_order", name: "Change an order" }], teams: [], shares: false }],
  };
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = url.split("?")[0] ?? "";
    calls.push({ method: init.method ?? "", path, body: init.body ? JSON.parse(String(init.body)) : null, match: (init.headers as Record<string, string>)["If-Match"] });
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

test("who sets how work is handed out may open administration, and finds both parts", async () => {
  expect(mayOpen("admin", { ...claire, permissions: ["routing.configure"] })).toBe(true);
  await open("teams");
  expect([...place.querySelectorAll(".admin-link")].map((link) => link.textContent)).toEqual(["Teams and skills", "Room and weights", "Wrapping up"]);
  expect(all("team").map((row) => row.textContent)).toEqual([`Customer service${en.teams.modes.offer}${en.teams.all}`, `Returns${en.teams.modes.offer}${en.teams.some}`]);
});

test("a team goes with its version, numbers as numbers, an empty time as none, and hours one may not read as they are", async () => {
  await open("teams");
  await click(all("team")[1]?.querySelector("button") ?? place);
  await fill("field-relax_after", "");
  await fill("field-offer_seconds", "45");
  answers["PATCH /api/v1/teams/returns"] = [200, { ...returns, version: 6 }];
  await save("team-form");
  const sent = made("PATCH");
  expect(sent.match).toBe('"5"');
  expect(sent.body).toMatchObject({ names: returns.names, offer_seconds: 45, relax_after: null, overflow_team: "support", overflow_after: 600, calendar_id: "c9", everyone: false });
  expect(sent.body).not.toHaveProperty("key");
});

test("only what the way of handing out uses is asked, and each field says what is wrong with it", async () => {
  await open("teams");
  await click(one("add"));
  expect([all("field-offer_seconds"), all("field-strategy"), all("field-overflow_after")].map((found) => found.length)).toEqual([1, 1, 0]);
  await fill("field-mode", "manual", "change");
  await fill("field-overflow_team", "support", "change");
  expect([all("field-offer_seconds"), all("field-strategy"), all("field-overflow_after")].map((found) => found.length)).toEqual([0, 0, 1]);
  answers["POST /api/v1/teams"] = [422, { code: "invalid", errors: [{ field: "names.fr", detail: "Too short." }, { field: "overflow_after", detail: "Too long." }] }];
  await save("team-form");
  await settle();
  expect(all("field-names.fr").concat(all("field-overflow_after")).map((field) => field.getAttribute("aria-invalid"))).toEqual(["true", "true"]);
  expect(document.activeElement).toBe(one("field-names.fr"));
});

test("a new team of members only stays open for them; a search hides nobody from what is saved", async () => {
  await open("teams");
  await click(one("add"));
  await fill("field-names.fr", "Équipe B2B");
  await fill("field-names.en", "B2B Team");
  await click(one("field-everyone"));
  const b2b = { ...returns, key: "b2b-team", version: 1, names: { fr: "Équipe B2B", en: "B2B Team" } };
  answers["POST /api/v1/teams"] = [201, b2b];
  answers["GET /api/v1/teams/b2b-team/members"] = [200, { items: [{ id: "hal", name: "Hal" }] }];
  await save("team-form");
  expect(made("POST").body).toMatchObject({ key: "b2b-team", everyone: false });
  await settle();
  expect(within("members-form", "[role=status]").textContent).toBe("1 member");
  await fill("field-member-search", "iv");
  expect([...one("members-form").querySelectorAll("label")].map((label) => label.textContent)).toEqual(["Ivy"]);
  await click(within("members-form", "input"));
  answers["PUT /api/v1/teams/b2b-team/members"] = [200, { items: [{ id: "hal", name: "Hal" }, { id: "ivy", name: "Ivy" }] }];
  await save("members-form");
  expect(made("PUT").body).toEqual({ agents: ["hal", "ivy"] });
  expect(within("members-form", "[role=status]").textContent).toBe(en.teams.membersSaved(2));
});

test("a skill is called as people call it, chosen with one press, and made with its level", async () => {
  await open("teams");
  await settle();
  expect(all("skill").map((row) => row.querySelector(".admin-row-title")?.textContent)).toEqual(["Spanish", "Change an order"]);
  expect(one("skill").textContent).toContain(en.skills.firmMark);
  await click(one("add-skill"));
  await fill("field-kind", "topic", "change");
  await click(within("skill-form", ".place-chip"));
  await fill("field-level", "3", "change");
  answers["POST /api/v1/skills"] = [409, { code: "not_now", detail: "There is such a skill already." }];
  await save("skill-form");
  expect(made("POST").body).toEqual({ kind: "topic", value: "change_order", level: 3, firm: false });
  expect(within("skill-form", ".gate-problem").textContent).toBe("There is such a skill already.");
});

test("a skill is deleted when asked twice, with its version", async () => {
  await open("teams");
  await click(within("skill", "button"));
  expect(all("field-value")).toHaveLength(0);
  await click(within("skill-form", ".sure-button"));
  expect(calls.some(({ method }) => method === "DELETE")).toBe(false);
  answers["DELETE /api/v1/skills/s1"] = [204, null];
  await click(one("sure"));
  expect([made("DELETE").path, made("DELETE").match, all("skill").length]).toEqual(["/api/v1/skills/s1", '"4"', 1]);
});

test("of an agent only what was changed is sent, and skills all together", async () => {
  await open("holding");
  expect(all("holder")).toHaveLength(8);
  await click(within("holder", "button"));
  await settle();
  expect(one("holder-form").textContent).toContain("As much as 3 web chats");
  answers["PUT /api/v1/agents/ada/routing"] = [200, { capacity: 300, skills: [] }];
  await fill("field-skills.s2", "5", "change");
  await save("holder-form");
  expect(made("PUT").body).toEqual({ skills: [{ skill_id: "s1", level: 3 }, { skill_id: "s2", level: 5 }] });
  expect(all("holder-form")).toHaveLength(0);
});

test("a channel’s weight is changed from its line, and the focus comes back to it", async () => {
  await open("holding");
  expect(all("weight").map((row) => row.querySelector("th")?.textContent)).toEqual(["webchat", "Every other channel"]);
  const opener = all("weight")[1]?.querySelector("button") ?? expect.fail("no button");
  expect(opener.getAttribute("aria-label")).toBe("Change Every other channel");
  opener.focus();
  await click(opener);
  expect(document.activeElement).toBe(one("field-kind"));
  await fill("field-weight", "40");
  answers["PUT /api/v1/channel-weights/*"] = [200, { ...rest, weight: 40 }];
  await save("weight-form");
  expect(made("PUT").body).toEqual({ kind: "messaging", weight: 40, points: 2, returns: true });
  expect(all("weight")[1]?.textContent).toContain("40");
  expect(document.activeElement).toBe(opener);
});

test("where there is nothing yet, the pages say what it would do", async () => {
  for (const path of ["teams", "skills", "channel-weights"]) answers[`GET /api/v1/${path}`] = [200, { items: [], next: null }];
  answers["GET /api/v1/agents/ada/routing"] = [200, { capacity: 0, skills: [] }];
  await open("teams");
  for (const words of [en.teams, en.skills]) expect(place.textContent).toContain(words.noneText);
  render(null, place);
  await open("holding");
  expect(place.textContent).toContain(en.weights.noneText);
  await click(within("holder", "button"));
  await settle();
  expect(one("holder-form").textContent).toContain("0: nothing is handed out to them.");
  expect(within("holder-form", "a").getAttribute("href")).toBe("#/admin/teams");
});

test("a team’s key and a skill’s name", () => {
  expect([teamKey("Équipe retours"), teamKey("2nd line!"), teamKey("密码"), teamKey("a".repeat(39) + " b")]).toEqual(["equipe-retours", "2nd-line", "", "a".repeat(39)]);
  expect([skillName({ kind: "language", value: "en" }, "fr"), skillName({ kind: "language", value: "not a code" }, "en"), skillName({ kind: "topic", value: "gone" }, "en")]).toEqual(["Anglais", "not a code", "gone"]);
});
