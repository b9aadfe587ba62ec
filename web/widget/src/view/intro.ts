/** The top of the stream: who this is and what to ask, before anything was said. */
import type { Config } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { backAt, hoursInWords } from "../i18n/hours";
import type { Sentence } from "../i18n/words";
import { assistantIcon } from "./icons";

const STARTERS: readonly Sentence[] = ["starterOrder", "starterReturn", "starterDelivery"];

export class Intro {
  readonly element = el("section", { class: "intro", "data-testid": "intro" });
  private starters: HTMLElement | null = null;

  constructor(
    private readonly speech: Speech,
    private readonly config: () => Config,
    private readonly say: (text: string) => void,
  ) {
    speech.bind(() => this.render());
  }

  render(): void {
    const { hours } = this.config();
    const back = backAt(this.config(), this.speech);
    const hidden = this.starters?.hidden ?? false;
    this.starters = el("div", { class: "starters", role: "group", "aria-label": this.speech.t("starters"), hidden });
    for (const name of STARTERS) {
      const text = this.speech.t(name);
      this.starters.append(el("button", { type: "button", class: "reply", "data-testid": "starter", click: () => this.say(text) }, text));
    }
    this.element.replaceChildren(
      el("span", { class: "face face-intro face-bot", "aria-hidden": "true" }, assistantIcon(24)),
      el("h3", { class: "intro-title" }, this.speech.t("welcome")),
      el("p", { class: "intro-text" }, this.speech.t("welcomeText")),
      hours && !back ? el("p", { class: "intro-hours" }, this.speech.t("hours", { hours: hoursInWords(hours, this.speech.language) })) : "",
      back ? el("p", { class: "intro-hours", "data-testid": "back-at" }, back) : "",
      this.starters,
    );
  }

  /** Before the first message the greeting has the place to itself; after, it is the quiet top of the stream. */
  began(began: boolean): void {
    this.element.classList.toggle("began", began);
    if (this.starters) this.starters.hidden = began;
  }
}
