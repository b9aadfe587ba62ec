import { afterEach, expect, test, vi } from "vitest";
import { Chat } from "../src/chat/chat";
import { Speech } from "../src/i18n";
import { Store } from "../src/storage";
import { Later, type More } from "../src/view/later";
import { FakeSocket } from "./fakes";

const BASE = "https://relais.example";
const flush = () => new Promise((done) => setTimeout(done));

afterEach(() => {
  delete window.__relaisMore;
  vi.unstubAllGlobals();
});

test("a view that does not load says so, and comes when it is asked for again", async () => {
  FakeSocket.install();
  const answers: (() => Promise<unknown>)[] = [() => Promise.reject(new Error("offline")), () => import("../src/more")];
  const addStyles = vi.fn();
  const later = new Later({ script: async () => void (await answers.shift()?.()), addStyles }, new Speech("fr"));
  const chat = new Chat(BASE, new Store(BASE), "fr");
  const page = later.page("elsewhere", (more) => new more.Elsewhere(chat, new Speech("fr"), () => []));
  const body = document.createElement("div");
  page.draw(body);
  expect(body.querySelector("[role=status]")?.textContent).toBe("Chargement…");
  await vi.waitFor(() => expect(body.querySelector("[role=alert]")?.textContent).toContain("Rien n’est perdu"));
  body.querySelector("button")?.click();
  await vi.waitFor(() => expect(body.querySelector(".sheet-lead")).not.toBeNull());
  expect(addStyles).toHaveBeenCalledOnce();
  expect(answers).toEqual([]);
});

test("a view that was left while it loaded does not come back over another", async () => {
  const script = async () => void (window.__relaisMore = { styles: "", words: {} } as unknown as More);
  const later = new Later({ script, addStyles: () => {} }, new Speech("fr"));
  const made = vi.fn();
  const body = document.createElement("div");
  later.page("elsewhere", made).draw(body);
  body.replaceChildren("another");
  await flush();
  expect(body.textContent).toBe("another");
  expect(made).not.toHaveBeenCalled();
});
