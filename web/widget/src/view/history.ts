/** The visitor's conversations: the open one, and those one may go back to. */
import type { Chat } from "../chat/chat";
import type { Past } from "../chat/requests";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { blank, bones, plainButton, type Page } from "./sheet";

export class History implements Page {
  readonly title = "conversations";

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly actions: { opened(): void; anew(): void },
  ) {}

  draw(body: HTMLElement): void {
    const waiting = bones(this.speech);
    // "Try again" goes away under the finger that pressed it; the focus must not go with it.
    if (body.contains((body.getRootNode() as ShadowRoot | Document).activeElement)) body.focus();
    body.replaceChildren(waiting);
    void this.fill(body, waiting);
  }

  private async fill(body: HTMLElement, waiting: HTMLElement): Promise<void> {
    const anew = plainButton(this.speech.t("newConversation"), "sheet-new", () => this.actions.anew());
    let drawn: HTMLElement[];
    try {
      const items = await this.chat.requests.conversations();
      drawn = items.length
        ? [el("ul", { class: "conversations" }, ...items.map((item) => el("li", {}, this.row(item)))), anew]
        : [blank(this.speech.t("noConversations"), false)];
    } catch {
      drawn = [blank(this.speech.t("listFailed"), true, plainButton(this.speech.t("retry"), "sheet-retry", () => this.draw(body)))];
    }
    // Closed, or asked again meanwhile.
    if (waiting.parentNode === body) body.replaceChildren(...drawn);
  }

  private row({ id, closed, last, unread }: Past): HTMLElement {
    const here = id === this.chat.conversation;
    const marks = [here && this.speech.t("thisOne"), closed && this.speech.t("ended")].filter(Boolean).join(" · ");
    return el(
      "button",
      { type: "button", class: "conversation", "data-testid": "conversation", "data-id": id, "aria-current": here ? "true" : null, click: (event: MouseEvent) => this.go(id, event.currentTarget as Element) },
      el("span", { class: "conversation-text", dir: "auto" }, last ? last.text || this.speech.t("noText") : this.speech.t("newConversation")),
      el("span", { class: "conversation-note" }, last ? el("time", { datetime: last.at }, this.speech.day(last.at)) : null, marks ? ` · ${marks}` : null),
      unread > 0 && !here ? el("span", { class: "conversation-new", "data-testid": "unread" }, this.speech.count("newHere", unread)) : null,
    );
  }

  private go(id: string, row: Element): void {
    if (this.chat.reopen(id)) return this.actions.opened();
    const list = row.closest(".conversations");
    list?.parentElement?.querySelector(".sheet-alert")?.remove();
    list?.before(el("p", { class: "sheet-alert", role: "alert", "data-testid": "sheet-alert" }, this.speech.t("sendFirst")));
  }
}
