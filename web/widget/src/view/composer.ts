/** Where the visitor writes. */
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { Store } from "../storage";
import { sendIcon } from "./icons";

const DRAFT = "draft";
const COUNT_FROM = 200;

export interface ComposerEvents {
  say(text: string): void;
  typing(): void;
}

export class Composer {
  readonly element: HTMLElement;
  readonly field: HTMLTextAreaElement;
  readonly counter: HTMLElement;
  private readonly send: HTMLButtonElement;
  private longest = 10_000;

  constructor(
    private readonly speech: Speech,
    private readonly store: Store,
    private readonly events: ComposerEvents,
  ) {
    this.field = el("textarea", { class: "field", rows: 1, dir: "auto", enterkeyhint: "send", "data-testid": "composer" });
    this.send = el("button", { type: "submit", class: "send", "data-testid": "send", disabled: true }, sendIcon(20));
    this.counter = el("span", { class: "counter", id: "relais-counter", "aria-live": "polite", hidden: true });
    this.field.setAttribute("aria-describedby", this.counter.id);
    this.element = el("form", { class: "write", submit: (event: SubmitEvent) => this.submit(event) }, this.field, this.send);
    this.field.value = store.get(DRAFT) ?? "";
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    speech.bind(() => this.label());
    this.refresh();
  }

  set limit(characters: number) {
    this.longest = characters;
    this.refresh();
  }

  /** Puts a text where the visitor can change it; what they were writing stays after it. */
  restore(text: string): void {
    this.field.value = [text, this.field.value].filter(Boolean).join("\n");
    this.keep();
    this.refresh();
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
  }

  /** The field is as tall as its text; only measurable once on screen. */
  fit(): void {
    this.field.style.height = "auto";
    if (this.field.scrollHeight) this.field.style.height = `${this.field.scrollHeight}px`;
  }

  private typed(): void {
    this.keep();
    this.refresh();
    if (this.field.value.trim()) this.events.typing();
  }

  private key(event: KeyboardEvent): void {
    // While an input method composes (Japanese, accents on some keyboards), Enter chooses a word; 229 is Safari's way to say so.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.submit(event);
  }

  private submit(event: Event): void {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text || this.over() > 0) return;
    this.field.value = "";
    this.keep();
    this.refresh();
    this.focus();
    this.events.say(text);
  }

  private over(): number {
    // Counted as the server counts: code points, not UTF-16 units.
    return [...this.field.value.trim()].length - this.longest;
  }

  private refresh(): void {
    const over = this.over();
    const near = -over <= Math.min(COUNT_FROM, this.longest / 10);
    this.send.disabled = over > 0 || !this.field.value.trim();
    this.counter.hidden = !near;
    this.counter.classList.toggle("over", over > 0);
    this.field.setAttribute("aria-invalid", String(over > 0));
    if (near) this.counter.textContent = over > 0 ? this.speech.count("over", over) : this.speech.count("left", -over);
    this.fit();
  }

  private keep(): void {
    if (this.field.value) this.store.set(DRAFT, this.field.value);
    else this.store.remove(DRAFT);
  }

  private label(): void {
    this.field.placeholder = this.speech.t("placeholder");
    this.field.setAttribute("aria-label", this.speech.t("write"));
    this.send.setAttribute("aria-label", this.speech.t("send"));
    this.send.title = this.speech.t("send");
    this.refresh();
  }
}
