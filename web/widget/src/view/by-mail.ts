/** Asking for something by e-mail: the conversation as it stands, or a person's answer once they are back. */
import type { Chat } from "../chat/chat";
import { refusalIn } from "../chat/requests";
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { Sentence } from "../i18n/words";
import type { Page } from "./sheet";

export class ByMail implements Page {
  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    readonly title: Sentence,
    private readonly path: "transcript" | "answer",
    private readonly lead: Sentence,
  ) {}

  draw(body: HTMLElement): void {
    const note = el("p", { class: "trouble", role: "alert", id: "relais-mail-note" });
    const field = el("input", {
      type: "email", class: "input", id: "relais-mail", dir: "ltr", autocomplete: "email", maxlength: 254,
      "aria-describedby": "relais-mail-note", "data-testid": "mail-address",
    });
    const form = el(
      "form",
      { class: "asked", novalidate: true, "data-testid": "mail-form", submit: (event: SubmitEvent) => void this.send(event, body, field, note) },
      el("p", {}, this.speech.t(this.lead)),
      el("label", { class: "label", for: field.id }, this.speech.t(this.chat.signedIn ? "emailOnFile" : "email")),
      field,
      note,
      el("button", { type: "submit", class: "go-there primary", "data-testid": "mail-send" }, this.speech.t("send")),
    );
    body.replaceChildren(form);
  }

  private async send(event: SubmitEvent, body: HTMLElement, field: HTMLInputElement, note: HTMLElement): Promise<void> {
    event.preventDefault();
    const { conversation } = this.chat;
    if (!conversation || body.ariaBusy === "true") return;
    body.ariaBusy = "true";
    note.textContent = "";
    field.removeAttribute("aria-invalid");
    try {
      const { email: to, code } = await this.chat.requests.byMail(this.path, conversation, field.value.trim(), this.speech.language);
      const answer = this.path === "answer";
      if (answer && !code) this.chat.owner.by_mail = to;
      const sent = this.speech.t(code ? "answerCode" : answer ? "answerSent" : "transcriptSent", { to });
      if (note.isConnected) body.replaceChildren(el("p", { role: "status", "data-testid": "mail-sent" }, sent));
      body.focus();
    } catch (error) {
      note.textContent = refusalIn(error)?.detail || this.speech.t("notSent");
      field.setAttribute("aria-invalid", "true");
      field.focus();
    } finally {
      body.ariaBusy = null;
    }
  }
}
