/** The top of the stream: who this is and what to ask, before anything was said. */
import type { Config } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { backAt, nobodyThere } from "../i18n/hours";
import type { Sentence } from "../i18n/words";
import { assistantIcon } from "./icons";
import { plainButton } from "./sheet";

const STARTERS: readonly Sentence[] = ["starterOrder", "starterReturn", "starterDelivery"];

export class Intro {
  readonly element = el("section", { class: "intro", "data-testid": "intro" });
  private readonly starters = el("div", { class: "starters", role: "group" });
  private readonly leaving = el("div", { class: "leaving" });

  constructor(
    private readonly speech: Speech,
    private readonly config: () => Config,
    private readonly say: (text: string) => void,
    private readonly leave: () => void,
  ) {
    speech.bind(() => this.render());
  }

  render(): void {
    const { hours } = this.config();
    const back = backAt(this.config(), this.speech);
    this.starters.setAttribute("aria-label", this.speech.t("starters"));
    this.starters.replaceChildren(...STARTERS.map((name) => {
      const text = this.speech.t(name);
      return plainButton(text, "starter", () => this.say(text));
    }));
    this.element.replaceChildren(
      el("span", { class: "face face-intro face-bot", "aria-hidden": "true" }, assistantIcon(24)),
      el("h3", { class: "intro-title" }, this.speech.t("welcome")),
      el("p", { class: "intro-text" }, this.speech.t("welcomeText")),
      hours && !back ? el("p", { class: "intro-hours" }, this.speech.t("hours", { hours })) : "",
      back ? el("p", { class: "intro-hours", "data-testid": "back-at" }, back) : "",
      this.leaving,
      this.starters,
    );
    const offers = nobodyThere(this.config(), this.speech) && this.config().answer_by_mail;
    this.leaving.replaceChildren(offers ? plainButton(this.speech.t("leave"), "leave", this.leave) : "");
  }

  /** Before the first message the welcome has the place to itself; after, it is the quiet top of the stream. What to
   * ask is offered once the form is out of the way. */
  began(began: boolean, asked: boolean): void {
    this.element.classList.toggle("began", began);
    this.starters.hidden = began || asked;
    this.leaving.hidden = began;
  }
}
