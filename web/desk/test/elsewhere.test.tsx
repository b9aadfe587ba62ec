// Offering that a conversation goes on elsewhere, and what else a mail is.

import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";
import type { DeskMessage } from "../src/types";
import { desk, mounted, place, settle } from "./mounted";
import { answer, claire, message, mine, summary } from "./shapes";

const one = <Kind extends HTMLElement>(id: string): Kind | null => place.querySelector<Kind>(`[data-testid="${id}"]`);
const press = async (id: string): Promise<void> => {
  await act(() => one(id)?.click());
  await settle();
};

async function show(messages: DeskMessage[]): Promise<void> {
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language: "en" }, csrf: "x" });
  vi.spyOn(desk.api, "typing").mockResolvedValue();
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [summary("x", { owner: mine })], counts: { waiting: 0, mine: 1, assistant: 0 }, next: null });
  vi.spyOn(desk.api, "conversation").mockResolvedValue(answer("x", { conversation: summary("x", { owner: mine }), messages }));
  await act(() => desk.start());
  await settle();
}

mounted("#/mine/x");

test("the words with the code join what the agent was writing", async () => {
  await show([message(1)]);
  vi.spyOn(desk.api, "ways").mockResolvedValue({ ways: [{ channel: "telegram", label: "Telegram" }], overheard: false });
  const offered = vi.spyOn(desk.api, "offerElsewhere").mockResolvedValue({ text: "To carry on: LINK" });
  desk.keep.setDraft("x", "Of course.");
  await press("elsewhere");
  await press("elsewhere-telegram");
  expect(offered).toHaveBeenCalledWith("x", "telegram");
  expect(one<HTMLTextAreaElement>("composer")?.value).toBe("Of course.\n\nTo carry on: LINK");
  expect(one("elsewhere-telegram")).toBeNull();
});

test("where there is no way, the agent is told why", async () => {
  await show([message(1)]);
  const ways = vi.spyOn(desk.api, "ways").mockResolvedValue({ ways: [], overheard: true });
  await press("elsewhere");
  expect(place.textContent).toContain("Others read along here");
  ways.mockRejectedValue(new Error("away"));
  await press("elsewhere");
  expect(place.textContent).toContain("The link could not be made.");
});

test("what else a mail is stands under it, and what is unknown does not", async () => {
  await show([message(1, { channel: "mail", details: { subject: "Lamp", marks: ["pgp_signed", "invitation", "toString", 3] } })]);
  expect(one("mark-pgp_signed")?.textContent).toBe("Signed with PGP; the signature was not checked");
  expect(one("mark-invitation")?.textContent).toBe("Invitation to an event");
  expect(one("mark-toString")).toBeNull();
});
