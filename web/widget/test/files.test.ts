import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FileRef } from "../src/chat/protocol";
import { Refusal, Requests } from "../src/chat/requests";
import { AT_MOST, Tray } from "../src/chat/tray";
import { Speech } from "../src/i18n";
import { Store } from "../src/storage";
import { files, fitted } from "../src/view/files";
import { file } from "./fakes";

const BASE = "https://relais.example";
const LIMITS = { max_bytes: 1_000, types: ["image/*", "application/pdf", ".csv"] };
const picture = (name = "a.png", size = 10) => new File(["x".repeat(size)], name, { type: "image/png" });
const settle = () => new Promise((resolve) => setTimeout(resolve));

interface Upload {
  name: string;
  stop: AbortSignal;
  progress(share: number): void;
  arrives(file: FileRef): void;
  fails(error: Error): void;
}
let uploads: Upload[] = [];

function tray(ready = true): Tray {
  const requests = new Requests(BASE, () => ({ visitor: "v1", user: null }));
  vi.spyOn(requests, "upload").mockImplementation((source, progress, stop) =>
    new Promise((arrives, fails) => {
      uploads.push({ name: source.name, stop, progress, arrives, fails });
      stop.addEventListener("abort", () => fails(new Error("stopped")));
    }));
  const made = new Tray(new Store(BASE), requests, () => ready);
  made.limits = LIMITS;
  return made;
}

const states = (held: Tray) => held.items.map((item) => item.trouble ?? (item.file ? "kept" : "sending"));

beforeEach(() => {
  localStorage.clear();
  uploads = [];
});
afterEach(() => vi.restoreAllMocks());

describe("the tray", () => {
  test("sends files one after the other and tells how far they are", async () => {
    const held = tray();
    held.add([picture("a.png"), picture("b.png")]);
    expect(uploads.map((upload) => upload.name)).toEqual(["a.png"]);
    uploads[0]?.progress(0.5);
    expect(held.items[0]?.progress).toBe(0.5);
    uploads[0]?.arrives(file("f1"));
    await settle();
    expect(uploads.map((upload) => upload.name)).toEqual(["a.png", "b.png"]);
    expect(states(held)).toEqual(["kept", "sending"]);
    expect(held.busy).toBe(true);
  });

  test("what cannot be taken is said before anything is sent", () => {
    const held = tray();
    held.add([picture("big.png", 2_000), new File(["x"], "a.exe", { type: "application/x-dosexec" }), picture("empty.png", 0)]);
    held.add([new File(["x"], "list.csv", { type: "text/csv" })]);
    expect(states(held)).toEqual(["too_large", "file_type", "empty", "sending"]);
    expect(uploads.map((upload) => upload.name)).toEqual(["list.csv"]);
  });

  test("a refusal stays with the draft in its own words, and what can be tried again is", async () => {
    const held = tray();
    held.add([picture("a.png"), picture("b.png")]);
    uploads[0]?.fails(new Refusal("file_infected", ""));
    await settle();
    uploads[1]?.fails(new Error("unreachable"));
    await settle();
    expect(states(held)).toEqual(["file_infected", "failed"]);
    held.retry(held.items[1]?.key ?? "");
    expect(uploads.map((upload) => upload.name)).toEqual(["a.png", "b.png", "b.png"]);
  });

  test("removing one on its way stops it, and the next one goes", async () => {
    const held = tray();
    held.add([picture("a.png"), picture("b.png")]);
    held.remove(held.items[0]?.key ?? "");
    expect(uploads[0]?.stop.aborted).toBe(true);
    await settle();
    expect(uploads.map((upload) => upload.name)).toEqual(["a.png", "b.png"]);
    expect(states(held)).toEqual(["sending"]);
  });

  test("a message takes what arrived and leaves what was refused", async () => {
    const held = tray();
    held.add([picture("a.png"), picture("big.png", 2_000)]);
    uploads[0]?.arrives(file("f1"));
    await settle();
    expect(held.take().map((one) => one.id)).toEqual(["f1"]);
    expect(states(held)).toEqual(["too_large"]);
  });

  test("a reload keeps what arrived and says what was cut off", async () => {
    const held = tray();
    held.add([picture("a.png"), picture("b.png")]);
    uploads[0]?.arrives(file("f1"));
    await settle();
    expect(states(tray())).toEqual(["kept", "lost"]);
  });

  test("nothing leaves before the server knows this browser", async () => {
    const held = tray(false);
    held.add([picture()]);
    await settle();
    expect(uploads).toEqual([]);
    expect(held.busy).toBe(true);
  });

  test("more than a message carries are not taken", () => {
    const held = tray();
    expect(held.add(Array.from({ length: AT_MOST + 1 }, () => picture()))).toBe(false);
    expect(held.items).toHaveLength(AT_MOST);
  });
});

describe("files in bubbles", () => {
  const drawn = (one: FileRef) => files([one], BASE, new Speech("fr"), () => {}).firstElementChild as HTMLElement;

  test("a picture has its room before it is here, and opens", () => {
    const shown = drawn(file("p", { width: 4_000, height: 3_000 })) as HTMLAnchorElement;
    const image = shown.querySelector("img");
    expect([image?.getAttribute("width"), image?.getAttribute("height")]).toEqual(["260", "195"]);
    expect(image?.getAttribute("alt")).toBe("p.png");
    expect(shown.href).toBe(`${BASE}/files/p?s=1`);
    expect(shown.rel).toContain("noopener");
  });

  test("sizes never exceed the bubble, and unknown ones get a usual room", () => {
    expect(fitted(100, 4_000)).toEqual({ width: 8, height: 300 });
    expect(fitted(50, 40)).toEqual({ width: 50, height: 40 });
    expect(fitted(null, null)).toEqual({ width: 260, height: 195 });
  });

  test("one on its way, refused or lost says so and leads nowhere", () => {
    const pending = drawn(file("a", { state: "pending", url: null }));
    expect(pending.textContent).toContain("Arrive…");
    const refused = drawn(file("a", { state: "refused", refused: "infected", url: null }));
    expect(refused.textContent).toContain("un virus");
    const lost = drawn(file("a", { state: "lost", refused: "gone", url: null }));
    expect(lost.textContent).toContain("N’est plus disponible");
    for (const row of [pending, refused, lost]) expect(row.tagName).toBe("DIV");
  });

  test("an address of somebody else's, or a script, is no address", () => {
    for (const url of ["javascript:alert(1)", "//evil.example/x", "http://evil.example/x"]) {
      expect(drawn(file("a", { url })).tagName).toBe("DIV");
    }
  });

  test("documents say kind and size", () => {
    const row = drawn(file("d", { kind: "document", name: "facture.pdf", size: 1_240_000 }));
    expect(row.textContent?.replace(/\u202f|\u00a0/g, " ")).toContain("PDF · 1,2 Mo");
  });
});
