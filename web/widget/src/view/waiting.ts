/** While the visitor waits for a person: what is passed on about them, to be corrected, and other ways than waiting here. */
import type { Chat } from "../chat/chat";
import type { Config } from "../chat/protocol";
import { refusalIn } from "../chat/requests";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { ByMail } from "./by-mail";
import { CallBack } from "./call-back";
import { Elsewhere } from "./elsewhere";
import { plainButton, type Page } from "./sheet";

interface Fact {
  name: string;
  label: string;
  value: string;
  corrected: boolean;
}

interface PassedOn {
  facts: Fact[];
  call_back: boolean;
}

const LONGEST = 200;

export class Waiting {
  readonly element = el("div");
  private readonly facts = el("div");
  private readonly ways = el("div", { class: "waiting-ways" });
  private passed: PassedOn = { facts: [], call_back: false };
  private shown = "";
  private asked = "";
  private correcting = false;

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly config: () => Config,
    private readonly open: (page: Page) => void,
    private readonly drawn: () => void,
  ) {
    this.element.append(this.facts, this.ways);
    speech.bind(() => this.render());
  }

  render(): void {
    const { conversation, owner } = this.chat;
    const waits = owner.kind === "queue" && conversation !== null;
    const asked = waits ? `${conversation} ${this.speech.language}` : "";
    if (asked !== this.asked) {
      this.asked = asked;
      this.correcting = false;
      this.passed = { facts: [], call_back: false };
      this.facts.replaceChildren();
      if (waits) void this.read(asked, conversation);
    }
    const { answer_by_mail, elsewhere } = this.config();
    const shown = waits && `${asked} ${owner.by_mail} ${answer_by_mail} ${elsewhere?.length} ${this.passed.call_back}`;
    if (shown === this.shown) return;
    this.shown = shown || "";
    this.ways.replaceChildren(...(waits ? this.otherWays(owner.by_mail ?? "") : []));
  }

  /** The place in the queue is kept, whichever way is chosen; a call takes its place. */
  private otherWays(to: string): HTMLElement[] {
    const { answer_by_mail, elsewhere } = this.config();
    const way = (words: "answer" | "waitElsewhere" | "callBack", testid: string, page: () => Page) =>
      plainButton(this.speech.t(words), testid, () => this.open(page()));
    return [
      ...(to ? [el("p", { role: "status", "data-testid": "goes-to" }, this.speech.t("answerSent", { to }))] : []),
      ...(answer_by_mail && !to
        ? [way("answer", "answer-by-mail", () => new ByMail(this.chat, this.speech, "answer", "answer", "answerText"))]
        : []),
      ...(elsewhere?.length ? [way("waitElsewhere", "wait-elsewhere", () => new Elsewhere(this.chat, this.speech, () => elsewhere))] : []),
      ...(this.passed.call_back ? [way("callBack", "call-back", () => new CallBack(this.chat, this.speech))] : []),
    ];
  }

  private async read(asked: string, conversation: string): Promise<void> {
    const query = new URLSearchParams({ conversation, language: this.speech.language });
    // Without it one waits as well.
    const passed = await this.chat.requests.call<PassedOn>(`/chat/passport?${query}`).catch(() => null);
    if (!passed || asked !== this.asked) return;
    this.passed = passed;
    this.draw();
    this.render();
    this.drawn();
  }

  private draw(focus = ""): void {
    const { facts } = this.passed;
    if (!facts.length) return this.facts.replaceChildren();
    const words = this.speech;
    this.facts.replaceChildren(
      el(
        "section",
        { class: "rating", "aria-labelledby": "relais-passed-on", "data-testid": "passed-on" },
        el("h3", { id: "relais-passed-on" }, words.t("passedOn")),
        ...(this.correcting
          ? facts.map((fact, at) => this.field(fact, at))
          : [el("dl", { class: "passed-on" }, ...facts.map((fact) => this.line(fact)))]),
        plainButton(words.t(this.correcting ? "corrected" : "correct"), "correct", () => {
          this.correcting = !this.correcting;
          this.draw(this.correcting ? "input" : "[data-testid=correct]");
          this.drawn();
        }),
      ),
    );
    if (focus) this.facts.querySelector<HTMLElement>(focus)?.focus();
  }

  private line({ label, value, corrected }: Fact): HTMLElement {
    const mark = corrected ? el("span", { class: "file-note" }, this.speech.t("byYou")) : "";
    return el("div", {}, el("dt", {}, label), el("dd", { dir: "auto" }, value, " ", mark));
  }

  private field(fact: Fact, at: number): HTMLElement {
    const words = this.speech;
    const note = el("p", { class: "trouble", role: "alert", id: `relais-fact-${at}-note` });
    const input = el("input", {
      class: "input", id: `relais-fact-${at}`, dir: "auto", maxlength: LONGEST, autocomplete: "off", "aria-describedby": note.id, "data-testid": `fact-${fact.name}`,
    });
    input.value = fact.value;
    const remove = el("button", { type: "button", class: "inline", "data-testid": `remove-${fact.name}`, "aria-label": `${words.t("remove")} ${fact.label}` }, words.t("remove"));
    remove.addEventListener("click", () => void this.correct(fact, null, input, note));
    return el(
      "form",
      {
        class: "asked fact", novalidate: true,
        submit: (event: SubmitEvent) => {
          event.preventDefault();
          void this.correct(fact, input.value.trim() || null, input, note);
        },
      },
      el("label", { class: "label", for: input.id }, fact.label),
      input,
      note,
      el("div", { class: "choices" }, el("button", { type: "submit", class: "reply", "aria-label": `${words.t("save")} ${fact.label}`, "data-testid": `save-${fact.name}` }, words.t("save")), remove),
    );
  }

  private async correct(fact: Fact, to: string | null, input: HTMLInputElement, note: HTMLElement): Promise<void> {
    const { conversation } = this.chat;
    const { asked } = this;
    if (!conversation || this.facts.ariaBusy === "true") return;
    this.facts.ariaBusy = "true";
    note.textContent = "";
    input.removeAttribute("aria-invalid");
    try {
      const body = { conversation, name: fact.name, value: fact.value, to, language: this.speech.language };
      const passed = await this.chat.requests.call<PassedOn>("/chat/passport", body);
      if (asked !== this.asked) return;
      this.passed = passed;
      this.correcting = false;
      this.draw("[data-testid=correct]");
    } catch (error) {
      note.textContent = refusalIn(error)?.detail || this.speech.t("notSent");
      input.setAttribute("aria-invalid", "true");
      input.focus();
    } finally {
      this.facts.ariaBusy = null;
      this.drawn();
    }
  }
}
