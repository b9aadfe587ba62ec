/** A page that lies over the conversation for a moment: a way back, a title, and its content. */
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { Sentence } from "../i18n/words";
import { backIcon } from "./icons";

export interface Page {
  title: Sentence;
  /** Draws into `body`; called when it is opened and when the language changes. */
  draw(body: HTMLElement): void;
}

export class Sheet {
  readonly element: HTMLElement;
  private readonly back: HTMLButtonElement;
  private readonly title = el("h3", { class: "sheet-title", id: "relais-sheet" });
  private readonly body = el("div", { class: "sheet-body", tabindex: -1 });
  private page: Page | null = null;

  constructor(
    private readonly speech: Speech,
    private readonly shown: (open: boolean) => void,
  ) {
    this.back = el("button", { type: "button", class: "icon-button sheet-back", "data-testid": "back", click: () => this.close() }, backIcon(18));
    this.element = el(
      "section",
      { class: "sheet", "aria-labelledby": "relais-sheet", "data-testid": "sheet", hidden: true },
      el("div", { class: "sheet-top" }, this.back, this.title),
      this.body,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.close();
    });
    speech.bind(() => {
      this.back.setAttribute("aria-label", speech.t("back"));
      if (this.page) this.draw(this.page);
    });
  }

  get isOpen(): boolean {
    return this.page !== null;
  }

  open(page: Page): void {
    this.page = page;
    this.draw(page);
    this.element.hidden = false;
    this.shown(true);
    this.back.focus();
  }

  close(): void {
    if (!this.page) return;
    this.page = null;
    this.element.hidden = true;
    this.body.replaceChildren();
    this.shown(false);
  }

  private draw(page: Page): void {
    this.title.textContent = this.speech.t(page.title);
    page.draw(this.body);
  }
}

/** One sentence in an empty place, and what can be done about it. */
export function blank(text: string, alert: boolean, ...actions: HTMLElement[]): HTMLElement {
  return el("div", { class: "blank" }, el("p", { role: alert ? "alert" : "status" }, text), ...actions);
}

export function plainButton(text: string, testid: string, click: () => void): HTMLButtonElement {
  return el("button", { type: "button", class: "reply", "data-testid": testid, click }, text);
}

/** The place of what is on its way. */
export function bones(speech: Speech): HTMLElement {
  return el("div", { class: "bones", role: "status" }, el("span", { class: "hidden" }, speech.t("loading")), el("i"), el("i"), el("i"));
}
