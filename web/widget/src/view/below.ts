/** What stands below the last message for a while: how to spend a wait, and at the end how it was. */
import type { Chat } from "../chat/chat";
import type { Config } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { RatingCard } from "./rating";
import type { Page } from "./sheet";
import { Waiting } from "./waiting";

export class Below {
  readonly element: HTMLElement;
  private readonly cards: { element: HTMLElement; render(): void }[];

  constructor(chat: Chat, speech: Speech, config: () => Config, open: (page: Page) => void, drawn: () => void) {
    this.cards = [new Waiting(chat, speech, config, open, drawn), new RatingCard(chat, speech, drawn)];
    this.element = el("div", {}, ...this.cards.map((card) => card.element));
  }

  render(): void {
    for (const card of this.cards) card.render();
  }
}
