// What is done to one message: taken for something else, sent again, given up, split off.

import type { Api } from "../api";
import type { Store } from "../state/store";
import type { Intents, Summary } from "../types";
import type { Reading } from "./reading";

export class Messages {
  private known: Promise<Intents> | null = null;
  private named = "";

  constructor(private readonly api: Api, private readonly store: Store, private readonly reading: Reading) {}

  /** What a message can be about and what that is called, asked for once a language. */
  intents(language: string): Promise<Intents> {
    if (this.named !== language) [this.known, this.named] = [null, language];
    this.known ??= this.api.intents().catch((error: unknown) => {
      this.known = null;
      throw error;
    });
    return this.known;
  }

  /** Says what a message should have been taken for; null takes it back. */
  async correct(id: string, seq: number, intent: string | null): Promise<void> {
    this.store.dispatch({ do: "message", id, message: await this.api.correct(id, seq, intent) });
  }

  /** Queues a message again that could not be delivered. */
  async resend(id: string, seq: number): Promise<void> {
    const { message } = await this.api.resend(id, seq);
    this.store.dispatch({ do: "message", id, message });
  }

  /** Gives up for good what could not be delivered. */
  async setAside(id: string, seq: number, why: string): Promise<void> {
    const { message } = await this.api.setMessageAside(id, seq, why);
    this.store.dispatch({ do: "message", id, message });
  }

  /** Gives a mail a conversation of its own; the one that was made, when the server names it. */
  async split(id: string, seq: number): Promise<Summary | null> {
    const { conversation } = await this.api.split(id, seq);
    if (conversation) this.store.dispatch({ do: "conversation", summary: conversation });
    await Promise.all([this.reading.reread(id), this.reading.loadList()]);
    return conversation ?? null;
  }

  /** Puts a mail back where it was before it was split off. */
  async unsplit(id: string): Promise<Summary | null> {
    const { conversation } = await this.api.unsplit(id);
    await this.reading.loadList();
    return conversation ?? null;
  }
}
