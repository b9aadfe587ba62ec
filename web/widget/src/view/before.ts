/** The short form before the first message. All of it may be left blank; what is filled in has to be right. */
import type { Chat } from "../chat/chat";
import type { Answers } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { Sentence } from "../i18n/words";
import { EMAIL, fieldOf, type Field } from "./field";

/** What a field is called, what the browser may fill in, what it has to look like, and the sentence that says so. */
type Asked = [label: Sentence, autocomplete: "name" | "email" | "off", right: RegExp, wrong: Sentence];

/** As the server takes them (channels/webchat/asking.py); a name may be anything. */
const FIELDS: Record<string, Asked> = {
  name: ["fieldName", "name", /./, "fieldName"],
  email: ["email", "email", EMAIL, "wrongEmail"],
  order_number: ["fieldOrder", "off", /\d.*\w|\w.*\d/, "wrongOrder"],
};

export class BeforeForm {
  readonly element = el("div", { class: "before-place" });
  private typed: Answers = {};
  private inputs: [string, Field][] = [];
  private shown = "";

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly fields: () => string[],
    /** What was asked is answered: the conversation may begin. */
    private readonly done: () => void,
  ) {}

  /** Whether there is something to ask: nobody is asked twice, nor who is known, nor in the midst of a conversation. */
  get due(): boolean {
    const { conversation, known, before, outbox } = this.chat;
    return this.names.length > 0 && conversation === null && !known && before.answers === null && outbox.list().length === 0;
  }

  render(): void {
    const shown = this.due ? `${this.names} ${this.speech.language}` : "";
    if (shown === this.shown) return;
    this.shown = shown;
    if (shown) this.draw();
    else {
      this.inputs = [];
      this.element.replaceChildren();
    }
  }

  /** Another person is here. */
  clear(): void {
    this.typed = {};
    this.shown = "";
    this.render();
  }

  /** Puts the focus on the first field; false when there is none. */
  focus(): boolean {
    this.inputs[0]?.[1].input.focus({ preventScroll: true });
    return this.inputs.length > 0;
  }

  /** Whether the first message may leave: keeps what was filled in, or leads to the first field that is wrong. */
  ready(): boolean {
    if (!this.due) return true;
    const wrong = this.inputs.filter(([, field]) => !field.check());
    wrong[0]?.[1].input.focus();
    if (wrong.length) return false;
    const filled = this.inputs.map(([name, { input }]) => [name, input.value.trim()]);
    this.chat.before.answers = Object.fromEntries(filled.filter(([, value]) => value)) as Answers;
    this.render();
    return true;
  }

  private get names(): string[] {
    return this.fields().filter((name) => name in FIELDS);
  }

  private draw(): void {
    this.inputs = this.names.map((name) => [name, this.field(name, FIELDS[name] as Asked)]);
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      if (this.ready()) this.done();
    };
    this.element.replaceChildren(
      el(
        "form",
        { class: "rating before", novalidate: true, "aria-labelledby": "relais-before", "data-testid": "before", submit },
        el("p", { id: "relais-before" }, this.speech.t("beforeTitle")),
        ...this.inputs.map(([, { element }]) => element),
        el("button", { type: "submit", class: "go-there primary", "data-testid": "before-send" }, this.speech.t("goOn")),
      ),
    );
  }

  private field(name: string, [label, autocomplete, right, wrong]: Asked): Field {
    const input = el("input", { type: name === "email" ? name : "text", autocomplete, maxlength: 254, dir: name === "name" ? "auto" : "ltr" });
    return fieldOf(this.speech, "before", name, input, this.typed, label, wrong, (value) => !value || right.test(value));
  }
}
