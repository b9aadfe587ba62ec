// Passing on, asking in, and giving to somebody.

import { act } from "preact/test-utils";
import { describe, expect, test, vi } from "vitest";
import { Refused } from "../src/api";
import { atWork, place, desk, settle, all, one, arrives, press, write, named, known, begin, open } from "./at-work";
import { claire, karims, mine, summary } from "./shapes";

atWork();

describe("passing on", () => {
  const people = {
    agents: [
      { id: "a2", name: "Karim Benali", presence: "available", reason: "", takes: ["chat"], load: 100, capacity: 300, holds: 1 },
      { id: "a3", name: "Emma Roy", presence: "away", reason: "Lunch", takes: [], load: 300, capacity: 300, holds: 3 },
    ],
    teams: [{ key: "returns", name: "Returns", waiting: 2, present: 1 }],
    skills: [{ id: "s1", kind: "topic", value: "refund", name: "Refunds", present: 0 }],
  } as const;
  const dialog = async (key: string): Promise<void> => {
    vi.spyOn(desk.api, "colleagues").mockResolvedValue(people as never);
    await press(key);
    await arrives("passing");
    await arrives("passing-choice");
  };
  const choose = (key: string): Promise<void> => act(() => place.querySelector<HTMLInputElement>(`[data-key="${key}"] input`)?.click());

  test.each([["agent:a2", { agent: "a2" }], ["team:returns", { team: "returns" }], ["skill:s1", { skill: "s1" }]])("to %s with a note", async (key, to) => {
    await begin();
    await open("y");
    await dialog("p");
    const transfer = vi.spyOn(desk.api, "transfer").mockResolvedValue({ conversation: summary("y", { version: 2 }) });
    await act(() => one("passing-confirm")?.click());
    expect(one("passing")?.textContent).toContain("Choose whom.");
    await choose(key);
    await write("passing-note", "She waits for her return");
    await act(() => one("passing-confirm")?.click());
    await settle();
    expect(transfer).toHaveBeenCalledWith("y", { version: 1, note: "She waits for her return", ...to });
    expect(one("passing")).toBeNull();
  });

  test("who is there, what they have and who is full stands beside each, and the search narrows", async () => {
    await begin();
    await open("y");
    await dialog("p");
    expect(all("passing-choice").map(({ textContent }) => textContent)).toEqual([
      "Karim Benali1 of 3", "Emma RoyAway, Lunch · 3 of 3 · full", "Returns2 wait · 1 free to take it", "RefundsTopic · nobody free there",
    ]);
    await write("passing-search", "return");
    expect(all("passing-choice")).toHaveLength(1);
  });

  test("asking a colleague in keeps the conversation; a refusal says why", async () => {
    await begin();
    await open("y");
    await dialog("v");
    vi.spyOn(desk.api, "invite").mockRejectedValueOnce(new Refused(409, "not_now", "They’re there already.")).mockResolvedValueOnce({ id: "o" });
    await choose("agent:a2");
    await act(() => one("passing-confirm")?.click());
    await settle();
    expect(one("passing")?.textContent).toContain("They’re there already.");
    await act(() => one("passing-confirm")?.click());
    await settle();
    expect(one("passing")).toBeNull();
    expect(place.textContent).toContain("Karim Benali was asked to join.");
  });

  test("a supervisor gives it to somebody, or takes it, with a reason", async () => {
    await begin({ permissions: [...claire.permissions, "conversations.supervise"] });
    known.x = named("x", "Marie Dupont", { owner: karims });
    await open("x");
    await dialog("g");
    const assign = vi.spyOn(desk.api, "assign").mockResolvedValue({ conversation: { ...known.x, owner: mine, version: 2 } });
    await choose("agent:a1");
    await act(() => one("passing-confirm")?.click());
    expect(one("passing")?.textContent).toContain("Write why");
    await write("passing-note", "Karim is ill");
    await act(() => one("passing-confirm")?.click());
    await settle();
    expect(assign).toHaveBeenCalledWith("x", { version: 1, agent: "a1", reason: "Karim is ill" });
  });

  test("whoever may only answer is not offered other people's conversations", async () => {
    await begin();
    await open("x");
    for (const key of ["p", "v", "g", "o"]) await press(key);
    expect(one("passing")).toBeNull();
    expect(one("pass-on")).toBeNull();
  });
});
