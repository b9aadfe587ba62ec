/** Going on with this conversation on another channel: a link that carries a code, and the code itself. */
import type { Chat } from "../chat/chat";
import type { Passage } from "../chat/requests";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { externalIcon } from "./icons";
import { blank, plainButton, type Page } from "./sheet";
import { link } from "./text";

export interface Way {
  channel: string;
  label: string;
}

const OPENS = /^(https|tg|whatsapp|mailto|sms):/;

export class Elsewhere implements Page {
  readonly title = "elsewhere";

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly ways: () => Way[],
  ) {}

  draw(body: HTMLElement): void {
    const places = this.ways().map((way) => {
      const place = el("div", { class: "way" });
      place.append(plainButton(this.speech.t("openThere", { name: way.label }), "way", () => void this.prepare(way, place)));
      return place;
    });
    body.replaceChildren(el("p", { class: "sheet-lead" }, this.speech.t("elsewhereText")), ...places);
  }

  private async prepare(way: Way, place: HTMLElement): Promise<void> {
    const { conversation } = this.chat;
    if (!conversation) return;
    place.setAttribute("aria-busy", "true");
    let drawn: HTMLElement;
    try {
      drawn = this.passage(way, await this.chat.requests.elsewhere(conversation, way.channel));
    } catch {
      const again = plainButton(this.speech.t("retry"), "way", () => void this.prepare(way, place));
      drawn = blank(this.speech.t("elsewhereFailed"), true, again);
    }
    place.removeAttribute("aria-busy");
    place.replaceChildren(drawn);
    drawn.querySelector<HTMLElement>("a, button")?.focus();
  }

  private passage(way: Way, { link: address, code, expires }: Passage): HTMLElement {
    const box = el("div", { class: "passage", "data-testid": "passage" });
    if (address && OPENS.test(address)) {
      const go = link(address, this.speech.t("openThere", { name: way.label }), externalIcon(16));
      go.className = "go-there";
      go.dataset.testid = "go-there";
      box.append(go);
    }
    const shown = el("code", { class: "code", "data-testid": "code", tabindex: 0 }, code);
    const copied = el("span", { class: "file-note", role: "status" });
    const copy = plainButton(this.speech.t("copy"), "copy", () => {
      // Without a secure page there is no clipboard: the code is selected, to be copied by hand.
      const selected = () => getSelection()?.selectAllChildren(shown);
      if (!navigator.clipboard) return selected();
      navigator.clipboard.writeText(code).then(() => (copied.textContent = this.speech.t("copied")), selected);
    });
    box.append(
      el("p", {}, this.speech.t("sendCode", { name: way.label })),
      el("div", { class: "code-line" }, shown, copy, copied),
      el("p", { class: "file-note" }, this.speech.t("validUntil", { time: this.speech.full(expires) })),
    );
    return box;
  }
}
