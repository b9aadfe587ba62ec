// Drafts on the server: written there a moment after they are written here, and taken from there when they are newer.

import type { Api } from "../api";
import type { ConversationAnswer } from "../types";
import type { Keep } from "./keep";

const PAUSE = 1_200;

export class Drafts {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly api: Api,
    private readonly keep: Keep,
  ) {}

  changed(id: string, text: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.set(id, setTimeout(() => {
      this.timers.delete(id);
      // What the server does not have this browser still has.
      this.api.keepDraft(id, text).catch(() => {});
    }, PAUSE));
  }

  /** Puts a text below what is being written. */
  add(id: string, text: string): void {
    const before = this.keep.draft(id).trimEnd();
    const whole = before ? `${before}\n\n${text}` : text;
    this.keep.setDraft(id, whole);
    this.changed(id, whole);
  }

  /** What another device wrote last stands here as well, unless something newer was written here. */
  heard(id: string, draft: ConversationAnswer["draft"]): void {
    if (!draft || this.timers.has(id) || Date.parse(draft.at) <= this.keep.draftAt(id)) return;
    if (draft.text !== this.keep.draft(id)) this.keep.setDraft(id, draft.text);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
