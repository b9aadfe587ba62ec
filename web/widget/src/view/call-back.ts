/** A call at a time that suits, instead of waiting: the window, the number, and what was booked. */
import type { Chat } from "../chat/chat";
import { refusalIn } from "../chat/requests";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { blank, bones, plainButton, type Page } from "./sheet";

interface Calls {
  windows: { starts_at: string; label: string }[];
  phone: string | null;
}

export class CallBack implements Page {
  readonly title = "callBack";

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
  ) {}

  draw(body: HTMLElement): void {
    const { conversation } = this.chat;
    const waiting = bones(this.speech);
    body.replaceChildren(waiting);
    if (!conversation) return;
    const query = new URLSearchParams({ conversation, language: this.speech.language });
    this.chat.requests.call<Calls>(`/chat/call-back?${query}`).then(
      (calls) => waiting.parentNode === body && this.ask(body, conversation, calls),
      (error) => {
        if (waiting.parentNode !== body) return;
        const again = plainButton(this.speech.t("retry"), "sheet-retry", () => this.draw(body));
        body.replaceChildren(blank(refusalIn(error)?.detail || this.speech.t("viewFailed"), true, again));
      },
    );
  }

  private ask(body: HTMLElement, conversation: string, { windows, phone }: Calls): void {
    const words = this.speech;
    const note = el("p", { class: "trouble", role: "alert", id: "relais-call-note" });
    const when = el(
      "select",
      { class: "input", id: "relais-call-when", "data-testid": "call-when" },
      ...windows.map(({ starts_at, label }) => el("option", { value: starts_at }, label.charAt(0).toUpperCase() + label.slice(1))),
    );
    const number = el("input", {
      type: "tel", class: "input", id: "relais-call-number", dir: "ltr", autocomplete: "tel", maxlength: 40, "aria-describedby": note.id, "data-testid": "call-number",
    });
    const send = async (event: SubmitEvent): Promise<void> => {
      event.preventDefault();
      if (body.ariaBusy === "true") return;
      body.ariaBusy = "true";
      note.textContent = "";
      try {
        const asked = { conversation, starts_at: when.value, phone: number.value.trim(), language: words.language };
        const booked = await this.chat.requests.call<{ when: string; reference: string }>("/chat/call-back", asked);
        if (note.isConnected) body.replaceChildren(el("p", { role: "status", "data-testid": "call-booked" }, words.t("callBooked", booked)));
        body.focus();
      } catch (error) {
        note.textContent = refusalIn(error)?.detail || words.t("notSent");
        number.focus();
      } finally {
        body.ariaBusy = null;
      }
    };
    body.replaceChildren(
      el(
        "form",
        { class: "asked", novalidate: true, "data-testid": "call-form", submit: (event: SubmitEvent) => void send(event) },
        el("p", {}, words.t("callText")),
        el("label", { class: "label", for: when.id }, words.t("callWhen")),
        when,
        el("label", { class: "label", for: number.id }, phone ? words.t("callOnFile", { phone }) : words.t("callNumber")),
        number,
        note,
        el("button", { type: "submit", class: "go-there primary", "data-testid": "call-send" }, words.t("callSend")),
      ),
    );
  }
}
