/** Who answers, how soon, and the small menu. */
import type { Chat } from "../chat/chat";
import type { Config, Owner } from "../chat/protocol";
import { closeIcon, el } from "../dom";
import type { Speech } from "../i18n";
import { nobodyThere } from "../i18n/hours";
import { initial } from "./bubble";
import { assistantIcon, personIcon } from "./icons";
import type { Menu } from "./menu";

/** A line that comes back at once should not be mentioned. */
const PATIENCE = 800;

export class Header {
  readonly element: HTMLElement;
  private readonly face = el("span", { class: "face face-large", "aria-hidden": "true" });
  private readonly title = el("h2", { class: "who", id: "relais-who" });
  private readonly status = el("p", { class: "status", "data-testid": "status", role: "status" });
  private readonly closeButton: HTMLButtonElement;
  private offlineTimer: ReturnType<typeof setTimeout> | undefined;
  private offline = false;

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly config: () => Config,
    private readonly menu: Menu,
    close: () => void,
    private readonly offlineShown: (shown: boolean) => void,
  ) {
    this.closeButton = el("button", { type: "button", class: "icon-button", "data-testid": "close", click: close }, closeIcon());
    // No <header>: in a page, that is the landmark of the page's own.
    this.element = el(
      "div",
      { class: "header" },
      this.face,
      el("div", { class: "names" }, this.title, this.status),
      this.menu.element,
      this.closeButton,
    );
    speech.bind(() => this.render());
  }

  render(): void {
    const { owner } = this.chat;
    this.watchLine();
    this.closeButton.setAttribute("aria-label", this.speech.t("closeChat"));
    this.title.textContent = whoAnswers(owner, this.config(), this.speech);
    const text = this.line();
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.dataset.state = this.offline ? "offline" : owner.kind;
    this.status.dataset.connection = this.chat.status;
    this.face.className = `face face-large${owner.kind === "bot" || owner.kind === "nobody" ? " face-bot" : ""}`;
    this.face.replaceChildren(
      owner.kind === "agent" ? initial(owner.name ?? "") : owner.kind === "queue" ? personIcon(20) : assistantIcon(20),
    );
  }

  private line(): string {
    if (this.chat.signInTrouble) return this.chat.signInTrouble;
    if (this.chat.status === "refused") return this.speech.t("refused");
    if (this.offline) return this.speech.t("offline");
    if (!this.chat.welcomed) return this.speech.t("connecting");
    const { owner } = this.chat;
    return (owner.kind === "queue" && nobodyThere(this.config(), this.speech)) || howSoon(owner, this.speech);
  }

  private watchLine(): void {
    if (this.chat.status === "offline") {
      this.offlineTimer ??= setTimeout(() => this.setOffline(true), PATIENCE);
      return;
    }
    clearTimeout(this.offlineTimer);
    this.offlineTimer = undefined;
    if (this.offline) this.setOffline(false);
  }

  private setOffline(offline: boolean): void {
    if (this.offline === offline) return;
    this.offline = offline;
    this.offlineShown(offline);
    this.render();
  }
}

export function whoAnswers(owner: Owner, config: Config, speech: Speech): string {
  if (owner.kind === "agent") return owner.name ?? speech.t("someone");
  if (owner.kind === "queue") return speech.t("queueTitle");
  if (owner.kind === "nobody") return speech.t("closedTitle");
  return speech.t("assistantOf", { company: config.company });
}

export function howSoon(owner: Owner, speech: Speech): string {
  if (owner.kind === "agent") return speech.t("byAgent");
  if (owner.kind === "nobody") return speech.t("byNobody");
  if (owner.kind === "bot") return speech.t("byBot");
  const { ahead, minutes } = owner;
  if (ahead === null || ahead === undefined) return speech.t("queueUnknown");
  const place = ahead === 0 ? speech.t("queueNext") : speech.count("queueAhead", ahead);
  return minutes ? `${place}, ${speech.count("queueAbout", minutes)}` : place;
}
