// What the agent does and what the server tells, turned into changes of the state.

import { Refused, Unreachable, type Api } from "../api";
import type { Live } from "../live";
import type { Store } from "../state/store";
import type { Agent, Frame, Language, Session, Summary } from "../types";
import { onScreen } from "../notes/browser";
import { Notes } from "../notes/notes";
import { Reminders } from "../notes/reminders";
import { Drafts } from "./drafts";
import { Hearing } from "./hearing";
import type { Keep } from "./keep";
import { Messages } from "./messages";
import { Offers } from "./offers";
import { Outbox } from "./outbox";
import { Reading } from "./reading";
import { parseRoute, toHash, type Route } from "./route";
import { Uploads } from "./uploads";
import { Working } from "./working";

export type ActionResult = "done" | "conflict" | "failed";

const TYPING_EVERY = 3_000;

export class Desk {
  readonly outbox: Outbox;
  readonly reading: Reading;
  readonly messages: Messages;
  readonly uploads: Uploads;
  readonly drafts: Drafts;
  readonly offers: Offers;
  readonly notes: Notes;
  readonly reminders: Reminders;
  readonly working: Working;
  /** Parts of the page that hear every frame as long as they are drawn. */
  readonly listeners = new Set<(frame: Frame) => void>();
  private readonly hearing: Hearing;
  private live: Live | null = null;
  private typedAt = 0;

  constructor(
    readonly api: Api,
    readonly store: Store,
    readonly keep: Keep,
    private readonly makeLive: (desk: Desk) => Live,
    sound: () => void = () => {},
  ) {
    this.reading = new Reading(api, store, (id, draft) => this.drafts.heard(id, draft));
    this.messages = new Messages(api, store, this.reading);
    this.uploads = new Uploads(api);
    this.drafts = new Drafts(api, keep);
    this.outbox = new Outbox(api, store, keep, (id, detail) => this.conflict(id, detail));
    this.offers = new Offers(api, store);
    this.notes = new Notes(api, store, () => keep.preferences.browserNotices && !this.pushed);
    this.reminders = new Reminders(api);
    this.hearing = new Hearing(store, keep, this.outbox, this.reading, this.offers, sound, this.notes);
    this.working = new Working(this);
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

  async signIn(email: string, password: string, code?: string): Promise<void> {
    this.signedIn(await this.api.signIn(email, password, code));
  }

  async signOut(): Promise<void> {
    try {
      await this.api.signOut();
    } catch (error) {
      if (error instanceof Unreachable) throw error;
    }
    this.signedOut(false);
  }

  async setSession(change: { language: Language }): Promise<void> {
    const before = this.store.state.agent;
    if (!before) return;
    this.keep.prefer({ language: change.language });
    this.store.dispatch({ do: "agent changed", agent: { ...before, ...change } });
    try {
      const answer = await this.api.setSession(change);
      if (answer?.csrf) this.api.csrf = answer.csrf;
      // Goals, labels and amounts come from the server in the agent's language.
      if (this.reads) await this.reading.reload();
    } catch (error) {
      this.store.dispatch({ do: "agent changed", agent: before });
      throw error;
    }
  }

  /** The board is looked at, or no more. */
  watchBoard(on: boolean): void {
    this.live?.watchBoard?.(on);
  }

  /** The agent did something here: who does nothing for long is set away. */
  touched(): void {
    this.live?.touched?.();
  }

  private signedIn({ agent, enrolling = false }: Session): void {
    this.keep.belongsTo(agent.id);
    this.keep.prefer({ language: agent.language });
    this.store.dispatch({ do: "signed in", agent, enrolling });
    if (enrolling) return;
    this.outbox.restore();
    if (this.reads) this.working.restore();
    if (this.pushed) void import("../admin").then(({ pushAgain }) => pushAgain(this)).catch(() => {});
    this.follow(parseRoute(location.hash));
    if (this.reads) {
      // First what is seen first.
      void this.reading.loadList();
      this.live = this.makeLive(this);
      this.live.viewing(this.store.state.open?.id ?? null);
      this.looked();
      this.live.start();
      this.reminders.load().catch(() => {});
    }
    // Until they are known, channels go by the names of their folders.
    this.api.channelNames()
      .then(({ ways, copies }) => this.store.dispatch({ do: "channel names", names: ways, copying: copies ?? [] })).catch(() => {});
  }

  /** Whether the browser tells by itself what the agent does not see here. */
  private get pushed(): boolean {
    return this.store.state.agent !== null && this.keep.preferences.pushes === this.store.state.agent.id;
  }

  /** Whether the role opens conversations at all: without it there is no list to load and no feed to listen to. */
  private get reads(): boolean {
    return this.store.state.agent?.permissions.includes("conversations.read") ?? false;
  }

  signedOut(expired: boolean): void {
    this.live?.stop();
    this.live = null;
    this.outbox.stop();
    this.working.stop();
    this.notes.stop();
    this.reminders.stop();
    this.uploads.clear();
    this.drafts.stop();
    this.api.csrf = null;
    this.store.dispatch({ do: "signed out", expired });
  }

  /** A lost socket may mean a lost session: browsers do not tell a refused handshake from a lost line. */
  async checkSession(): Promise<void> {
    try {
      const session = await this.api.session();
      if (this.store.state.session !== "in") return;
      if (session === null) this.signedOut(true);
      else if (session.enrolling) {
        this.live?.stop();
        this.live = null;
        this.store.dispatch({ do: "signed in", agent: session.agent, enrolling: true });
      }
      else this.permitted(session.agent);
    } catch {
      // Unreachable: the banner already says so.
    }
  }

  /** The feed is also refused to whose role does not open conversations any more. */
  private permitted({ role, role_name, permissions }: Agent): void {
    const { agent } = this.store.state;
    if (agent) this.store.dispatch({ do: "agent changed", agent: { ...agent, role, role_name, permissions } });
    if (this.reads) return;
    this.live?.stop();
    this.live = null;
  }

  hurry(): void {
    this.live?.hurry();
  }

  /** The agent has the desk before their eyes, or something else. */
  looked(): void {
    this.live?.front?.(onScreen());
  }

  // Where the agent is

  go(change: Partial<Route>): void {
    const { view, open, pane } = this.store.state;
    const route: Route = { page: "conversations", view, id: open?.id ?? null, context: pane === "context", ...change };
    location.hash = toHash(route);
    this.follow(route);
  }

  follow({ page, view, id, context }: Route): void {
    const before = this.store.state;
    if (before.session !== "in") return;
    this.store.dispatch({ do: "page", page });
    if (page !== "conversations" || !this.reads) return;
    this.store.dispatch({ do: "view", view });
    this.store.dispatch({ do: "pane", pane: context ? "context" : id ? "conversation" : "list" });
    if (view !== before.view) void this.reading.loadList();
    if (id !== (before.open?.id ?? null)) {
      this.store.dispatch({ do: "open", id });
      this.live?.viewing(id);
      if (id) void this.reading.loadOpen(id).then(() => this.working.company(id));
    }
  }

  // Acting

  take(): Promise<ActionResult> {
    return this.act((summary) => this.api.take(summary.id, summary.version));
  }

  release(note: string): Promise<ActionResult> {
    return this.act((summary) => this.api.release(summary.id, summary.version, note));
  }

  close(): Promise<ActionResult> {
    return this.act((summary) => this.api.close(summary.id, summary.version, this.seen(summary)));
  }

  /** Puts the open conversation off until then, or with null until the customer writes. */
  snooze(until: string | null): Promise<ActionResult> {
    return this.act((summary) => this.api.snooze(summary.id, summary.version, until, this.seen(summary)));
  }

  wake(): Promise<ActionResult> {
    return this.act((summary) => this.api.wake(summary.id, summary.version));
  }

  /** The number of the last message that the page shows of a conversation: in its transcript, or else in its row. */
  seen({ id, last }: Summary): number | undefined {
    const { open } = this.store.state;
    const shown = open?.id === id ? open.messages.map(({ seq }) => seq) : [];
    return shown.length > 0 ? Math.max(...shown) : last?.seq;
  }

  async act(call: (summary: Summary) => Promise<{ conversation: Summary }>): Promise<ActionResult> {
    const summary = this.store.state.open?.summary;
    if (!summary) return "failed";
    try {
      const { conversation } = await call(summary);
      this.store.dispatch({ do: "conversation", summary: conversation });
      this.store.dispatch({ do: "conflict", id: summary.id, detail: null });
      void this.reading.resume(summary.id);
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
    if (this.store.state.open?.id === id) void this.reading.loadOpen(id);
    void this.reading.loadList();
  }

  typing(id: string, now: number = Date.now()): void {
    if (now - this.typedAt < TYPING_EVERY) return;
    this.typedAt = now;
    this.api.typing(id).catch(() => {});
  }

  hear(frame: Frame, now: number = Date.now()): void {
    this.hearing.hear(frame, now);
    this.working.hear(frame);
    for (const listener of [...this.listeners]) listener(frame);
  }
}
