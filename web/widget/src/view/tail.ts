/** What stands below the last message: offered replies, and somebody writing. */
import type { Chat } from "../chat/chat";
import { el } from "../dom";
import type { Speech } from "../i18n";

export class Tail {
  readonly element: HTMLElement;
  private readonly replies = el("div", { class: "replies", role: "group" });
  private readonly typing: HTMLElement;
  private readonly typingText = el("span", { class: "hidden" });
  private shown = "";

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly used: () => void,
    private readonly below: { element: HTMLElement; render(): void }[],
  ) {
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.typing = el("div", { class: "typing", role: "status", "data-testid": "typing" }, dots, this.typingText);
    this.element = el("div", { class: "tail" }, this.replies, this.typing, ...below.map((each) => each.element));
    speech.bind(() => {
      this.replies.setAttribute("aria-label", speech.t("replies"));
      this.render();
    });
  }

  render(): void {
    this.renderReplies();
    for (const each of this.below) each.render();
    this.typing.classList.toggle("on", this.chat.typing.from !== null);
    this.typingText.textContent = this.typingName();
  }

  private typingName(): string {
    if (this.chat.typing.from === null) return "";
    if (this.chat.typing.from === "bot") return this.speech.t("botTyping");
    return this.speech.t("agentTyping", { name: this.chat.owner.name ?? this.speech.t("someone") });
  }

  private renderReplies(): void {
    const last = this.chat.messages.at(-1);
    const waiting = this.chat.outbox.list().length > 0;
    const buttons = last && !waiting && last.from !== "customer" ? last.buttons : [];
    const shown = JSON.stringify([last?.seq, buttons]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.replies.replaceChildren(
      ...buttons.map(({ title }, index) =>
        el(
          "button",
          { type: "button", class: "reply", dir: "auto", "data-testid": "quick-reply", click: () => this.press(title, last?.seq ?? 0, index) },
          title,
        ),
      ),
    );
  }

  private press(title: string, seq: number, index: number): void {
    this.chat.say(title, { button: { seq, index } });
    this.used();
  }
}
