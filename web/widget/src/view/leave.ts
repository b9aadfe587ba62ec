/** A message for when nobody is there: who writes, where the answer goes, and what it is about. */
import type { Chat } from "../chat/chat";
import type { Answers } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { EMAIL, fieldOf } from "./field";
import type { Page } from "./sheet";

export class Leave implements Page {
  readonly title = "leave";
  /** What was typed outlasts a look at the conversation, and a change of language. */
  private typed: Answers | null = null;

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    /** Lent by the widget, which has forms of its own. */
    private readonly forms: { email: typeof EMAIL; fieldOf: typeof fieldOf },
    private readonly longest: () => number,
    private readonly left: () => void,
  ) {}

  draw(body: HTMLElement): void {
    const { known, before } = this.chat;
    const { speech, forms } = this;
    const typed = (this.typed ??= { ...before.answers });
    const name = forms.fieldOf(
      speech, "leave", "name", el("input", { autocomplete: "name", maxlength: 120, dir: "auto" }), typed, "fieldName", "fieldName", () => true,
    );
    const email = forms.fieldOf(
      speech, "leave", "email", el("input", { type: "email", autocomplete: "email", maxlength: 254, dir: "ltr" }), typed,
      known ? "emailOnFile" : "email", "wrongEmail", (value) => forms.email.test(value) || (known && !value),
    );
    const text = forms.fieldOf(
      speech, "leave", "text", el("textarea", { rows: 5, maxlength: this.longest(), dir: "auto" }), typed, "write", "leaveEmpty", Boolean,
    );
    // The company knows how who is signed in is called.
    const fields = known ? [email, text] : [name, email, text];
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const wrong = fields.filter((field) => !field.check());
      if (wrong[0]) wrong[0].input.focus();
      else this.send(name.input.value.trim(), email.input.value.trim(), text.input.value.trim());
    };
    body.replaceChildren(
      el(
        "form",
        { class: "asked", novalidate: true, "data-testid": "leave-form", submit },
        el("p", {}, speech.t("leaveText")),
        ...fields.map(({ element }) => element),
        el("button", { type: "submit", class: "go-there primary", "data-testid": "leave-send" }, speech.t("send")),
      ),
    );
  }

  private send(name: string, email: string, text: string): void {
    const { before, known } = this.chat;
    if (!known) before.answers = { ...before.answers, ...(name && { name }), email };
    if (!this.chat.say(text, { action: "leave", answer_to: email })) return;
    this.typed = null;
    this.left();
  }
}
