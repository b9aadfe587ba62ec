// What the browser remembers between visits: preferences of this screen, drafts, and messages not yet sent.

import type { Outgoing } from "../state/conversation";
import { MOST_TABS, type Tab } from "../state/tabs";
import type { Language } from "../types";

export type Theme = "system" | "light" | "dark";

export interface Preferences {
  theme: Theme;
  enterSends: boolean;
  undoSend: boolean;
  sound: boolean;
  /** Whether the browser itself shows mentions and reminders while the desk is hidden. */
  browserNotices: boolean;
  /** Whose desk this browser tells of while nobody looks at it. */
  pushes: string | null;
  listFolded: boolean;
  contextFolded: boolean;
  /** Whether a single key outside of fields asks for something. */
  letterKeys: boolean;
  /** Whether first steps are shown, and which were made. */
  guided: boolean;
  learnt: string[];
  language: Language | null;
}

const DEFAULTS: Preferences = {
  theme: "system", enterSends: true, undoSend: true, sound: false, browserNotices: false, pushes: null, listFolded: false, contextFolded: false, letterKeys: true, guided: true, learnt: [], language: null,
};
const DRAFT_DAYS = 14;
const PREFIX = "relais.desk.";

type Drafts = Record<string, { text: string; at: number }>;

export class Keep {
  preferences: Preferences;
  private listeners = new Set<() => void>();
  private agentId = "nobody";

  constructor(private readonly storage: Storage | null = available(), private readonly now: () => number = Date.now) {
    this.preferences = { ...DEFAULTS, ...this.read<Partial<Preferences>>("preferences", {}) };
  }

  /** Drafts and unsent messages are each agent's own, also on a shared computer. */
  belongsTo(agentId: string): void {
    this.agentId = agentId;
    const drafts = this.read<Drafts>(this.own("drafts"), {});
    const oldest = this.now() - DRAFT_DAYS * 86_400_000;
    const recent = Object.entries(drafts).filter(([, draft]) => draft.at > oldest);
    this.write(this.own("drafts"), Object.fromEntries(recent));
  }

  prefer(change: Partial<Preferences>): void {
    this.preferences = { ...this.preferences, ...change };
    this.write("preferences", this.preferences);
    for (const listener of [...this.listeners]) listener();
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  draft(conversation: string): string {
    return this.read<Drafts>(this.own("drafts"), {})[conversation]?.text ?? "";
  }

  /** When the draft was last written here; 0 when there is none. */
  draftAt(conversation: string): number {
    return this.read<Drafts>(this.own("drafts"), {})[conversation]?.at ?? 0;
  }

  setDraft(conversation: string, text: string): void {
    const drafts = this.read<Drafts>(this.own("drafts"), {});
    if (text) drafts[conversation] = { text, at: this.now() };
    else delete drafts[conversation];
    this.write(this.own("drafts"), drafts);
  }

  outgoing(): Record<string, Outgoing[]> {
    return this.read(this.own("outgoing"), {});
  }

  setOutgoing(outgoing: Record<string, Outgoing[]>): void {
    this.write(this.own("outgoing"), outgoing);
  }

  /** The conversations in tabs, as far as they are worth keeping between visits. */
  tabs(): Tab[] {
    const kept = this.read<Tab[]>(this.own("tabs"), []);
    return Array.isArray(kept) ? kept.filter((tab) => typeof tab?.id === "string").slice(0, MOST_TABS) : [];
  }

  setTabs(tabs: Tab[]): void {
    this.write(this.own("tabs"), tabs.map((tab) => ({ ...tab, summary: null })));
  }

  private own(name: string): string {
    return `${name}.${this.agentId}`;
  }

  private read<T>(name: string, otherwise: T): T {
    try {
      return (JSON.parse(this.storage?.getItem(PREFIX + name) ?? "null") as T | null) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  private write(name: string, value: unknown): void {
    try {
      this.storage?.setItem(PREFIX + name, JSON.stringify(value));
    } catch {
      // Full or forbidden storage costs the memory between visits, never the work at hand.
    }
  }
}

function available(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
