// What the desk asks the server for: the list, the open conversation, what came while it was not listening.

import { Refused, type Api } from "../api";
import { afterGap, hasGap, resumeFrom } from "../state/conversation";
import { chosenByServer } from "../state/list";
import type { Store } from "../state/store";
import type { ConversationAnswer, Criteria, Summary } from "../types";

const LOOK_AGAIN = 1_500;
/** Messages asked for at a time to fill a hole. */
const HOLE = 500;

export class Reading {
  private listRequest = 0;
  private missed: Summary[] = [];

  constructor(
    private readonly api: Api,
    private readonly store: Store,
    /** What the agent had begun to write there, as the server has it. */
    private readonly onDraft: (id: string, draft: ConversationAnswer["draft"]) => void = () => {},
  ) {}

  search(query: string): void {
    this.store.dispatch({ do: "query", query });
    void this.loadList();
  }

  narrow(criteria: Criteria): void {
    this.store.dispatch({ do: "criteria", criteria });
    void this.loadList();
  }

  /** A conversation changed that may belong in a list only the server chooses: it is asked, once for several. */
  maybeNew(id: string): void {
    const { view, query, criteria, list } = this.store.state;
    const decides = chosenByServer(view) || Object.keys(criteria).length > 0;
    if (!decides || query || list.items.some((item) => item.id === id) || this.later) return;
    this.later = setTimeout(() => {
      this.later = null;
      if (this.store.state.session === "in") void this.loadList();
    }, LOOK_AGAIN);
  }

  private later: ReturnType<typeof setTimeout> | null = null;

  /** What stands beside the open conversation may have changed: it is read again, once for several changes. */
  lookBeside(id: string): void {
    if (this.store.state.open?.id !== id || this.beside) return;
    this.beside = setTimeout(() => {
      this.beside = null;
      if (this.store.state.session === "in" && this.store.state.open?.id === id) void this.loadOpen(id);
    }, LOOK_AGAIN);
  }

  private beside: ReturnType<typeof setTimeout> | null = null;

  /** What changed while a list is on its way is newer than the list. */
  note(summary: Summary): void {
    this.missed = [...this.missed.slice(-200), summary];
  }

  async loadList(): Promise<void> {
    const request = ++this.listRequest;
    const { view, query, criteria } = this.store.state;
    this.missed = [];
    try {
      const answer = await this.api.list({ view, q: query, criteria });
      if (request !== this.listRequest) return;
      this.store.dispatch({ do: "list loaded", answer, more: false });
      // What changed while the answer was on its way is newer than the answer.
      for (const summary of this.missed) this.store.dispatch({ do: "conversation", summary });
    } catch {
      if (request === this.listRequest) this.store.dispatch({ do: "list failed" });
    }
  }

  async loadMore(): Promise<void> {
    const { view, query, criteria, list } = this.store.state;
    if (!list.next || list.loadingMore) return;
    const request = this.listRequest;
    this.store.dispatch({ do: "loading more", on: true });
    try {
      const answer = await this.api.list({ view, q: query, criteria, before: list.next });
      if (request === this.listRequest) this.store.dispatch({ do: "list loaded", answer, more: true });
    } catch (error) {
      this.store.dispatch({ do: "loading more", on: false });
      throw error;
    }
  }

  async loadOpen(id: string): Promise<void> {
    try {
      const answer = await this.api.conversation(id);
      this.onDraft(id, answer.draft);
      this.store.dispatch({ do: "opened", id, answer });
      await this.fillGap(id);
    } catch (error) {
      const missing = error instanceof Refused && (error.status === 404 || error.status === 403);
      this.store.dispatch({ do: "open failed", id, missing });
    }
  }

  /** Reads the open conversation anew: messages may have left it. */
  async reread(id: string): Promise<void> {
    if (this.store.state.open?.id === id) this.store.dispatch({ do: "reread", id, answer: await this.api.conversation(id) });
  }

  retryOpen(): void {
    const id = this.store.state.open?.id;
    if (!id) return;
    this.store.dispatch({ do: "retry open" });
    void this.loadOpen(id);
  }

  /** Asks for everything after the last message held without a gap. */
  async resume(id: string): Promise<void> {
    const { open } = this.store.state;
    if (open?.id !== id || open.status !== "ready") return;
    try {
      const { messages } = await this.api.messages(id, resumeFrom(open.messages));
      this.store.dispatch({ do: "messages", id, messages });
      await this.close(id);
    } catch {
      // The next frame or the next reconnection asks again.
    }
  }

  /** Far behind, the last page alone leaves a hole: what is in it is read from its end backwards. */
  private async close(id: string): Promise<void> {
    for (let last = 0; ;) {
      const { open } = this.store.state;
      const after = open?.id === id ? afterGap(open.messages) : 0;
      if (after === 0 || after === last) return;
      last = after;
      const { messages } = await this.api.before(id, after, HOLE);
      this.store.dispatch({ do: "messages", id, messages: messages.filter(({ seq }) => seq > resumeFrom(open?.messages ?? [])) });
    }
  }

  async fillGap(id: string): Promise<void> {
    const { open } = this.store.state;
    if (open?.id === id && hasGap(open.messages)) await this.resume(id);
  }

  async reload(): Promise<void> {
    const id = this.store.state.open?.id;
    await Promise.all([this.loadList(), id ? this.resume(id).then(() => this.loadOpen(id)) : null]);
  }
}
