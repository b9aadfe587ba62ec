// What the agent does and what the server tells, turned into changes of the state.

import { Refused, Unreachable, type Api } from "../api";
import type { Live } from "../live";
import { hasGap, resumeFrom } from "../state/conversation";
import type { Store } from "../state/store";
import type { Frame, Language, Presence, Session, Summary } from "../types";
import type { Keep } from "./keep";
import { Outbox } from "./outbox";
import { parseRoute, toHash, type Route } from "./route";

export type ActionResult = "done" | "conflict" | "failed";

const TYPING_EVERY = 3_000;

export class Desk {
  readonly outbox: Outbox;
  private live: Live | null = null;
  private listRequest = 0;
  private missed: Summary[] = [];
  private typedAt = 0;

  constructor(
    readonly api: Api,
    readonly store: Store,
    readonly keep: Keep,
    private readonly makeLive: (desk: Desk) => Live,
    private readonly sound: () => void = () => {},
  ) {
    this.outbox = new Outbox(api, store, keep, (id, detail) => this.conflict(id, detail));
    api.onSignedOut = () => this.signedOut(true);
  }

  // Session

  async start(): Promise<void> {
    try {
      const session = await this.api.session();
      if (session) this.signedIn(session);
      else this.store.dispatch({ do: "signed out", expired: false });
    } catch {
      this.store.dispatch({ do: "session unreachable" });
    }
  }

  async signIn(email: string, password: string): Promise<void> {
    this.signedIn(await this.api.signIn(email, password));
  }

  async signOut(): Promise<void> {
    try {
      await this.api.signOut();
    } catch (error) {
      if (error instanceof Unreachable) throw error;
    }
    this.signedOut(false);
  }

  async setSession(change: { language?: Language; presence?: Presence }): Promise<void> {
    const before = this.store.state.agent;
    if (!before) return;
    if (change.language) this.keep.prefer({ language: change.language });
    this.store.dispatch({ do: "agent changed", agent: { ...before, ...change } });
    try {
      const answer = await this.api.setSession(change);
      if (answer?.csrf) this.api.csrf = answer.csrf;
      // Goals, labels and amounts come from the server in the agent's language.
      if (change.language) await this.reload();
    } catch (error) {
      this.store.dispatch({ do: "agent changed", agent: before });
      throw error;
    }
  }

  private signedIn({ agent }: Session): void {
    this.keep.belongsTo(agent.id);
    this.keep.prefer({ language: agent.language });
    this.store.dispatch({ do: "signed in", agent });
    this.outbox.restore();
    this.follow(parseRoute(location.hash));
    this.live = this.makeLive(this);
    this.live.viewing(this.store.state.open?.id ?? null);
    this.live.start();
    void this.loadList();
  }

  signedOut(expired: boolean): void {
    this.live?.stop();
    this.live = null;
    this.outbox.stop();
    this.api.csrf = null;
    this.store.dispatch({ do: "signed out", expired });
  }

  /** A lost socket may mean a lost session: browsers do not tell a refused handshake from a lost line. */
  async checkSession(): Promise<void> {
    try {
      if ((await this.api.session()) === null && this.store.state.session === "in") this.signedOut(true);
    } catch {
      // Unreachable: the banner already says so.
    }
  }

  hurry(): void {
    this.live?.hurry();
  }

  // Where the agent is

  go(change: Partial<Route>): void {
    const { view, open, pane } = this.store.state;
    const route = { view, id: open?.id ?? null, context: pane === "context", ...change };
    location.hash = toHash(route);
    this.follow(route);
  }

  follow({ view, id, context }: Route): void {
    const before = this.store.state;
    if (before.session !== "in") return;
    this.store.dispatch({ do: "view", view });
    this.store.dispatch({ do: "pane", pane: context ? "context" : id ? "conversation" : "list" });
    if (view !== before.view) void this.loadList();
    if (id !== (before.open?.id ?? null)) {
      this.store.dispatch({ do: "open", id });
      this.live?.viewing(id);
      if (id) void this.loadOpen(id);
    }
  }

  search(query: string): void {
    this.store.dispatch({ do: "query", query });
    void this.loadList();
  }

  // Reading

  async loadList(): Promise<void> {
    const request = ++this.listRequest;
    const { view, query } = this.store.state;
    this.missed = [];
    try {
      const answer = await this.api.list({ view, q: query });
      if (request !== this.listRequest) return;
      this.store.dispatch({ do: "list loaded", answer, more: false });
      // What changed while the answer was on its way is newer than the answer.
      for (const summary of this.missed) this.store.dispatch({ do: "conversation", summary });
    } catch {
      if (request === this.listRequest) this.store.dispatch({ do: "list failed" });
    }
  }

  async loadMore(): Promise<void> {
    const { view, query, list } = this.store.state;
    if (!list.next || list.loadingMore) return;
    const request = this.listRequest;
    this.store.dispatch({ do: "loading more", on: true });
    try {
      const answer = await this.api.list({ view, q: query, before: list.next });
      if (request === this.listRequest) this.store.dispatch({ do: "list loaded", answer, more: true });
    } catch (error) {
      this.store.dispatch({ do: "loading more", on: false });
      throw error;
    }
  }

  async loadOpen(id: string): Promise<void> {
    try {
      const answer = await this.api.conversation(id);
      this.store.dispatch({ do: "opened", id, answer });
      await this.fillGap(id);
    } catch (error) {
      const missing = error instanceof Refused && (error.status === 404 || error.status === 403);
      this.store.dispatch({ do: "open failed", id, missing });
    }
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
    } catch {
      // The next frame or the next reconnection asks again.
    }
  }

  private async fillGap(id: string): Promise<void> {
    const { open } = this.store.state;
    if (open?.id === id && hasGap(open.messages)) await this.resume(id);
  }

  private async reload(): Promise<void> {
    const id = this.store.state.open?.id;
    await Promise.all([this.loadList(), id ? this.resume(id).then(() => this.loadOpen(id)) : null]);
  }

  // Acting

  take(): Promise<ActionResult> {
    return this.act((summary) => this.api.take(summary.id, summary.version));
  }

  release(note: string): Promise<ActionResult> {
    return this.act((summary) => this.api.release(summary.id, summary.version, note));
  }

  close(): Promise<ActionResult> {
    return this.act((summary) => this.api.close(summary.id, summary.version));
  }

  private async act(call: (summary: Summary) => Promise<{ conversation: Summary }>): Promise<ActionResult> {
    const summary = this.store.state.open?.summary;
    if (!summary) return "failed";
    try {
      const { conversation } = await call(summary);
      this.store.dispatch({ do: "conversation", summary: conversation });
      this.store.dispatch({ do: "conflict", id: summary.id, detail: null });
      void this.resume(summary.id);
      return "done";
    } catch (error) {
      if (error instanceof Refused && error.status === 409) {
        this.conflict(summary.id, error.detail);
        return "conflict";
      }
      this.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : "" });
      return "failed";
    }
  }

  private conflict(id: string, detail: string): void {
    this.store.dispatch({ do: "conflict", id, detail });
    if (this.store.state.open?.id === id) void this.loadOpen(id);
    void this.loadList();
  }

  typing(id: string, now: number = Date.now()): void {
    if (now - this.typedAt < TYPING_EVERY) return;
    this.typedAt = now;
    this.api.typing(id).catch(() => {});
  }

  // Hearing

  hear(frame: Frame, now: number = Date.now()): void {
    switch (frame.type) {
      case "ready":
        this.outbox.resume();
        void this.reload();
        break;
      case "counts":
        if (frame.counts.waiting > this.store.state.counts.waiting) this.ring();
        this.store.dispatch({ do: "counts", counts: frame.counts });
        break;
      case "conversation":
        this.heardOf(frame.conversation);
        break;
      case "message":
        if (frame.message.from === "customer" && this.isMine(frame.conversation)) this.ring();
        this.store.dispatch({ do: "message", id: frame.conversation, message: frame.message });
        void this.fillGap(frame.conversation);
        break;
      case "delivery":
        this.store.dispatch({ do: "delivery", id: frame.conversation, seq: frame.seq, delivery: frame.delivery });
        break;
      case "typing":
        if (frame.from === "agent" && frame.name === this.store.state.agent?.first_name) break;
        this.store.dispatch({ do: "typing", id: frame.conversation, from: frame.from, name: frame.name, now });
        break;
      default:
    }
  }

  private heardOf(summary: Summary): void {
    const before = this.store.state.open?.summary;
    this.missed = [...this.missed.slice(-200), summary];
    this.store.dispatch({ do: "conversation", summary });
    if (before?.id !== summary.id) return;
    const moved = before.owner.kind !== summary.owner.kind || before.owner.id !== summary.owner.id;
    const known = before.customer?.id !== summary.customer?.id || before.proof !== summary.proof;
    // The passport, the customer and the orders come with the conversation, not with its summary.
    if (moved || known) void this.loadOpen(summary.id);
  }

  private isMine(id: string): boolean {
    const { list, open, agent } = this.store.state;
    const summary = list.items.find((item) => item.id === id) ?? (open?.id === id ? open.summary : null);
    return summary?.owner.kind === "agent" && summary.owner.id === agent?.id;
  }

  private ring(): void {
    if (this.keep.preferences.sound) this.sound();
  }
}
