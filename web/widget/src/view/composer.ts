/** Where the visitor writes, and what goes along. */
import type { FileRef } from "../chat/protocol";
import type { Tray } from "../chat/tray";
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { Store } from "../storage";
import type { Attach } from "./attach";
import { sendIcon } from "./icons";

const DRAFT = "draft";
const COUNT_FROM = 200;

export interface ComposerEvents {
  say(text: string, files: FileRef[]): void;
  /** Whether it may leave now. */
  ready(): boolean;
  typing(): void;
}

export class Composer {
  readonly element: HTMLElement;
  readonly field: HTMLTextAreaElement;
  readonly counter: HTMLElement;
  private readonly send: HTMLButtonElement;
  private longest = 10_000;
  /** Asked to send while files were still on their way. */
  private wanted = false;

  constructor(
    private readonly speech: Speech,
    private readonly store: Store,
    private readonly events: ComposerEvents,
    private readonly tray: Tray,
    attach: Attach,
  ) {
    this.field = el("textarea", { class: "field", rows: 1, dir: "auto", enterkeyhint: "send", "data-testid": "composer" });
    this.send = el("button", { type: "submit", class: "send", "data-testid": "send", disabled: true }, sendIcon(20));
    this.counter = el("span", { class: "counter", id: "relais-counter", "aria-live": "polite", hidden: true });
    this.field.setAttribute("aria-describedby", this.counter.id);
    this.element = el("form", { class: "write", submit: (event: SubmitEvent) => this.submit(event) }, attach.button, this.field, this.send);
    tray.listen(() => this.filesMoved());
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

  clear(): void {
    this.field.value = "";
    this.wanted = false;
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
    if (this.over() > 0 || (!text && !this.tray.kept.length && !this.tray.busy)) return;
    if (!this.events.ready()) return;
    this.wanted = this.tray.busy;
    if (this.wanted) return this.refresh();
    this.field.value = "";
    this.keep();
    const files = this.tray.take();
    this.refresh();
    this.focus();
    this.events.say(text, files);
  }

  /** The last file has arrived and the message may go; or one was refused, and the visitor decides. */
  private filesMoved(): void {
    const troubled = this.tray.items.some((item) => item.trouble);
    if (this.wanted && troubled) this.wanted = false;
    if (this.wanted && !this.tray.busy) this.submit(new Event("submit"));
    else this.refresh();
  }

  private over(): number {
    // Counted as the server counts: code points, not UTF-16 units.
    return [...this.field.value.trim()].length - this.longest;
  }

  private refresh(): void {
    const over = this.over();
    const near = -over <= Math.min(COUNT_FROM, this.longest / 10);
    const something = this.field.value.trim() !== "" || this.tray.kept.length > 0 || this.tray.busy;
    this.send.disabled = over > 0 || !something || this.wanted;
    this.send.classList.toggle("busy", this.wanted);
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
