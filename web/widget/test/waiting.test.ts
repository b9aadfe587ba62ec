import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Chat } from "../src/chat/chat";
import type { Config } from "../src/chat/protocol";
import { Speech } from "../src/i18n";
import { words } from "../src/more";
import { Store } from "../src/storage";
import type { Page } from "../src/view/sheet";
import { Waiting } from "../src/view/waiting";
import { FakeSocket } from "./fakes";

const BASE = "https://relais.example";
const FACTS = [
  { name: "goal", label: "Votre demande", value: "il manque un bol", corrected: false },
  { name: "order_number", label: "Commande", value: "<b>10234</b>", corrected: false },
];
const answers: Record<string, (body: Record<string, unknown>) => [number, unknown]> = {};
const asked: [string, Record<string, unknown>][] = [];
let chat: Chat;
let opened: Page[];

function card(config: Partial<Config> = {}): Waiting {
  const speech = new Speech("fr");
  speech.learn(words);
  const waiting = new Waiting(chat, speech, () => config as Config, (page) => opened.push(page), () => {});
  chat.listen(() => waiting.render());
  return waiting;
}

const part = (waiting: Waiting, name: string) => waiting.element.querySelector<HTMLElement>(`[data-testid=${name}]`);
const settled = () => new Promise((done) => setTimeout(done));

beforeEach(() => {
  localStorage.clear();
  FakeSocket.install();
  asked.length = 0;
  opened = [];
  answers["/chat/passport"] = () => [200, { facts: FACTS, call_back: false }];
  vi.stubGlobal("fetch", async (address: string, { body }: { body: string | null }) => {
    const path = new URL(address).pathname;
    const sent = body ? (JSON.parse(body) as Record<string, unknown>) : {};
    asked.push([path, sent]);
    const [status, answer] = answers[path]?.(sent) ?? [404, {}];
    return new Response(JSON.stringify(answer), { status });
  });
  chat = new Chat(BASE, new Store(BASE), "fr");
  chat.start();
});

afterEach(() => {
  chat.stop();
  vi.unstubAllGlobals();
});

function waits(): void {
  FakeSocket.last.welcomes({ conversation: "c1", owner: { kind: "queue", name: null, ahead: 2, minutes: 4 } });
}

test("what is passed on stands there as text, and is read once however often the place changes", async () => {
  const waiting = card();
  waits();
  await settled();
  FakeSocket.last.says({ type: "owner", owner: { kind: "queue", name: null, ahead: 1, minutes: 2 } });
  await settled();
  expect(part(waiting, "passed-on")?.textContent).toContain("<b>10234</b>");
  expect(waiting.element.querySelector("b")).toBeNull();
  expect(asked.length).toBe(1);
  FakeSocket.last.says({ type: "owner", owner: { kind: "agent", name: "Claire" } });
  expect(waiting.element.textContent).toBe("");
});

test("a fact is corrected, a value that cannot be one says why, and both by keyboard", async () => {
  const waiting = card();
  document.body.replaceChildren(waiting.element);
  waits();
  await settled();
  part(waiting, "correct")?.click();
  const field = part(waiting, "fact-order_number") as HTMLInputElement;
  expect(document.activeElement).toBe(part(waiting, "fact-goal"));
  answers["/chat/passport"] = () => [422, { code: "bad_value", message: "Ce numéro ne semble pas complet." }];
  field.value = "x";
  field.form?.requestSubmit();
  await settled();
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(field);
  expect(field.form?.textContent).toContain("Ce numéro ne semble pas complet.");
  answers["/chat/passport"] = ({ to }) => [200, { facts: [{ ...FACTS[1], value: to, corrected: true }], call_back: false }];
  field.value = " 10235 ";
  field.form?.requestSubmit();
  await settled();
  expect(asked.at(-1)?.[1]).toMatchObject({ conversation: "c1", name: "order_number", value: "<b>10234</b>", to: "10235" });
  expect(part(waiting, "passed-on")?.textContent).toContain("10235 (corrigé par vous)");
  part(waiting, "correct")?.click();
  part(waiting, "remove-order_number")?.click();
  await settled();
  expect(asked.at(-1)?.[1]).toMatchObject({ to: null });
});

test("the ways out are those there are", async () => {
  answers["/chat/passport"] = () => [200, { facts: [], call_back: true }];
  const waiting = card({ answer_by_mail: true, elsewhere: [{ channel: "telegram", label: "Telegram" }] });
  waits();
  await settled();
  for (const name of ["answer-by-mail", "wait-elsewhere", "call-back"]) part(waiting, name)?.click();
  expect(opened.map(({ title }) => title)).toEqual(["answer", "elsewhere", "callBack"]);
  expect(part(waiting, "passed-on")).toBeNull();
  FakeSocket.last.says({ type: "owner", owner: { kind: "queue", name: null, by_mail: "l…@example.com" } });
  expect(part(waiting, "goes-to")?.textContent).toBe("La réponse ira à l…@example.com.");
  expect(part(waiting, "answer-by-mail")).toBeNull();
});

test("a call is booked from the windows there are, and a refusal keeps what was typed", async () => {
  answers["/chat/passport"] = () => [200, { facts: [], call_back: true }];
  answers["/chat/call-back"] = ({ phone }) =>
    phone === undefined
      ? [200, { windows: [{ starts_at: "2026-11-24T09:00:00+01:00", label: "mardi 24 novembre entre 9 h et 9 h 30" }], phone: null }]
      : phone === "06"
        ? [422, { code: "bad_value", message: "Ce numéro de téléphone ne semble pas complet." }]
        : [200, { when: "mardi 24 novembre entre 9 h et 9 h 30", reference: "ABCD-EFGH" }];
  const waiting = card();
  waits();
  await settled();
  part(waiting, "call-back")?.click();
  const body = document.createElement("div");
  document.body.replaceChildren(body);
  opened[0]?.draw(body);
  await settled();
  const number = body.querySelector<HTMLInputElement>("[data-testid=call-number]")!;
  number.value = "06";
  number.form?.requestSubmit();
  await settled();
  expect(body.querySelector("[role=alert]")?.textContent).toContain("ne semble pas complet");
  expect(number.value).toBe("06");
  number.value = "06 39 98 12 34";
  number.form?.requestSubmit();
  await settled();
  expect(body.textContent).toBe("C’est noté\u00a0: nous vous appelons mardi 24 novembre entre 9 h et 9 h 30. Votre référence est ABCD-EFGH.");
});

test("an answer by mail that a code is to prove first is not promised yet", async () => {
  answers["/chat/answer"] = () => [200, { email: "l…@example.com", code: true }];
  const waiting = card({ answer_by_mail: true });
  waits();
  await settled();
  part(waiting, "answer-by-mail")?.click();
  const body = document.createElement("div");
  document.body.replaceChildren(body);
  opened[0]?.draw(body);
  body.querySelector<HTMLInputElement>("input")!.value = "lea@example.com";
  body.querySelector("form")?.requestSubmit();
  await settled();
  expect(body.textContent).toBe("Un code est parti à l…@example.com. Tapez-le dans la conversation.");
  expect([part(waiting, "goes-to"), chat.owner.by_mail]).toEqual([null, undefined]);
});
