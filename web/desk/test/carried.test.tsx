// What messages carry, mail, failed deliveries, and files for answers, as an agent meets them.

import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";
import { Refused } from "../src/api";
import type { DeskMessage, FileRef } from "../src/types";
import { addresses, bareSubject } from "../src/ui/envelope";
import { all, click, desk, mounted, one, place, settle } from "./mounted";
import { answer, claire, message, mine, summary } from "./shapes";

const NASTY = "<img src=x onerror=alert(1)>";

function file(id: string, over: Partial<FileRef> = {}): FileRef {
  return {
    id, kind: "image", name: `${id}.png`, media_type: "image/png", size: 184_000, state: "kept", refused: null, width: 800, height: 600,
    inline: false, url: `/files/${id}`, ...over,
  };
}

async function show(...messages: DeskMessage[]): Promise<void> {
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language: "en" }, csrf: "x" });
  vi.spyOn(desk.api, "channelNames").mockResolvedValue({ ways: { webchat: { en: "Web chat", fr: "Chat du site" }, letters: { en: "Letter", fr: "Lettre" } }, copies: [] });
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [summary("x")], counts: { waiting: 1, mine: 0, assistant: 0 }, next: null });
  vi.spyOn(desk.api, "conversation").mockResolvedValue(answer("x", { conversation: summary("x", { owner: mine, customer: null }), messages }));
  await act(() => desk.start());
  await settle();
}

mounted("#/waiting/x", (made) => {
  HTMLDialogElement.prototype.showModal ??= function open(this: HTMLDialogElement) { this.open = true; };
  made.keep.prefer({ undoSend: false });
});

test("files, a place and contacts are shown as what they are, never as markup", async () => {
  await show(message(1, {
    text: "", sender_name: NASTY, files: [file("p"), file("d", { kind: "document", name: NASTY }), file("bad", { url: "javascript:alert(1)" }),
      file("v", { state: "refused", refused: "infected", url: null }), file("w", { state: "pending", url: null })],
    location: { latitude: 45.757, longitude: 4.832, name: NASTY, address: null }, contacts: [{ name: NASTY, phones: ["+33 6"], emails: [] }],
  }));
  expect(place.querySelectorAll("[data-testid=message] img")).toHaveLength(1);
  expect(place.querySelector("[data-testid=message] img")?.getAttribute("width")).toBe("240");
  expect([...place.querySelectorAll("[data-testid=message] a")].map((link) => link.getAttribute("href"))).toEqual([
    "/files/p", "/files/d", "/files/d", "https://www.openstreetmap.org/?mlat=45.757&mlon=4.832#map=16/45.757/4.832",
  ]);
  expect(one("message").textContent).toContain("a virus was found");
  expect(one("message").textContent).toContain("Arriving…");
});

test("a product shows its picture, and what kind of card it is where none comes", async () => {
  const card = { kind: "product" as const, title: NASTY, text: "", url: "/p" };
  await show(message(1, { from: "bot", cards: [{ ...card, picture: "/desk/pictures?url=x" }, { ...card, picture: "javascript:alert(1)" }, card] }));
  const shown = (): (string | null)[] => all("card").map((one) => one.firstElementChild?.getAttribute("src") ?? null);
  expect(shown()).toEqual(["/desk/pictures?url=x", null, null]);
  expect(all("card")[0]?.querySelector("img")?.alt).toBe("");
  await act(() => void all("card")[0]?.querySelector("img")?.dispatchEvent(new Event("error")));
  expect(shown()).toEqual([null, null, null]);
});

test("the channel is named where the talk moves to another one, and nowhere else", async () => {
  await show(message(1), message(2), message(3, { channel: "telegram", account: "shop", sender_name: "Marie D." }), message(4, { channel: "telegram", account: "shop" }));
  expect(all("moved").map((mark) => mark.textContent)).toEqual(["Web chat", "Telegramshop"]);
  expect(all("message")[2]?.textContent).toContain("Marie D.");
});

test("an answer says what it waits for, by which other way it went, and why it was given up", async () => {
  const ours = (seq: number, change: Partial<DeskMessage>) => message(seq, { from: "agent", agent_id: "a1", delivery: "queued", ...change });
  await show(
    message(1, { beware: ["The address may imitate another one."] }), ours(2, { waits: true }), ours(3, { waits: true, delivery: "sent" }),
    ours(4, { delivery: "sent", instead: { channel: "letters", to: NASTY } }), ours(5, { delivery: "failed", aside: { why: "Told by phone", by: "Emma" } }),
    ours(6, { delivery: "failed" }),
  );
  expect(all("beware").map((note) => note.textContent)).toEqual(["Careful The address may imitate another one. "]);
  expect(all("waits").map((note) => note.closest("[data-seq]")?.getAttribute("data-seq"))).toEqual(["2"]);
  expect(one("instead").textContent).toContain(`Sent to ${NASTY} instead (Letter)`);
  expect(all("not-delivered")[0]?.textContent).toContain("Set aside by Emma: Told by phone");
  const aside = vi.spyOn(desk.api, "setMessageAside").mockResolvedValue({ message: ours(6, { delivery: "failed", aside: { why: "Came by", by: "Claire" } }) });
  await act(() => one("set-aside").click());
  await act(() => {
    (one("aside-why") as HTMLInputElement).value = "Came by";
    one("aside-why").dispatchEvent(new Event("input", { bubbles: true }));
  });
  await act(() => void one("aside-why").closest("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
  await settle();
  expect(aside).toHaveBeenCalledWith("x", 6, "Came by");
  expect(all("not-delivered")[1]?.textContent).toContain("Set aside by Claire: Came by");
});

test("a mail shows its subject once, its addresses on demand, and why it is here", async () => {
  const details = (subject: string) => ({
    subject, from: { name: "Marie", address: "m@example.fr" }, to: ["s@shop.example"], cc: "p@example.fr",
    thread: { conversation: "x", reasons: ["answers", "subject"], why: null, related: null },
  });
  await show(message(1, { channel: "mail", details: details("Broken lamp") }), message(2, { channel: "mail", details: details("RE: Broken lamp") }));
  expect(all("subject").map((line) => line.className)).toEqual(["mail-subject", "sr"]);
  await click("addresses");
  expect(one("mail-addresses").textContent).toContain("Marie <m@example.fr>");
  expect(all("thread-note")[1]?.textContent).toContain("Linked because: answer to our mail, same subject");
});

test("splitting a mail off goes to the conversation it now has", async () => {
  const thread = { conversation: "x", reasons: ["subject"], why: null, related: null };
  await show(message(1), message(2, { channel: "mail", details: { subject: "Other", thread } }));
  const split = vi.spyOn(desk.api, "split").mockResolvedValue({ conversation: summary("new", { version: 2 }) });
  await click("split");
  expect(split).toHaveBeenCalledWith("x", 2);
  expect(location.hash).toContain("/new");
});

test("the original is framed without scripts, and pictures from elsewhere are asked for", async () => {
  await show(message(1, { channel: "mail", details: { subject: "Hello", original: "o1" }, files: [file("o1")] }));
  expect(all("file")).toHaveLength(0);
  const original = vi.spyOn(desk.api, "original").mockResolvedValue({
    subject: "Hello", from: "m@example.fr", to: [], cc: [], date: null, html: "<p>Bonjour</p>", text: "", quoted: null, signature: null, blocked_images: 2, attachments: [],
  });
  await click("original");
  const frame = one("letter") as HTMLIFrameElement;
  expect(frame.getAttribute("sandbox")).not.toContain("scripts");
  expect(frame.getAttribute("sandbox")).not.toContain("same-origin");
  expect(frame.getAttribute("srcdoc")).toContain("<p>Bonjour</p>");
  await click("show-images");
  expect(original.mock.calls.map((call) => call[2])).toEqual([false, true]);
});

test("an automatic mail says what it is", async () => {
  await show(message(1, { automatic: "auto_reply", channel: "mail" }), message(2, { automatic: "something_new" }));
  expect(all("message").map((each) => each.dataset.automatic)).toEqual(["auto_reply", "something_new"]);
  expect(all("message")[0]?.textContent).toContain("Automatic reply");
  expect(all("message")[1]?.textContent).toContain("Automatic message");
});

test("an album goes on without being greyed, and what a platform does not pass on is for people", async () => {
  await show(message(1, { channel: "telegram", automatic: "album" }), message(2, { channel: "whatsapp", automatic: "unsupported" }), message(3, { automatic: "list" }));
  expect(all("message").map((each) => each.classList.contains("automatic"))).toEqual([false, false, true]);
  expect(all("message")[0]?.querySelector(".automatic-why")?.textContent).toBe("Part of an album");
  expect(all("message")[1]?.textContent).toContain("Of a kind the platform does not pass on. The assistant does not answer it.");
});

test("what was not delivered says why, and is sent again", async () => {
  await show(message(1, { from: "agent", delivery: "failed", error: "They no longer take messages there." }));
  expect(one("not-delivered").querySelector("span span")?.textContent).toBe("Not delivered. They no longer take messages there.");
  vi.spyOn(desk.api, "resend").mockResolvedValue({ message: message(1, { from: "agent", delivery: "queued" }) });
  await click("resend");
  expect(all("not-delivered")).toHaveLength(0);
});

test("edits, deletions, quotes and reactions are shown", async () => {
  await show(message(1, { text: "before", edited: true, reactions: ["👍"] }), message(2, { text: "", deleted: true, files: [file("p")] }), message(3, { quote: 1 }));
  expect(all("message")[0]?.textContent).toContain("edited");
  expect(all("message")[1]?.textContent).toContain("Deleted by the customer");
  expect(all("file")).toHaveLength(0);
  expect(all("message")[2]?.querySelector(".quote")?.textContent).toContain("before");
});

test("messages stand in their place, whatever order they came in", async () => {
  await show(message(1), message(2, { place: 0.5 }));
  expect(all("message").map((each) => each.dataset.seq)).toEqual(["2", "1"]);
});

test("an answer waits for its files, goes with them, and a refused one stays in sight", async () => {
  await show(message(1));
  let arrives: (value: { file: FileRef }) => void = () => {};
  vi.spyOn(desk.api, "upload")
    .mockImplementationOnce(() => new Promise((resolve) => (arrives = resolve)))
    .mockRejectedValueOnce(new Refused(413, "too_large", "Too large: 10 MB at most."));
  const send = vi.spyOn(desk.api, "send").mockResolvedValue({ message: message(2, { from: "agent" }) });
  await act(() => desk.uploads.add("x", [new File(["x"], "a.png")]));
  await click("send");
  expect(send).not.toHaveBeenCalled();
  await act(() => arrives({ file: file("f1") }));
  await settle();
  expect(send).toHaveBeenCalledWith("x", expect.any(String), "", ["f1"], { seen: 1 });
  await act(() => desk.uploads.add("x", [new File(["x"], "big.png")]));
  await settle();
  expect(one("attached").textContent).toContain("Too large: 10 MB at most.");
  expect(one("attached").dataset.state).toBe("failed");
});

test("addresses are read whichever way a channel tells them", () => {
  expect(addresses([{ name: "A", address: "a@x.fr" }, "b@x.fr", { email: "c@x.fr" }, null, 3])).toBe("A <a@x.fr>, b@x.fr, c@x.fr");
  expect(bareSubject("RE: Fwd: Lampe")).toBe(bareSubject("lampe"));
  expect(bareSubject(null)).toBeNull();
});
