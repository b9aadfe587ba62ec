/** What the page's chat says by itself, beside the button: once a visit, and never again to who has closed it. */
import type { Language } from "@shared/language";
import { closeIcon, el } from "../dom";
import type { Store } from "../storage";

const SAID = "greeted";
const NEVER = "never";
/** How often this browser was here, and when last: `[2, 1795340000000]`. */
const VISITS = "visits";
/** Silence after which somebody who looks at a page is on another visit. */
const VISIT = 30 * 60_000;

export class Greeting {
  /** A live region, there before it has anything to say: it waits until the reader has finished. */
  readonly element = el("div", { class: "greeting", role: "status" });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private said: object | null = null;
  private over = false;
  private path = "";

  constructor(
    private readonly base: string,
    private readonly store: Store,
    private readonly open: () => void,
    /** Takes the focus of what was closed. */
    private readonly button: HTMLElement,
  ) {}

  /** Asks what is said on this page, and after how long; again once the page has another path. */
  async plan(language: Language, close: string): Promise<void> {
    const path = location.pathname;
    if (this.over || path === this.path) return;
    // A page that has become another one was not there from the start.
    const began = this.path ? performance.now() : 0;
    this.path = path;
    this.end();
    this.over = false;
    const kind = this.visitor();
    const last = this.store.get(SAID);
    if (last === NEVER) return;
    if (Date.now() - Number(last) < VISIT) return this.note();
    const query = `language=${language}&visitor=${kind}&page=${encodeURIComponent(path)}`;
    const response = await fetch(`${this.base}/chat/config?${query}`, { credentials: "omit" });
    const told = await response.json();
    // The widget, once opened, knows from the start what it would ask for.
    if (response.ok) this.store.set("config", JSON.stringify(told));
    const { greeting, greets } = told;
    if (greets === false) this.note();
    if (!greeting) return;
    const say = () => {
      // Not a page that has become another one meanwhile, nor one that nobody looks at, nor who writes in another tab.
      if (this.over || this.path !== path || location.pathname !== path || this.store.get("conversation")) return;
      if (document.hidden) return document.addEventListener("visibilitychange", say, { once: true });
      this.show(greeting.text, close);
      this.said = { path, text: greeting.text, language, at: new Date().toISOString() };
    };
    this.timer = setTimeout(say, began + greeting.after * 1000 - performance.now());
  }

  /** The chat is opened: what stands there becomes its first line, and nothing more is said. */
  opened(): void {
    if (this.said) this.store.set("greeting", JSON.stringify(this.said));
    this.end();
  }

  private show(text: string, close: string): void {
    this.note();
    this.element.append(
      el("button", { type: "button", class: "greeting-text", dir: "auto", "data-testid": "greeting", click: this.open }, text),
      el("button", { type: "button", class: "greeting-close", "aria-label": close, "data-testid": "greeting-close", click: this.dismiss }, closeIcon(16)),
    );
    document.addEventListener("keydown", this.key);
  }

  private readonly key = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) this.dismiss();
  };

  private readonly dismiss = () => {
    const root = this.element.getRootNode() as ShadowRoot;
    const hadFocus = this.element.contains(root.activeElement);
    this.store.set(SAID, NEVER);
    this.end();
    if (hadFocus) this.button.focus();
  };

  private visitor(): string {
    const now = Date.now();
    let [visits = 0, at = 0] = this.store.json<number[]>(VISITS) ?? [];
    if (now - at > VISIT) visits++;
    this.store.set(VISITS, JSON.stringify([visits, now]));
    return visits > 1 ? "returning" : "new";
  }

  private note(): void {
    this.store.set(SAID, String(Date.now()));
  }

  private end(): void {
    this.over = true;
    this.said = null;
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this.key);
    this.element.replaceChildren();
  }
}
