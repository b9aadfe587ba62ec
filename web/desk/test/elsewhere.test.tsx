// Offering that a conversation goes on elsewhere, and what else a mail is.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api } from "../src/api";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import type { DeskMessage } from "../src/types";
import { App } from "../src/ui/app";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { answer, claire, message, mine, summary } from "./shapes";

let place: HTMLElement;
let desk: Desk;

const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve)));
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

beforeEach(() => {
  localStorage.clear();
  location.hash = "#/mine/x";
  vi.stubGlobal("ResizeObserver", class { observe(): void {} disconnect(): void {} });
  place = document.body.appendChild(document.createElement("div"));
  const live = { start() {}, stop() {}, viewing() {}, hurry() {} } as unknown as Live;
  desk = new Desk(new Api(), new Store(initial("en")), new Keep(), () => live);
  act(() => render(<App desk={desk} />, place));
});
afterEach(() => {
  render(null, place);
  place.remove();
  vi.unstubAllGlobals();
});

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
