// The conversations that are open in tabs: which, in what order, and what is new in each.

import type { Summary } from "../types";

export interface Tab {
  id: string;
  /** What is known of it; null until the server has told after a reload. */
  summary: Summary | null;
  /** Stays until it is closed; otherwise the next conversation that is opened takes its place. */
  kept: boolean;
  /** The last message that was there when it was last in sight. */
  seen: number;
  /** What it was called, for as long as nothing else is known. */
  label: string;
}

export const MOST_TABS = 20;

/** With a conversation in sight: in its own tab, or in the place of the one that is not kept. */
export function shown(tabs: Tab[], id: string, summary: Summary | null): Tab[] {
  if (tabs.some((tab) => tab.id === id)) return tabs.map((tab) => (tab.id === id ? read(tab) : tab));
  const fresh = read({ id, summary, kept: false, seen: 0, label: "" });
  const passing = tabs.findIndex((tab) => !tab.kept);
  if (passing >= 0) return tabs.map((tab, index) => (index === passing ? fresh : tab));
  return capped([...tabs, fresh], id);
}

/** With what changed in a conversation; one's own stay. `openId` is the one in sight. */
export function changed(tabs: Tab[], summary: Summary, { me, openId }: { me: string; openId: string | null }): Tab[] {
  const at = tabs.findIndex((tab) => tab.id === summary.id);
  const before = tabs[at];
  if (!before) return tabs;
  const mine = summary.owner.kind === "agent" && summary.owner.id === me;
  const after = { ...before, summary, kept: before.kept || mine };
  return tabs.map((tab, index) => (index === at ? (summary.id === openId ? read(after) : after) : tab));
}

export function kept(tabs: Tab[], id: string): Tab[] {
  return tabs.some((tab) => tab.id === id && !tab.kept) ? tabs.map((tab) => (tab.id === id ? { ...tab, kept: true } : tab)) : tabs;
}

export function without(tabs: Tab[], id: string): Tab[] {
  return tabs.filter((tab) => tab.id !== id);
}

/** Whether somebody wrote since it was last in sight. */
export function unread({ summary, seen }: Tab): boolean {
  return summary?.last?.from === "customer" && summary.last.seq > seen;
}

/** The tab beside it, around the end; null when there is no other. */
export function beside(tabs: Tab[], id: string | null, step: 1 | -1): string | null {
  const at = tabs.findIndex((tab) => tab.id === id);
  if (at < 0) return (step > 0 ? tabs[0] : tabs[tabs.length - 1])?.id ?? null;
  const next = tabs[(at + step + tabs.length) % tabs.length];
  return next && next.id !== id ? next.id : null;
}

/** Where one goes when a tab is closed: to the right, at the end to the left. */
export function afterClosing(tabs: Tab[], id: string): string | null {
  const at = tabs.findIndex((tab) => tab.id === id);
  return (tabs[at + 1] ?? tabs[at - 1])?.id ?? null;
}

function read(tab: Tab): Tab {
  const last = tab.summary?.last?.seq ?? 0;
  return last > tab.seen ? { ...tab, seen: last } : tab;
}

// Those that nobody wrote in since go first, the oldest of them.
function capped(tabs: Tab[], openId: string): Tab[] {
  if (tabs.length <= MOST_TABS) return tabs;
  const gone = tabs.find((tab) => tab.id !== openId && !unread(tab)) ?? tabs[0];
  return tabs.filter((tab) => tab !== gone);
}
