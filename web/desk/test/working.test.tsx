// The working surface: who else is there, a newer build, first steps.

import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";
import { atWork, place, desk, settle, one, press, named, known, begin, open } from "./at-work";
import { karims } from "./shapes";

atWork();

test("colleagues who look, joined or were asked are named, and whoever joined answers and steps out", async () => {
  known.x = named("x", "Marie Dupont", { owner: karims });
  await begin();
  vi.spyOn(desk.api, "company").mockResolvedValue({ joined: [{ id: "a1", name: "Claire" }], asked: [{ id: "a4", name: "Léa" }] });
  await open("x");
  await act(() => desk.hear({ type: "viewing", conversation: "x", agents: [{ id: "a3", name: "Emma" }, { id: "a2", name: "Karim" }] }));
  expect(one("company-viewing")?.textContent).toBe("Emma also looking");
  expect(one("company")?.textContent).toContain("Léa asked to join");
  expect(one("composer")).not.toBeNull();
  const out = vi.spyOn(desk.api, "stepOut").mockResolvedValue({ conversation: known.x });
  await press("o");
  expect(out).toHaveBeenCalledWith("x");
});

test("a page of another build says so once, and keeps working", async () => {
  vi.spyOn(document, "querySelector");
  await begin();
  const own = document.head.appendChild(document.createElement("script"));
  own.type = "module";
  own.setAttribute("src", "/desk/assets/index-old.js");
  await act(() => desk.hear({ type: "ready", build: "index-old.js" }));
  expect(one("outdated")).toBeNull();
  await act(() => desk.hear({ type: "ready", build: "index-new.js" }));
  own.remove();
  expect(one("outdated")?.textContent).toContain("new version");
});

test("first steps are ticked as they are made, and go away for good", async () => {
  await begin();
  expect(one("first-steps")).not.toBeNull();
  await open("y");
  await act(() => desk.go({ id: null }));
  await settle();
  expect(place.querySelector('[data-step="take"]')?.getAttribute("data-done")).toBe("true");
  await act(() => one("first-steps")?.querySelector<HTMLElement>("button")?.click());
  await settle();
  expect(one("first-steps")).toBeNull();
});
