// The pages about channels and undelivered messages.

import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";
import { Refused, Unreachable } from "../src/api";
import type { Account, Agent, Channel, Field } from "../src/types";
import { healthOf } from "../src/ui/account-item";
import { meant, shown } from "../src/ui/settings-form";
import { all, click, desk, mounted, one, settle } from "./mounted";
import { claire } from "./shapes";

const fill = (id: string, value: string): Promise<void> => act(() => {
  const field = one(id) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
const submit = async (id: string): Promise<void> => {
  await act(() => void one(id).closest("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
  await settle();
};

function field(name: string, over: Partial<Field> = {}): Field {
  return { name, title: name, help: "", kind: "text", secret: false, required: false, choices: [], labels: {}, default: null, ...over };
}

function account(name: string, over: Partial<Account> = {}): Account {
  return {
    name, source: "desk", enabled: true, settings: { mode: "polling" }, secrets: ["token"], hook: `https://x.example/hooks/telegram/${name}`, shown_as: null,
    link: null, ok: true, detail: null, checked_at: null, last_in_at: null, last_out_at: null, last_error: null, last_error_at: null,
    paused_until: null, undelivered: 0, set_aside: 0, ...over,
  };
}

const telegram: Channel = {
  name: "telegram", label: "Telegram", always: false, accounts: [account("shop")],
  fields: [field("token", { secret: true, required: true }), field("mode", { kind: "choice", choices: ["webhook", "polling"] }), field("admins", { kind: "list" }), field("limit", { kind: "number" })],
};

const PERMISSIONS: Record<string, string[]> = { supervisor: ["deliveries.manage"], admin: ["deliveries.manage", "channels.configure"] };

async function open(page: string, role: Agent["role"] = "admin", channels: Channel[] = [telegram]): Promise<void> {
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language: "en", role, permissions: PERMISSIONS[role] ?? [] }, csrf: "x" });
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [], counts: { waiting: 0, mine: 0, assistant: 0 }, next: null });
  if (!vi.isMockFunction(desk.api.channels)) vi.spyOn(desk.api, "channels").mockResolvedValue({ channels });
  location.hash = `#/${page}`;
  await act(() => desk.start());
  await settle();
}

mounted("");

test("an account shows its health in words, and its hook address", async () => {
  await open("channels", "admin", [{ ...telegram, accounts: [account("shop", { ok: false, detail: "Unauthorized", undelivered: 2 })] }]);
  expect(one("health").dataset.health).toBe("bad");
  expect(one("channel-account").textContent).toContain("Does not work");
  expect(one("channel-account").textContent).toContain("Unauthorized");
  expect(one("channel-account").textContent).toContain("/hooks/telegram/shop");
  await click("undelivered");
  expect(location.hash).toBe("#/undelivered");
});

test("health is the worst that is known now", () => {
  const now = Date.parse("2026-11-22T10:00:00Z");
  expect(healthOf(account("a"), now)).toBe("ok");
  expect(healthOf(account("a", { ok: null }), now)).toBe("unknown");
  expect(healthOf(account("a", { paused_until: "2026-11-22T10:05:00Z" }), now)).toBe("paused");
  expect(healthOf(account("a", { paused_until: "2026-11-22T09:05:00Z" }), now)).toBe("ok");
  expect(healthOf(account("a", { enabled: false, ok: false }), now)).toBe("off");
});

test("a secret that is set is never shown, left out when nothing new is typed, and null when removed", () => {
  const token = field("token", { secret: true });
  expect(shown(token, "leaked")).toBe("");
  expect(meant(token, "", false)).toBeUndefined();
  expect(meant(token, " new ", false)).toBe("new");
  expect(meant(token, "", true)).toBeNull();
});

test("values are sent as what they are", () => {
  expect(meant(field("n", { kind: "number" }), "1,5", false)).toBe(1.5);
  expect(meant(field("l", { kind: "list" }), "a\n\n b ", false)).toEqual(["a", "b"]);
  expect(meant(field("s", { kind: "switch" }), false, false)).toBe(false);
  expect(meant(field("t"), "  ", false)).toBeUndefined();
});

test("the form is made from the channel's fields, and refused settings say so where they are", async () => {
  await open("channels");
  await click("settings");
  expect((one("setting-token") as HTMLInputElement).type).toBe("password");
  expect((one("setting-mode") as HTMLSelectElement).value).toBe("polling");
  const save = vi.spyOn(desk.api, "saveAccount").mockRejectedValueOnce(new Refused(400, "bad_settings", "", null, { limit: "Enter a number." }));
  await fill("setting-limit", "many");
  await submit("save");
  expect(save).toHaveBeenCalledWith("telegram", "shop", { enabled: true, settings: { mode: "polling", limit: "many" } });
  expect(one("setting-limit").getAttribute("aria-invalid")).toBe("true");
  expect(one("settings-form").textContent).toContain("Enter a number.");
  save.mockResolvedValueOnce({ account: account("shop", { shown_as: "@shop_bot" }) });
  await submit("save");
  expect(all("settings-form")).toHaveLength(0);
  expect(one("channel-account").textContent).toContain("@shop_bot");
});

test("choices are called what the server calls them, the usual one too", async () => {
  const mode = field("mode", { kind: "choice", choices: ["webhook", "polling", "new"], labels: { webhook: "The platform calls us", polling: "We ask" }, default: "webhook" });
  await open("channels", "admin", [{ ...telegram, fields: [mode] }]);
  await click("settings");
  const options = [...(one("setting-mode") as HTMLSelectElement).options];
  expect(options.map(({ value, text }) => [value, text])).toEqual([
    ["", "As usual (The platform calls us)"], ["webhook", "The platform calls us"], ["polling", "We ask"], ["new", "new"],
  ]);
});

test("a new account needs a name of its own", async () => {
  await open("channels");
  await click("add-account");
  const save = vi.spyOn(desk.api, "saveAccount").mockResolvedValue({ account: account("paris") });
  for (const [name, said] of [["Bad Name", "small letters"], ["shop", "already"]] as const) {
    await fill("setting-name", name);
    await submit("save");
    expect(one("settings-form").textContent).toContain(said);
  }
  expect(save).not.toHaveBeenCalled();
  await fill("setting-name", "paris");
  await submit("save");
  expect(all("channel-account").map((each) => each.dataset.account)).toEqual(["shop", "paris"]);
});

test("what comes from the server's settings is only looked at", async () => {
  await open("channels", "admin", [{ ...telegram, accounts: [account("shop", { source: "environment" })] }]);
  expect(all("settings").length + all("delete").length + all("switch").length).toBe(0);
  expect(all("check")).toHaveLength(1);
});

test("checking, a test message that fails, and deleting after a question", async () => {
  await open("channels");
  vi.spyOn(desk.api, "checkAccount").mockResolvedValue({ account: account("shop", { ok: false }) });
  await click("check");
  expect(one("health").dataset.health).toBe("bad");
  await click("test");
  vi.spyOn(desk.api, "testAccount").mockRejectedValue(new Refused(422, "not_delivered", "chat not found"));
  await fill("test-to", "@nobody");
  await submit("test-send");
  expect(one("test-answer").textContent).toBe("chat not found");
  const gone = vi.spyOn(desk.api, "deleteAccount").mockResolvedValue();
  await click("delete");
  expect(gone).not.toHaveBeenCalled();
  await click("delete-confirm");
  expect(gone).toHaveBeenCalledWith("telegram", "shop");
  expect(all("channel-account")).toHaveLength(0);
});

test("what was set aside is listed, tried again and left", async () => {
  const item = (id: string, again = false) => ({ id, name: `UID ${id}`, why: "It has no sender.", at: "2026-11-22T09:00:00Z", again });
  await open("channels", "admin", [{ ...telegram, accounts: [account("shop", { set_aside: 3 })] }]);
  vi.spyOn(desk.api, "asides").mockResolvedValue({ items: [item("9"), item("7")], count: 3 });
  await click("set-aside");
  expect(all("aside").map((each) => each.textContent)).toEqual([expect.stringContaining("UID 9"), expect.stringContaining("It has no sender.")]);
  expect(one("asides").textContent).toContain("1 older one is in the server’s log only.");
  const wish = vi.spyOn(desk.api, "wishAside").mockResolvedValue({ items: [item("9", true), item("7")], count: 2 });
  await click("aside-again");
  expect(wish).toHaveBeenCalledWith("telegram", "shop", "9", "again");
  expect(all("aside").map((each) => each.dataset.state)).toEqual(["asked", "aside"]);
  expect(one("set-aside").textContent).toBe("2 messages set aside");
  wish.mockResolvedValue({ items: [], count: 0 });
  await click("aside-leave");
  expect(wish).toHaveBeenLastCalledWith("telegram", "shop", "7", "leave");
  expect(one("asides").textContent).toBe("Nothing is set aside any more.");
});

test("an agent is told that the page is for others, and nothing is asked for", async () => {
  const asked = vi.spyOn(desk.api, "channels");
  await open("channels", "agent");
  expect(all("no-rights")).toHaveLength(1);
  expect(asked).not.toHaveBeenCalled();
});

test("a page that cannot be loaded says so and can be tried again", async () => {
  vi.spyOn(desk.api, "channels").mockRejectedValueOnce(new Unreachable()).mockResolvedValueOnce({ channels: [telegram] });
  await open("channels");
  await act(() => one("page-failed").querySelector("button")?.click());
  await settle();
  expect(all("channel-account")).toHaveLength(1);
});

test("undelivered messages are sent again one by one or all of an account", async () => {
  const item = (id: string, name: string) => ({ id, conversation: "x", seq: 1, channel: "telegram", account: name, to: "Marie", text: "Hello", error: null, attempts: 2, failed_at: "2026-11-22T09:00:00Z", aside: null });
  const deliveries = vi.spyOn(desk.api, "deliveries").mockResolvedValue({ items: [item("1", "shop"), item("2", "other")], next: null });
  const replay = vi.spyOn(desk.api, "replay").mockResolvedValue();
  await open("undelivered", "supervisor");
  expect(all("replay-all")).toHaveLength(0);
  await click("replay");
  expect(replay).toHaveBeenCalledWith("1");
  expect(all("delivery").map((each) => each.dataset.state)).toEqual(["queued", "failed"]);
  await act(() => {
    (one("filter") as HTMLSelectElement).value = "telegram/other";
    one("filter").dispatchEvent(new Event("change", { bubbles: true }));
  });
  const every = vi.spyOn(desk.api, "replayAll").mockResolvedValue({ count: 1, left: 0 });
  deliveries.mockResolvedValue({ items: [], next: null });
  await click("replay-all");
  await click("replay-all-confirm");
  expect(every).toHaveBeenCalledWith("telegram", "other");
  expect(all("all-delivered")).toHaveLength(1);
});
