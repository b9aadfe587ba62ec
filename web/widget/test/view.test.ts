import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Host, Widget } from "../src/host";
import { Store } from "../src/storage";
import { mount } from "../src/widget";
import { cardAddress, textNodes } from "../src/view/text";
import { FakeSocket, message, welcomeFrame } from "./fakes";

const BASE = "https://relais.example";
const NASTY = '<img src=x onerror="alert(1)"><script>alert(2)</script> & <b>gras</b>';
let panel: HTMLElement;
let widget: Widget;

function show(): void {
  panel = document.createElement("div");
  document.body.replaceChildren(panel);
  const host: Host = {
    base: BASE, store: new Store(BASE), language: "fr", panel,
    addStyles: () => {}, companyAccent: () => {}, unread: () => {}, languageChanged: () => {}, close: () => {},
  };
  widget = mount(host);
  widget.opened();
}

const all = (id: string) => [...panel.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
const one = (id: string) => {
  const found = all(id)[0];
  if (!found) throw new Error(`nothing called ${id}`);
  return found;
};

beforeEach(() => {
  localStorage.clear();
  FakeSocket.install();
  vi.stubGlobal("fetch", () => Promise.reject(new Error("no configuration")));
  show();
});

afterEach(() => vi.unstubAllGlobals());

describe("messages", () => {
  test("HTML and scripts are shown as the text they are, in bubbles, buttons and cards", () => {
    FakeSocket.last.welcomes({
      conversation: "c1", last: 1,
      messages: [
        message(1, {
          text: NASTY, name: NASTY, buttons: [{ title: NASTY }],
          cards: [{ kind: "order", title: NASTY, text: NASTY, url: "javascript:alert(3)", lines: [NASTY] }],
        }),
      ],
    });
    expect(panel.querySelector(".bubble")?.textContent).toBe(NASTY);
    expect(one("quick-reply").textContent).toBe(NASTY);
    expect(one("card").querySelector("li")?.textContent).toBe(NASTY);
    expect(panel.querySelectorAll("img, script, .list b")).toHaveLength(0);
    expect(one("card").querySelector("a")).toBeNull();
  });

  test("every bubble finds its own direction and says its language", () => {
    FakeSocket.last.welcomes({ conversation: "c1", last: 1, messages: [message(1, { text: "شكرا", language: "en" })] });
    const bubble = panel.querySelector(".bubble");
    expect(bubble?.getAttribute("dir")).toBe("auto");
    expect(bubble?.getAttribute("lang")).toBe("en");
  });

  test("data-from and data-seq follow the message, also from sending to stored, on the same element", () => {
    FakeSocket.last.welcomes();
    const field = one("composer") as HTMLTextAreaElement;
    field.value = "bonjour";
    field.dispatchEvent(new Event("input"));
    one("composer").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    const [node] = all("message");
    expect(node?.dataset).toMatchObject({ from: "customer", state: "sending" });
    expect(node?.dataset.seq).toBeUndefined();
    const id = String(FakeSocket.last.ofType("message")[0]?.client_id);
    FakeSocket.last.says({ type: "ack", client_id: id, seq: 1, conversation: "c1" });
    expect(all("message")).toEqual([node]);
    expect(node?.dataset).toMatchObject({ seq: "1", state: "sent" });
  });

  test("order is kept when a later message regroups an earlier one", () => {
    FakeSocket.last.welcomes({ conversation: "c1", last: 2, messages: [message(1), message(2)] });
    for (let seq = 3; seq < 9; seq++) {
      FakeSocket.last.says({ type: "message", message: message(seq, { from: seq % 2 ? "agent" : "bot", at: "2026-11-23T09:30:00Z" }) });
    }
    one("language").click();
    expect(all("message").map((node) => node.dataset.seq)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
  });

  test("Enter during composition and Shift+Enter do not send", () => {
    FakeSocket.last.welcomes();
    (one("composer") as HTMLTextAreaElement).value = "にほん";
    one("composer").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true }));
    one("composer").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", shiftKey: true }));
    expect(FakeSocket.last.ofType("message")).toHaveLength(0);
  });
});

describe("controls", () => {
  test("quick replies stand under the last message only and go once used", () => {
    const buttons = [{ title: "Oui" }, { title: "Non" }];
    FakeSocket.last.welcomes({ conversation: "c1", last: 1, messages: [message(1, { buttons })] });
    expect(all("quick-reply").map((node) => node.textContent)).toEqual(["Oui", "Non"]);
    all("quick-reply")[1]?.click();
    expect(all("quick-reply")).toHaveLength(0);
    expect(FakeSocket.last.ofType("message")).toMatchObject([{ text: "Non", button: { seq: 1, index: 1 } }]);
  });

  test("the way to a person is there with the assistant and gone with a person", () => {
    FakeSocket.last.welcomes();
    expect(one("person").hidden).toBe(false);
    one("person").click();
    expect(FakeSocket.last.ofType("message")).toMatchObject([{ action: "person" }]);
    FakeSocket.last.says({ type: "owner", owner: { kind: "queue", name: null, ahead: 2, minutes: 4 } });
    expect(one("person").hidden).toBe(true);
    expect(one("status").textContent).toBe("2 personnes avant vous, environ 4\u00a0min");
    FakeSocket.last.says({ type: "owner", owner: { kind: "agent", name: "Claire" } });
    expect(panel.querySelector("#relais-who")?.textContent).toBe("Claire");
  });

  test("switching the language says everything again and tells the server", () => {
    FakeSocket.last.welcomes();
    one("language").click();
    expect(one("person").textContent).toBe("Talk to a person");
    expect(panel.lang).toBe("en");
    expect(FakeSocket.last.ofType("language")).toEqual([{ type: "language", language: "en" }]);
  });

  test("a new conversation clears the stream", () => {
    FakeSocket.last.welcomes({ conversation: "c1", last: 1, messages: [message(1)] });
    one("new").click();
    expect(all("message")).toHaveLength(0);
    expect(FakeSocket.last.ofType("new")).toHaveLength(1);
    FakeSocket.last.says(welcomeFrame());
  });
});

describe("links", () => {
  const html = (text: string) => {
    const box = document.createElement("p");
    box.append(...textNodes(text));
    return box;
  };

  test("https addresses become links without the sentence's punctuation", () => {
    const box = html("Voir (https://exemple.fr/a_(b)), puis https://x.fr/?q=1&r=2.");
    expect([...box.querySelectorAll("a")].map((a) => a.getAttribute("href"))).toEqual(["https://exemple.fr/a_(b)", "https://x.fr/?q=1&r=2"]);
    expect(box.querySelector("a")?.rel).toBe("noopener noreferrer");
    expect(box.textContent).toBe("Voir (exemple.fr/a_(b)), puis x.fr/?q=1&r=2.");
  });

  test.each(["http://clair.fr", "javascript:alert(1)", "data:text/html,x", "https://banque.fr@mechant.fr/", "https://"])(
    "%s stays text",
    (text) => expect(html(text).querySelector("a")).toBeNull(),
  );

  test("cards lead to this server's paths and to https only", () => {
    expect(cardAddress("/fr/aide/x", BASE)).toBe(`${BASE}/fr/aide/x`);
    expect(cardAddress("https://colis.fr/1", BASE)).toBe("https://colis.fr/1");
    for (const bad of ["//mechant.fr", "/\\mechant.fr", "http://x.fr", "javascript:alert(1)", "", null]) expect(cardAddress(bad, BASE)).toBeNull();
  });
});
