import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Host, Widget } from "../src/host";
import { Store } from "../src/storage";
import "../src/more";
import { mount } from "../src/widget";
import { cardAddress, textNodes } from "../src/view/text";
import { FakeSocket, file, message, welcomeFrame } from "./fakes";

const BASE = "https://relais.example";
const NASTY = '<img src=x onerror="alert(1)"><script>alert(2)</script> & <b>gras</b>';
let panel: HTMLElement;
let widget: Widget;

function show(): void {
  panel = document.createElement("div");
  document.body.replaceChildren(panel);
  const host: Host = {
    base: BASE, store: new Store(BASE), language: "fr", user: null, panel,
    addStyles: () => {}, script: () => Promise.reject(new Error("all of it is here")), companyAccent: () => {}, unread: () => {}, languageChanged: () => {}, close: () => {},
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

describe("what a message carries", () => {
  const show = (...messages: ReturnType<typeof message>[]) =>
    FakeSocket.last.welcomes({ conversation: "c1", last: messages.length, messages });

  test("several cards are leafed through with named arrows, one stands alone", () => {
    const card = (title: string) => ({ kind: "article" as const, title, text: "", url: null });
    show(message(1, { cards: [card("un")] }), message(2, { cards: [card("un"), card("deux")] }));
    expect(all("carousel")).toHaveLength(1);
    expect(one("carousel").tabIndex).toBe(0);
    expect(one("nextCard").getAttribute("aria-label")).toBe("Fiche suivante");
    expect(one("previousCard").getAttribute("aria-disabled")).toBe("true");
    one("nextCard").click();
    expect(one("nextCard").getAttribute("aria-disabled")).toBe("true");
  });

  test("a product shows what it costs in the visitor's language, and stands without its picture", () => {
    const product = (more: object) => ({ kind: "product" as const, title: "Fauteuil Cantal", text: "Disponible", url: "https://boutique.fr/cantal", lines: [], ...more });
    const price = { minor: 124990, currency: "EUR", lowest: true };
    show(message(1, { cards: [product({ price, picture: "https://boutique.fr/cantal.jpg" })] }), message(2, { cards: [product({ picture: "javascript:alert(1)" })] }));
    const image = one("card").querySelector("img");
    expect([image?.alt, image?.loading]).toEqual(["Fauteuil Cantal", "lazy"]);
    expect(one("card").querySelector(".card-price")?.textContent?.replace(/[\u00a0\u202f]/g, " ")).toBe("dès 1 249,90 €");
    image?.dispatchEvent(new Event("error"));
    expect(panel.querySelectorAll(".card img")).toHaveLength(0);
    expect(one("card").querySelector("a")?.textContent).toContain("Voir en boutique");
    expect(all("card")[1]?.querySelector(".card-price")).toBeNull();
  });

  test("an order without lines and a card of a kind that is not known yet are shown", () => {
    const bare = { kind: "order", title: "Commande 10234" } as never;
    show(message(1, { cards: [bare] }), message(2, { cards: [{ kind: "coupon", title: "Moins dix" } as never] }));
    expect(all("card").map((each) => each.textContent)).toEqual(["Commande 10234", "Moins dix"]);
  });

  test("a place leads to a map, and a contact can be called, written to and saved", () => {
    show(message(1, {
      location: { latitude: 45.764, longitude: 4.8357, name: "La boutique", address: "12 rue Mercière" },
      contacts: [{ name: "Camille; Martin", phones: ["+33 4 72 00 00 00"], emails: ["camille@maison.fr"] }],
    }));
    expect(one("location").textContent).toContain("12 rue Mercière");
    const [call, write, save] = [...one("contact").querySelectorAll("a")];
    expect([call?.getAttribute("href"), write?.getAttribute("href")]).toEqual(["tel:+33472000000", "mailto:camille@maison.fr"]);
    expect(save?.download).toBe("Camille; Martin.vcf");
    expect(decodeURIComponent(save?.href ?? "").split("\r\n").slice(2, 5)).toEqual(["FN:Camille\\; Martin", "N:;Camille\\; Martin", "TEL:+33 4 72 00 00 00"]);
  });

  test("a quote, an edit, reactions and a deletion are shown", () => {
    show(
      message(1, { from: "customer", text: "le bon numéro", edited: true }),
      message(2, { quote: 1, reactions: ["👍"] }),
      message(3, { from: "customer", text: "", deleted: true, files: [file("p")] }),
    );
    expect(all("message")[0]?.textContent).toContain("modifié");
    expect(all("message")[1]?.querySelector(".quote")?.textContent).toContain("le bon numéro");
    expect(all("message")[1]?.querySelector(".reactions")?.getAttribute("aria-label")).toContain("👍");
    expect(all("message")[2]?.textContent).toContain("Message supprimé");
    expect(all("file")).toHaveLength(0);
  });

  test("a change of a message shown before is drawn in its place", () => {
    const pending = file("p", { state: "pending", url: null });
    show(message(1, { files: [pending] }), message(2));
    FakeSocket.last.says({ type: "message", message: message(1, { files: [file("p")] }) });
    expect(one("file").tagName).toBe("A");
    expect(all("message").map((node) => node.dataset.seq)).toEqual(["1", "2"]);
  });

  test("messages stand in their place, whatever order they came in", () => {
    show(message(1), message(2, { text: "late", place: 0.5 }));
    expect(all("message").map((node) => node.dataset.seq)).toEqual(["2", "1"]);
  });

  test("the last message of the visitor says how far it came", () => {
    show(message(1), message(2, { from: "customer", delivery: null }));
    expect(one("reached").textContent).toBe("Envoyé");
    FakeSocket.last.says({ type: "delivery", seq: 2, delivery: "read" });
    expect(one("reached").textContent).toBe("Lu");
    FakeSocket.last.says({ type: "message", message: message(3) });
    expect(all("reached")).toHaveLength(0);
  });
});

describe("conversations and other channels", () => {
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  const answers: Record<string, unknown> = {
    "/chat/config": { company: "M", assistant: "", accent: null, hours: "", languages: ["fr"], max_length: 100, elsewhere: [{ channel: "telegram", label: "Telegram" }] },
    "/chat/conversations": { items: [
      { id: "c1", closed: false, last: { from: "bot", text: "ici", at: "2026-11-22T09:30:00Z" }, unread: 3 },
      { id: "c2", closed: true, last: { from: "agent", text: "<b>avant</b>", at: "2026-11-20T09:30:00Z" }, unread: 2 },
    ] },
    "/chat/elsewhere": { link: "javascript:alert(1)", code: "ABCD-EFGH-JKLM", expires: "2026-11-22T10:30:00Z" },
  };

  beforeEach(async () => {
    vi.stubGlobal("fetch", (url: string) => {
      const answer = answers[new URL(url).pathname];
      return Promise.resolve(new Response(JSON.stringify(answer ?? {}), { status: answer ? 200 : 404 }));
    });
    show();
    FakeSocket.last.welcomes({ conversation: "c1", last: 1, messages: [message(1)] });
    await settle();
  });

  test("the list shows where one is and what is new, and opens another one", async () => {
    one("conversations").click();
    await settle();
    expect(all("conversation").map((node) => node.getAttribute("aria-current"))).toEqual(["true", null]);
    expect(all("unread").map((node) => node.textContent)).toEqual(["2 nouveaux"]);
    expect(all("conversation")[1]?.querySelector("b")).toBeNull();
    all("conversation")[1]?.click();
    expect(one("sheet").hidden).toBe(true);
    expect(FakeSocket.last.hello).toMatchObject({ conversation: "c2", after: 0 });
  });

  test("one does not leave while a message is on its way", async () => {
    (one("composer") as HTMLTextAreaElement).value = "attends";
    one("composer").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    one("conversations").click();
    await settle();
    all("conversation")[1]?.click();
    expect(FakeSocket.last.hello.conversation).not.toBe("c2");
    expect(one("sheet-alert").textContent).toContain("encore en route");
  });

  test("going elsewhere shows the code, and no link that is not one", async () => {
    expect(one("elsewhere").hidden).toBe(false);
    one("elsewhere").click();
    one("way").click();
    await settle();
    expect(one("code").textContent).toBe("ABCD-EFGH-JKLM");
    expect(all("go-there")).toHaveLength(0);
    one("sheet").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", cancelable: true }));
    expect(one("sheet").hidden).toBe(true);
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
    for (const bad of ["//mechant.fr", "/\\mechant.fr", "/\t/mechant.fr", "http://x.fr", "javascript:alert(1)", "", null]) expect(cardAddress(bad, BASE)).toBeNull();
  });
});
