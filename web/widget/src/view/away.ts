/** When nobody is there: who waits for a person may have the answer by e-mail, and is told where it goes. */
import type { Chat } from "../chat/chat";
import type { Config } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { nobodyThere } from "../i18n/hours";
import { plainButton } from "./sheet";

export class Away {
  readonly element = el("div", { class: "away", "data-testid": "away" });
  private shown = "";

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly config: () => Config,
    private readonly ask: () => void,
  ) {}

  render(): void {
    const { conversation, owner } = this.chat;
    const config = this.config();
    const waits = owner.kind === "queue" && conversation !== null;
    const to = (waits && owner.by_mail) || "";
    const offers = waits && !to && config.answer_by_mail === true && nobodyThere(config, this.speech) !== "";
    const shown = `${offers} ${to} ${this.speech.language}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.element.replaceChildren(
      offers ? plainButton(this.speech.t("answer"), "answer-by-mail", this.ask) : "",
      to && el("p", { role: "status", "data-testid": "goes-to" }, this.speech.t("answerSent", { to })),
    );
  }
}
