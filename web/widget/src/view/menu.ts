/** The small menu in the header. */
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { Sentence } from "../i18n/words";
import { checkIcon, documentIcon, elsewhereIcon, historyIcon, languageIcon, moreIcon, newIcon, soundIcon } from "./icons";

export interface MenuActions {
  language(): void;
  anew(): void;
  conversations(): void;
  elsewhere(): void;
  transcript(): void;
  /** Turns the sound on or off; whether it is on now. */
  sound(): boolean;
}

export class Menu {
  readonly element: HTMLElement;
  private readonly button: HTMLButtonElement;
  private readonly list: HTMLElement;
  private readonly elsewhere: HTMLButtonElement;
  private readonly transcript: HTMLButtonElement;

  constructor(
    speech: Speech,
    actions: MenuActions,
    private soundOn: boolean,
  ) {
    const entry = (testid: string, icon: SVGSVGElement, words: Sentence, act: () => void) => {
      const text = el("span");
      const item = el("button", { type: "button", role: "menuitem", class: "menu-item", "data-testid": testid, tabindex: -1, click: () => this.choose(act) }, icon, text);
      speech.bind(() => {
        text.textContent = speech.t(words);
        if (testid === "language") text.lang = speech.language === "fr" ? "en" : "fr";
      });
      return item;
    };
    this.button = el(
      "button",
      {
        type: "button", class: "icon-button", "data-testid": "menu", "aria-haspopup": "menu", "aria-expanded": "false",
        click: () => (this.list.hidden ? this.open() : this.close()),
      },
      moreIcon(),
    );
    this.elsewhere = entry("elsewhere", elsewhereIcon(18), "elsewhere", actions.elsewhere);
    this.transcript = entry("transcript", documentIcon(18), "transcript", actions.transcript);
    const sound = entry("sound", soundIcon(18), "sound", () => this.setSound(sound, actions.sound()));
    sound.setAttribute("role", "menuitemcheckbox");
    sound.append(checkIcon(16));
    this.setSound(sound, this.soundOn);
    this.list = el(
      "div",
      { class: "menu", role: "menu", hidden: true },
      entry("new", newIcon(18), "newConversation", actions.anew),
      entry("conversations", historyIcon(18), "conversations", () => {
        this.mark(false);
        actions.conversations();
      }),
      this.elsewhere,
      this.transcript,
      sound,
      entry("language", languageIcon(18), "otherLanguage", actions.language),
    );
    this.element = el("div", { class: "menu-place" }, this.button, this.list);
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.close(false);
    });
    speech.bind(() => {
      this.button.setAttribute("aria-label", speech.t("menu"));
      this.list.setAttribute("aria-label", speech.t("menu"));
    });
    this.offer(false, false);
  }

  /** What can be done with the conversation as it stands. */
  offer(elsewhere: boolean, transcript: boolean): void {
    this.elsewhere.hidden = !elsewhere;
    this.transcript.hidden = !transcript;
  }

  /** Another conversation of this visitor has something new: the way to it says so. */
  mark(unread: boolean): void {
    this.element.classList.toggle("has-news", unread);
  }

  private setSound(item: HTMLElement, on: boolean): void {
    this.soundOn = on;
    item.setAttribute("aria-checked", String(on));
  }

  private get items(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(".menu-item:not([hidden])")];
  }

  private open(): void {
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.items[0]?.focus();
  }

  private close(focus = true): void {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (focus) this.button.focus();
  }

  private choose(act: () => void): void {
    this.close();
    act();
  }

  private key(event: KeyboardEvent): void {
    if (this.list.hidden) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
      return;
    }
    const all = this.items;
    const here = all.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: here + 1, ArrowUp: here < 0 ? -1 : here - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all.at(to % all.length)?.focus();
  }
}
