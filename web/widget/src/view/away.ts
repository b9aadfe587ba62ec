/** Outside opening hours, to who waits for a person: the answer by e-mail instead of waiting. */
import type { Chat } from "../chat/chat";
import type { Config } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { backAt } from "../i18n/hours";
import type { ByMail } from "./by-mail";
import { plainButton } from "./sheet";

export class Away {
  readonly element = el("div", { class: "away", "data-testid": "away" });
  private shown = "";

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly config: () => Config,
    private readonly answer: ByMail,
    private readonly ask: () => void,
  ) {}

  render(): void {
    const { conversation, owner } = this.chat;
    const config = this.config();
    const offers = owner.kind === "queue" && conversation !== null && backAt(config, this.speech) !== "" && config.answer_by_mail === true && this.answer.done !== conversation;
    const shown = `${offers} ${this.speech.language}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.element.replaceChildren(offers ? plainButton(this.speech.t("answer"), "answer-by-mail", this.ask) : "");
  }
}
