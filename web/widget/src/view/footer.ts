/** Below the stream: what went wrong, the composer, and the way to a person. */
import type { Chat } from "../chat/chat";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { alertIcon, personIcon } from "./icons";
import type { Composer } from "./composer";

export class Footer {
  readonly element: HTMLElement;
  private readonly notice = el("div", { class: "notice", role: "alert", "data-testid": "notice", hidden: true });
  private readonly person: HTMLButtonElement;
  private readonly hint = el("span", { class: "hint" });
  private offline = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly composer: Composer,
    tray: HTMLElement,
  ) {
    this.person = el("button", { type: "button", class: "person", "data-testid": "person", click: () => this.ask() });
    this.element = el(
      "div",
      { class: "footer" },
      this.notice,
      tray,
      composer.element,
      el("div", { class: "under" }, this.person, this.hint, composer.counter),
    );
    speech.bind(() => this.render());
  }

  setOffline(offline: boolean): void {
    this.offline = offline;
    this.render();
  }

  render(): void {
    this.renderPerson();
    this.renderNotice();
  }

  private renderPerson(): void {
    const { owner } = this.chat;
    const asked = this.chat.outbox.list().some((pending) => pending.frame.action === "person" && pending.failed === null);
    const taken = owner.kind === "queue" || owner.kind === "agent";
    this.person.hidden = taken;
    this.person.disabled = asked;
    this.person.title = this.speech.t("person");
    this.person.replaceChildren(personIcon(18), el("span", {}, this.speech.t("person")));
    this.hint.hidden = !taken;
    this.hint.textContent =
      owner.kind === "agent"
        ? this.speech.t("personHere", { name: owner.name ?? this.speech.t("someone") })
        : this.speech.t("personAsked");
  }

  private renderNotice(): void {
    clearTimeout(this.timer);
    const { notice } = this.chat;
    const left = notice ? notice.until - Date.now() : 0;
    if (left > 0) this.timer = setTimeout(() => this.chat.notices.clear(), left);
    const text = left > 0 && notice ? notice.text : this.offline ? this.speech.t("offlineSafe") : "";
    this.notice.hidden = !text;
    this.notice.dataset.kind = left > 0 ? "error" : "offline";
    if (this.notice.textContent !== text) this.notice.replaceChildren(alertIcon(16), el("span", { dir: "auto" }, text));
  }

  private ask(): void {
    // The button goes away; who came by keyboard must not be left nowhere.
    if (this.chat.say(this.speech.t("person"), { action: "person" })) this.composer.focus();
  }
}
