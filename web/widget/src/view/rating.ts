/** How it was, asked once at the end: five words to choose from, room for more of them, and a way to change one's mind. */
import type { Chat } from "../chat/chat";
import type { Rating } from "../chat/protocol";
import { refusalIn } from "../chat/requests";
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { Sentence } from "../i18n/words";
import { checkIcon } from "./icons";

/** From the best, as people read them. */
const CHOICES: readonly [number, Sentence][] = [[5, "rate5"], [4, "rate4"], [3, "rate3"], [2, "rate2"], [1, "rate1"]];
const LONGEST = 1000;

export class RatingCard {
  readonly element = el("div", { class: "rating-place" });
  private shown = "";
  private changing = false;
  private score = 0;
  private comment = "";

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly drawn: () => void,
  ) {
    speech.bind(() => this.render());
  }

  /** Draws when there is something else to show; what is being filled in stays. */
  render(): void {
    const { rate, rating, kind } = this.chat.owner;
    const { conversation } = this.chat;
    const said = kind === "nobody" && rating ? rating : null;
    const asks = kind === "nobody" && Boolean(rate) && !said;
    const shown = conversation && (asks || said) ? `${conversation} ${said ? JSON.stringify(said) : "?"} ${this.speech.language}` : "";
    if (shown === this.shown) return;
    const other = shown.split(" ")[0] !== this.shown.split(" ")[0];
    if (other) [this.changing, this.score, this.comment] = [false, 0, ""];
    this.shown = shown;
    if (!shown) this.element.replaceChildren();
    else if (said && !this.changing) this.thank(said);
    else this.ask();
  }

  private ask(): void {
    const name = (words: Sentence) => this.speech.t(words);
    const note = el("p", { class: "trouble", role: "alert", hidden: true });
    const field = el("textarea", { class: "input", rows: 2, dir: "auto", maxlength: LONGEST, id: "relais-comment", "data-testid": "rating-comment" });
    field.value = this.comment;
    field.addEventListener("input", () => (this.comment = field.value));
    const more = el(
      "div",
      { class: "rating-more", hidden: this.score === 0 },
      el("label", { class: "label", for: field.id }, name("rateComment")),
      field,
      el("button", { type: "submit", class: "go-there primary", "data-testid": "rating-send" }, name("send")),
    );
    const choice = ([score, words]: [number, Sentence]) => {
      const radio = el("input", { type: "radio", name: "relais-rating", value: score, class: "hidden", "data-testid": `rating-${score}` });
      radio.checked = score === this.score;
      radio.addEventListener("change", () => {
        this.score = score;
        more.hidden = false;
        this.drawn();
      });
      return el("label", { class: "reply choice" }, radio, checkIcon(16), el("span", {}, name(words)));
    };
    const form = el(
      "form",
      { class: "rating", "data-testid": "rating", submit: (event: SubmitEvent) => void this.send(event, note) },
      el("fieldset", {}, el("legend", {}, this.chat.owner.question?.[this.speech.language] ?? name("rateTitle")), el("div", { class: "choices" }, ...CHOICES.map(choice))),
      more,
      note,
    );
    this.element.replaceChildren(form);
  }

  private thank(said: Rating): void {
    const words = CHOICES.find(([score]) => score === said.score)?.[1] ?? "rate3";
    const change = () => {
      [this.changing, this.score, this.comment] = [true, said.score, said.comment];
      this.ask();
      this.element.querySelector<HTMLElement>("input:checked")?.focus();
      this.drawn();
    };
    this.element.replaceChildren(
      el(
        "div",
        { class: "rating", "data-testid": "rated", tabindex: -1 },
        el("p", { role: "status" }, `${this.speech.t("rateThanks")} ${this.speech.t("rateSaid", { choice: this.speech.t(words) })}`),
        Date.parse(said.until) > Date.now()
          ? el("button", { type: "button", class: "inline", "data-testid": "rating-change", click: change }, this.speech.t("rateChange"))
          : null,
      ),
    );
  }

  private async send(event: SubmitEvent, note: HTMLElement): Promise<void> {
    event.preventDefault();
    const { conversation } = this.chat;
    if (!conversation || !this.score) return;
    note.hidden = true;
    try {
      const rating = await this.chat.requests.rate(conversation, this.score, this.comment.trim());
      if (conversation !== this.chat.conversation) return;
      this.changing = false;
      this.chat.owner = { ...this.chat.owner, rate: false, rating };
      this.shown = `${conversation} `;
      this.render();
      this.element.querySelector<HTMLElement>("[data-testid=rated]")?.focus();
    } catch (error) {
      note.textContent = this.speech.t(refusalIn(error)?.code === "conflict" ? "rateLate" : "notSent");
      note.hidden = false;
    }
    this.drawn();
  }
}
