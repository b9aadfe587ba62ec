// What stands under a message and beside a conversation: pages of the site, what a mail lacks, the rating.

import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";
import type { ConversationAnswer, DeskMessage, Language, Summary } from "../src/types";
import { pageOf } from "../src/ui/notes";
import { all, desk, mounted, place, settle } from "./mounted";
import { answer, claire, message, summary } from "./shapes";

const words = (id: string): (string | null)[] => all(id).map((each) => each.textContent);

async function show(messages: DeskMessage[], change: Partial<Summary> = {}, language: Language = "en", more: Partial<ConversationAnswer> = {}): Promise<void> {
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language }, csrf: "x" });
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [summary("x", change)], counts: { waiting: 1, mine: 0, assistant: 0 }, next: null });
  vi.spyOn(desk.api, "conversation").mockResolvedValue(answer("x", { conversation: summary("x", change), messages, ...more }));
  await act(() => desk.start());
  await settle();
}

mounted("#/waiting/x");

const on = (seq: number, url: unknown, title: unknown = ""): DeskMessage => message(seq, { details: { page: { url, title } } });

test("the page is linked where it changes, and nowhere else", async () => {
  await show([on(1, "https://shop.example/lamps", "Lamps"), on(2, "https://shop.example/lamps", "Lamps"), message(3), message(4, { from: "bot" }),
    on(5, "https://shop.example/lamps"), on(6, "https://shop.example/cart")]);
  expect(all("page").map((each) => each.querySelector("a")?.getAttribute("href"))).toEqual(["https://shop.example/lamps", "https://shop.example/cart"]);
  expect(words("page")).toEqual(["Written on the page Lamps", "Written on the page shop.example/cart"]);
});

test("an address that may not be opened is told, and not linked", async () => {
  await show([on(1, "javascript:alert(1)", "<b>Lamps</b>")]);
  expect(words("page")).toEqual(["Written on the page <b>Lamps</b>"]);
  expect(place.querySelector("[data-testid=page] a")).toBeNull();
  expect(place.querySelector("[data-testid=page] b")).toBeNull();
});

test("a page is an object with an address, told by a customer", () => {
  expect(pageOf(message(1, { details: { page: "https://shop.example" } }))).toBeNull();
  expect(pageOf(on(1, 3))).toBeNull();
  expect(pageOf(message(1))).toBeNull();
  expect(pageOf({ ...on(1, "https://shop.example/"), from: "bot" })).toBeNull();
  expect(pageOf(on(1, "https://shop.example/", null))).toEqual({ url: "https://shop.example/", title: "" });
});

test("files that a mail was left without are named, with why", async () => {
  const refused = [{ name: "a.exe", why: "file_type" }, { name: "b.zip", why: "file_infected" }, { name: "c.pdf", why: "file_broken" },
    { name: "d.mov", why: "too_large" }, { name: "e.png", why: "too_many" }, { name: "f.bin", why: "something_new" }];
  await show([message(1, { channel: "mail", details: { subject: "Lamp", refused } }), message(2, { details: { refused: "nonsense" } })]);
  expect(all("left-out")).toHaveLength(1);
  expect([...place.querySelectorAll("[data-testid=left-out] li")].map((line) => line.textContent)).toEqual([
    "a.exe (this kind is not accepted)", "b.zip (a virus was found)", "c.pdf (cannot be read)", "d.mov (too large)", "e.png (too many files)",
    "f.bin (not accepted)",
  ]);
  expect(all("left-out")[0]?.textContent).toContain("Left out:");
});

test("of many files left out the first are named, and the others on demand", async () => {
  const refused = Array.from({ length: 30 }, (_, index) => ({ name: `${index}.png`, why: "too_many" }));
  await show([message(1, { channel: "mail", details: { subject: "Lamp", refused } })]);
  const lines = (): NodeListOf<Element> => place.querySelectorAll("[data-testid=left-out] li");
  expect(lines()).toHaveLength(6);
  expect(lines()[5]?.textContent).toBe("25 more");
  await act(() => lines()[5]?.querySelector("button")?.click());
  expect(lines()).toHaveLength(30);
});

test("a shortened mail points to its original when there is one", async () => {
  await show([message(1, { channel: "mail", details: { subject: "Lamp", cut: true, original: "o1" } }), message(2, { channel: "mail", details: { subject: "Lamp", cut: true } })]);
  expect(words("cut")).toEqual(["Shortened: see the original", "Shortened"]);
});

test("copies of our mail that were refused are counted", async () => {
  await show([message(1, { from: "agent", delivery: "sent", details: { copies_refused: 1 } }), message(2, { from: "agent", delivery: "sent", details: { copies_refused: 2 } }),
    message(3, { from: "agent", delivery: "sent", details: { copies_refused: 0 } })], {}, "fr");
  expect(words("copies-refused")).toEqual(["1\u00a0copie a été refusée", "2\u00a0copies ont été refusées"]);
});

test("a rating stands beside the conversation, its comment as plain text", async () => {
  await show([message(1)], { rating: { score: 4, comment: "<b>Quick</b>" } });
  expect(words("rating")).toEqual(["Rating4 out of 5<b>Quick</b>"]);
});

test("a rating that comes while the conversation is open appears, with its comment or without", async () => {
  await show([message(1)]);
  expect(all("rating")).toHaveLength(0);
  await act(() => desk.store.dispatch({ do: "conversation", summary: summary("x", { rating: { score: 2, comment: "" } }) }));
  expect(words("rating")).toEqual(["Rating2 out of 5"]);
});

test("somebody nobody knows goes by the name they give, which says that it is not verified", async () => {
  await show([message(1)], { customer: null, shown_name: "Karim B." });
  expect(place.querySelector("h1 bdi")?.textContent).toBe("Karim B.");
  expect(place.querySelector("h1 bdi")?.getAttribute("title")).toBe("Calls themselves Karim B.; not verified");
  expect(place.querySelector("[data-testid=row] .row-who")?.textContent).toBe("Karim B.");
  await act(() => desk.store.dispatch({ do: "conversation", summary: summary("x", { version: 2, shown_name: "Karim B." }) }));
  expect(place.querySelector("h1 bdi")?.textContent).toBe("Marie Dupont");
  expect(place.querySelector("h1 bdi")?.getAttribute("title")).toBeFalsy();
});

test("what was filled in before and the greeting they answered stand beside the conversation", async () => {
  const facts = [{ name: "name", label: "Nom indiqué", value: "<b>Paul</b>", seq: 1 }, { name: "email", label: "E-mail", value: "paul@example.com", seq: 1 }];
  await show([message(1)], { customer: null }, "fr", { beforehand: { facts, greeting: { text: "Une question\u00a0?", seq: 1 } } });
  const [told = ""] = words("beforehand");
  for (const said of ["Avant d’écrire", "Nom indiqué<b>Paul</b>", "E-mailpaul@example.com", "Une question\u00a0?", "sans preuve"]) expect(told).toContain(said);
});
