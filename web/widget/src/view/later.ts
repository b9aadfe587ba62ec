/** Views that are loaded when they are wanted, and what stands in their place until then. */
import type { Chat } from "../chat/chat";
import type { Config, Message } from "../chat/protocol";
import { el } from "../dom";
import type { Host } from "../host";
import type { Speech } from "../i18n";
import type { Sentence } from "../i18n/words";
import { blank, bones, plainButton, type Page } from "./sheet";

export type More = NonNullable<Window["__relaisMore"]>;

export class Later {
  private views: More | null = null;

  constructor(
    private readonly host: Pick<Host, "script" | "addStyles">,
    private readonly speech: Speech,
  ) {
    if (window.__relaisMore) this.here(window.__relaisMore);
  }

  /** Raises Error when they cannot be loaded now. */
  async load(): Promise<More> {
    if (!this.views) {
      if (!window.__relaisMore) await this.host.script("more");
      if (!window.__relaisMore) throw new Error("more.js is not what it should be");
      this.here(window.__relaisMore);
    }
    return this.views as unknown as More;
  }

  /** Loads them before they are asked for. */
  readonly soon = () => void this.load().catch(() => {});

  /** Places and contacts of a message, in the room kept for them; their names until then. */
  readonly shared = (room: HTMLElement, message: Message, drawn: () => void): void => {
    const show = ({ shared }: More) => {
      room.replaceChildren(...shared(message, this.speech));
      drawn();
    };
    if (this.views) return show(this.views);
    room.textContent = message.location?.name || message.contacts?.[0]?.name || "";
    this.load().then(show, () => {});
  };

  /** A page over the conversation. */
  page(title: Sentence, make: (more: More) => Page): Page {
    let page: Page | null = null;
    const draw = (body: HTMLElement): void => {
      if (this.views) return (page ??= make(this.views)).draw(body);
      const waiting = bones(this.speech);
      const drawn = (act: () => void) => () => waiting.parentNode === body && act();
      body.replaceChildren(waiting);
      this.load().then(
        drawn(() => draw(body)),
        drawn(() => body.replaceChildren(blank(this.speech.t("viewFailed"), true, plainButton(this.speech.t("retry"), "sheet-retry", () => draw(body))))),
      );
    };
    return { title, draw };
  }

  /** How to spend a wait, and at the end how it was: below the last message. */
  below(chat: Chat, config: () => Config, open: (page: Page) => void, drawn: () => void): { element: HTMLElement; render(): void } {
    const element = el("div");
    let card: { element: HTMLElement; render(): void } | null = null;
    const render = () => {
      const { kind, rate, rating } = chat.owner;
      if (card) return card.render();
      if (kind !== "queue" && !(kind === "nobody" && (rate || rating))) return;
      if (!this.views) return void this.load().then(render, () => {});
      card = new this.views.Below(chat, this.speech, config, open, drawn);
      element.replaceChildren(card.element);
      card.render();
      drawn();
    };
    return { element, render };
  }

  private here(views: More): void {
    this.host.addStyles(views.styles);
    this.speech.learn(views.words);
    this.views = views;
  }
}
