/** The small menu in the header: language, new conversation. */
import { el } from "../dom";
import type { Speech } from "../i18n";
import { languageIcon, moreIcon, newIcon } from "./icons";

export class Menu {
  readonly element: HTMLElement;
  private readonly button: HTMLButtonElement;
  private readonly list: HTMLElement;
  private readonly language: HTMLButtonElement;
  private readonly anew: HTMLButtonElement;

  constructor(speech: Speech, actions: { language(): void; anew(): void }) {
    const item = (testid: string, act: () => void) =>
      el("button", { type: "button", role: "menuitem", class: "menu-item", "data-testid": testid, tabindex: -1, click: () => this.choose(act) });
    this.button = el(
      "button",
      {
        type: "button", class: "icon-button", "data-testid": "menu", "aria-haspopup": "menu", "aria-expanded": "false",
        click: () => (this.list.hidden ? this.open() : this.close()),
      },
      moreIcon(),
    );
    this.language = item("language", actions.language);
    this.anew = item("new", actions.anew);
    this.list = el("div", { class: "menu", role: "menu", hidden: true }, this.anew, this.language);
    this.element = el("div", { class: "menu-place" }, this.button, this.list);
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.close(false);
    });
    speech.bind(() => {
      this.button.setAttribute("aria-label", speech.t("menu"));
      const other = speech.language === "fr" ? "en" : "fr";
      this.language.replaceChildren(languageIcon(18), el("span", { lang: other }, speech.t("otherLanguage")));
      this.anew.replaceChildren(newIcon(18), speech.t("newConversation"));
    });
  }

  private open(): void {
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.anew.focus();
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
    } else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
      event.preventDefault();
      const first = event.key === "Home" || (event.key !== "End" && event.target !== this.anew);
      (first ? this.anew : this.language).focus();
    }
  }
}
