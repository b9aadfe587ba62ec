// The working surface's part of the desk: tabs, passing on, who else is there, what came before, the build served.

import type { Api } from "../api";
import { afterClosing, beside, type Tab } from "../state/tabs";
import type { Store } from "../state/store";
import type { Frame, Presence, Summary } from "../types";
import type { Whereabouts } from "../types.routing";
import type { EarlierOne } from "../types.working";
import type { ActionResult } from "./desk";
import { learn, watch } from "./first";
import type { Keep } from "./keep";

/** What it needs of the desk. */
export interface Surroundings {
  readonly api: Api;
  readonly store: Store;
  readonly keep: Keep;
  go(change: { page?: "conversations"; id: string | null }): void;
  act(call: (summary: Summary) => Promise<{ conversation: Summary }>): Promise<ActionResult>;
}

export interface To {
  team?: string;
  skill?: string;
  agent?: string;
}

const SOON = 400;
const PAGE = 200;
const FAR = 1_000;

export class Working {
  private later: ReturnType<typeof setTimeout> | undefined;
  private loading = new Set<string>();
  private presence: Promise<unknown> = Promise.resolve();

  constructor(private readonly desk: Surroundings, private readonly ownBuild: () => string | null = entryScript) {
    watch(desk.store, desk.keep);
    let saved: Tab[] = desk.store.state.tabs;
    desk.store.listen(() => {
      const { tabs, session } = desk.store.state;
      if (tabs !== saved && session === "in" && this.restored) desk.keep.setTabs(tabs);
      saved = tabs;
    });
  }

  private restored = false;

  // Tabs

  /** Takes up the tabs of an earlier visit. */
  restore(): void {
    this.restored = true;
    this.desk.store.dispatch({ do: "tabs restored", tabs: this.desk.keep.tabs() });
    void this.refresh();
  }

  stop(): void {
    this.restored = false;
    clearTimeout(this.later);
  }

  /** Asks what is in the tabs now; those whose conversation is gone are closed. */
  async refresh(): Promise<void> {
    const { store, api } = this.desk;
    const ids = store.state.tabs.map(({ id }) => id);
    if (ids.length === 0) return;
    try {
      const { items } = await api.tabs(ids);
      for (const summary of items) store.dispatch({ do: "conversation", summary });
      const there = new Set(items.map(({ id }) => id));
      for (const id of ids) if (!there.has(id) && store.state.open?.id !== id) store.dispatch({ do: "tab closed", id });
    } catch {
      // The line's banner already says so.
    }
  }

  turn(step: 1 | -1): void {
    const { tabs, open } = this.desk.store.state;
    const id = beside(tabs, open?.id ?? null, step);
    if (id) this.desk.go({ page: "conversations", id });
  }

  /** Takes a tab away; its conversation stays as it is. */
  close(id: string): void {
    const { tabs, open } = this.desk.store.state;
    const next = afterClosing(tabs, id);
    this.desk.store.dispatch({ do: "tab closed", id });
    if (open?.id === id) this.desk.go({ page: "conversations", id: next });
  }

  keepTab(id: string): void {
    this.desk.store.dispatch({ do: "tab kept", id });
  }

  // Where the agent is

  /** Says where the agent is, why, and on which kinds of channel otherwise. Raises Refused, Unreachable. */
  async bePresent(presence: Presence, reason: string, ...channels: [] | [Whereabouts["channels"]]): Promise<Whereabouts | null> {
    const { store, api } = this.desk;
    const { agent } = store.state;
    if (!agent) return null;
    learn(this.desk.keep, "presence");
    store.dispatch({ do: "agent changed", agent: { ...agent, presence } });
    // One after the other: of two that overtake each other on the way the first would stand.
    const told = this.presence.then(() => api.bePresent(presence, reason, ...channels));
    this.presence = told.catch(() => {});
    try {
      return await told;
    } catch (error) {
      store.dispatch({ do: "agent changed", agent });
      throw error;
    }
  }

  // Passing on

  pass(to: To, note: string): Promise<ActionResult> {
    return this.desk.act(({ id, version }) => this.desk.api.transfer(id, { version, note, ...to }));
  }

  assign(agent: string, reason: string): Promise<ActionResult> {
    return this.desk.act(({ id, version }) => this.desk.api.assign(id, { version, agent, reason }));
  }

  stepOut(): Promise<ActionResult> {
    return this.desk.act(({ id }) => this.desk.api.stepOut(id));
  }

  /** Asks a colleague to come in. Raises Refused, Unreachable. */
  async invite(id: string, agent: string, note: string): Promise<void> {
    await this.desk.api.invite(id, { agent, note });
    await this.company(id);
  }

  // Who else is there

  hear(frame: Frame): void {
    const { open } = this.desk.store.state;
    if (frame.type === "ready") {
      const own = this.ownBuild();
      if (frame.build && own && frame.build !== own) this.desk.store.dispatch({ do: "outdated" });
      void this.refresh();
      if (open) void this.company(open.id);
    } else if (frame.type === "viewing") {
      this.desk.store.dispatch({ do: "viewing", id: frame.conversation, agents: frame.agents });
    } else if (frame.type === "conversation" && frame.conversation.id === open?.id) {
      // Who joins or leaves changes the conversation; several changes at once are one question.
      clearTimeout(this.later);
      this.later = setTimeout(() => void this.company(frame.conversation.id), SOON);
    }
  }

  /** A page that nobody can join, as one of the assistant, is not asked about. */
  async company(id: string): Promise<void> {
    const { open } = this.desk.store.state;
    if (open?.id !== id || (open.summary && open.summary.owner.kind !== "agent" && !open.company?.joined.length && !open.company?.asked.length)) return;
    try {
      this.desk.store.dispatch({ do: "company", id, company: await this.desk.api.company(id) });
    } catch {
      // The next change asks again.
    }
  }

  // What came before

  /** Loads the messages before the first one held; with `upTo`, until that one is there. False when it did not work. */
  async back(id: string, upTo?: number): Promise<boolean> {
    const { store, api } = this.desk;
    if (this.loading.has(id)) return true;
    this.loading.add(id);
    try {
      for (let first = this.first(id); first > Math.max(1, upTo ?? 0); first = this.first(id)) {
        const { messages } = await api.before(id, first, upTo === undefined ? PAGE : FAR);
        if (messages.length === 0 || store.state.open?.id !== id) break;
        store.dispatch({ do: "messages", id, messages });
        if (upTo === undefined) break;
      }
      return true;
    } catch {
      return false;
    } finally {
      this.loading.delete(id);
    }
  }

  private first(id: string): number {
    const { open } = this.desk.store.state;
    return open?.id === id ? open.messages[0]?.seq ?? 0 : 0;
  }

  /** Asks once which earlier conversations of the person there are. */
  async earlier(id: string): Promise<void> {
    const { store, api } = this.desk;
    if (store.state.open?.id !== id || store.state.open.earlier) return;
    const { items, next } = await api.earlier(id, null);
    store.dispatch({ do: "earlier", id, earlier: { shown: [], waiting: items, next } });
  }

  /** Puts the next earlier conversation above those in sight. */
  async showEarlier(id: string): Promise<void> {
    const { store, api } = this.desk;
    const before = store.state.open?.id === id ? store.state.open.earlier : null;
    const summary = before?.waiting[0];
    if (!before || !summary) return;
    const { messages } = await api.before(summary.id, (summary.last?.seq ?? 0) + 1, PAGE);
    const one: EarlierOne = { summary, messages };
    let { next } = before;
    let waiting = before.waiting.slice(1);
    if (waiting.length === 0 && next) ({ items: waiting, next } = await api.earlier(id, next));
    store.dispatch({ do: "earlier", id, earlier: { shown: [one, ...before.shown], waiting, next } });
  }
}

/** The script that this page began with, by its name; null while developing, where it has none of its own. */
function entryScript(): string | null {
  const source = document.querySelector<HTMLScriptElement>('script[type="module"][src*="/assets/"]')?.src;
  return source?.split("/").pop() ?? null;
}
