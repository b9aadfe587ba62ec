// What goes with an answer besides words and files: a place, and copies where the channel sends them.

import { act } from "preact/test-utils";
import { describe, expect, test, vi, type MockInstance } from "vitest";
import { Api } from "../src/api";
import { contactOf } from "../src/contacts";
import { addressesIn, lastCopies, sendable } from "../src/copies";
import { coordinates } from "../src/places";
import type { DeskMessage, Summary } from "../src/types";
import { all, click, desk, mounted, one, settle } from "./mounted";
import { answer, claire, message, mine, summary } from "./shapes";

let sent: MockInstance<Api["send"]>;

const type = async (id: string, value: string): Promise<void> => {
  const field = one(id) as HTMLInputElement;
  field.value = value;
  await act(() => void field.dispatchEvent(new Event("input", { bubbles: true })));
};
const press = (id: string, key: string): Promise<void> =>
  act(() => void one(id).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));

async function show(change: Partial<Summary>, ...messages: DeskMessage[]): Promise<void> {
  vi.spyOn(desk.api, "session").mockResolvedValue({ agent: { ...claire, language: "en" }, csrf: "x" });
  vi.spyOn(desk.api, "channelNames").mockResolvedValue({ ways: {}, copies: ["letters"] });
  vi.spyOn(desk.api, "list").mockResolvedValue({ items: [summary("x")], counts: { waiting: 1, mine: 0, assistant: 0 }, next: null });
  vi.spyOn(desk.api, "conversation").mockResolvedValue(answer("x", { conversation: summary("x", { owner: mine, ...change }), messages }));
  sent = vi.spyOn(desk.api, "send").mockImplementation(async (_id, clientId, text, _files, along) =>
    ({ message: message(9, { from: "agent", client_id: clientId, text, copies: { cc: along?.cc ?? [], bcc: along?.bcc ?? [] } }) }));
  await act(() => desk.start());
  await settle();
}

mounted("#/waiting/x", (made) => made.keep.prefer({ undoSend: false }));

test.each([
  ["45.7578, 4.8320", 45.7578, 4.832], ["(45.7578 4.832)", 45.7578, 4.832], ["45,7578 ; 4,832", 45.7578, 4.832],
  ["https://www.openstreetmap.org/?mlat=45.1&mlon=4.2#map=16/45.9/4.9", 45.1, 4.2], ["https://www.openstreetmap.org/#map=16/45.9/-4.9", 45.9, -4.9],
  ["https://www.google.com/maps/place/X/@45.1,4.2,17z/data=!3d45.3!4d4.4", 45.3, 4.4], ["https://www.google.com/maps/@45.1,4.2,17z", 45.1, 4.2],
  ["https://maps.apple.com/?ll=45.1,4.2&q=Shop", 45.1, 4.2], ["https://maps.google.com/?q=45.1%2C4.2", 45.1, 4.2], ["geo:45.1,4.2?z=3", 45.1, 4.2],
])("a place is read out of %s", (pasted, latitude, longitude) => {
  expect(coordinates(pasted)).toEqual({ latitude, longitude });
});

test.each(["", "12 rue de la République, Lyon", "91, 0", "45, 181", "NaN, NaN", "45.1", "javascript:alert(1)"])("no place is read out of %j", (pasted) => {
  expect(coordinates(pasted)).toBeNull();
});

test.each([
  [{ name: "A", phones: "", emails: "" }, "phones", "empty"], [{ name: " ", phones: "0472000000", emails: "" }, "name", "empty"],
  [{ name: "A", phones: "12", emails: "" }, "phones", "wrong"], [{ name: "A", phones: "", emails: "a@" }, "emails", "wrong"],
  [{ name: "A", phones: "1111,2222,3333,4444,5555,6666", emails: "" }, "phones", "many"],
])("no contact is made of %j", (typed, field, why) => {
  expect(contactOf(typed)).toMatchObject({ field, why });
});

test("a contact has each of its numbers once, whatever blanks they were pasted with", () => {
  const typed = { name: "A", phones: "04\u00a072\u202f00 00 00; 04 72 00 00 00", emails: "Al <a@x.fr>" };
  expect(contactOf(typed)).toEqual({ name: "A", phones: ["04 72 00 00 00"], emails: ["a@x.fr"] });
});

test("addresses are told from what is none, each once", () => {
  expect(addressesIn("Paul <paul@x.fr>; PAUL@x.fr,\n emma@x.fr")).toEqual({ good: ["PAUL@x.fr", "emma@x.fr"], bad: [] });
  expect(addressesIn("paul, a@b@c d@e").bad).toEqual(["paul", "a@b@c d@e"]);
  expect(sendable(Array.from({ length: 11 }, (_, n) => `a${n}@x.fr`).join(","))).toBe(false);
});

describe("the composer", () => {
  test("sends a place, by keyboard alone", async () => {
    await show({}, message(1));
    await click("place");
    expect(document.activeElement).toBe(one("place-where"));
    await type("place-where", "12 rue de la République");
    await press("place-where", "Enter");
    expect(one("place-form").textContent).toContain("No place can be read from this.");
    expect(one("place-where").getAttribute("aria-invalid")).toBe("true");
    await type("place-where", "45.7578, 4.832");
    await type("place-name", "La boutique");
    await press("place-name", "Enter");
    expect(all("place-form")).toHaveLength(0);
    expect(one("place-chip").textContent).toContain("La boutique");
    expect(document.activeElement).toBe(one("composer"));
    await click("send");
    expect(sent.mock.calls.map((call) => call.slice(2))).toEqual([
      ["", [], { location: { latitude: 45.7578, longitude: 4.832, name: "La boutique", address: "" }, seen: 1 }],
    ]);
    expect(all("place-chip")).toHaveLength(0);
  });

  test("closes the place again and sends none", async () => {
    await show({}, message(1));
    await click("place");
    await press("place-where", "Escape");
    expect(all("place-form")).toHaveLength(0);
    expect(document.activeElement).toBe(one("composer"));
    expect(sent).not.toHaveBeenCalled();
  });

  test("sends somebody's details, by keyboard alone, once there is something to reach them by", async () => {
    await show({}, message(1));
    await click("person");
    expect(document.activeElement).toBe(one("person-name"));
    await press("person-name", "Enter");
    expect(one("person-form").textContent).toContain("A contact needs a name.");
    await type("person-name", " Camille  Martin ");
    await press("person-name", "Enter");
    expect(document.activeElement).toBe(one("person-phones"));
    expect(one("person-phones").getAttribute("aria-invalid")).toBe("true");
    await type("person-phones", "04 72 00 00 00, workshop");
    await press("person-phones", "Enter");
    expect(one("person-form").textContent).toContain("“workshop” is not a telephone number.");
    await type("person-phones", "04 72 00 00 00");
    await type("person-emails", "camille@maison.example");
    await press("person-emails", "Enter");
    expect(all("person-form")).toHaveLength(0);
    expect(one("person-chip").textContent).toContain("04 72 00 00 00 · camille@maison.example");
    expect(document.activeElement).toBe(one("composer"));
    await click("send");
    const contacts = [{ name: "Camille Martin", phones: ["04 72 00 00 00"], emails: ["camille@maison.example"] }];
    expect(sent.mock.calls.map((call) => call.slice(2))).toEqual([["", [], { contacts, seen: 1 }]]);
    expect(all("person-chip")).toHaveLength(0);
  });

  test("opens one form at a time, and a contact is taken out again", async () => {
    await show({}, message(1));
    await click("place");
    await click("person");
    expect(all("place-form")).toHaveLength(0);
    await type("person-name", "Camille");
    await type("person-emails", "camille@maison.example");
    await click("person-add");
    await act(() => one("person-chip").querySelector("button")?.click());
    expect(all("person-chip")).toHaveLength(0);
    expect(sent).not.toHaveBeenCalled();
  });

  test("offers no copies where none are sent", async () => {
    await show({}, message(1));
    expect(all("copies")).toHaveLength(0);
  });

  test("sends copies, says who had them, and keeps them for the next answer", async () => {
    await show({ channel: "letters" }, message(1));
    await click("copies");
    expect(document.activeElement).toBe(one("cc"));
    await type("cc", "paul@x.fr, nobody");
    await type("composer", "Here it is.");
    await click("send");
    expect(sent).not.toHaveBeenCalled();
    expect(one("cc-trouble").textContent).toBe("“nobody” is not an e-mail address");
    await type("cc", "Paul <paul@x.fr>");
    await type("bcc", "chief@x.fr");
    await click("send");
    expect(sent.mock.calls[0]?.[4]).toEqual({ cc: ["paul@x.fr"], bcc: ["chief@x.fr"], seen: 1 });
    expect(one("copied").textContent).toBe("Cc paul@x.fr · Bcc chief@x.fr");
    await type("composer", "And this.");
    await click("send");
    expect(sent.mock.calls[1]?.[4]).toEqual({ cc: ["paul@x.fr"], bcc: ["chief@x.fr"], seen: 9 });
    await click("copies");
    await type("composer", "For you alone.");
    await click("send");
    expect(sent.mock.calls[2]?.[4]).toEqual({ seen: 9 });
  });

  test("begins with those who read the last answer", async () => {
    const ours = message(2, { from: "agent", agent_id: "a1", copies: { cc: ["paul@x.fr"], bcc: [] } });
    await show({ answer_by: { channel: "letters", to: "marie@x.fr" } }, message(1), ours, message(3));
    expect((one("cc") as HTMLInputElement).value).toBe("paul@x.fr");
    expect(document.activeElement).not.toBe(one("cc"));
    expect(lastCopies([message(1)])).toEqual({ cc: "", bcc: "" });
  });
});
