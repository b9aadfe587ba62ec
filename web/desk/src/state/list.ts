// The list of conversations: what belongs in a view, in which order, and how changes are merged in.

import type { Counts, ListAnswer, Summary, View } from "../types";

export interface ListState {
  status: "loading" | "ready" | "error";
  items: Summary[];
  next: string | null;
  loadingMore: boolean;
  /** The open row stays where it was after it left the view, so that nothing moves under the agent's hand. */
  held: { id: string; summary: Summary } | null;
}

export const emptyList: ListState = { status: "loading", items: [], next: null, loadingMore: false, held: null };
export const noCounts: Counts = { waiting: 0, mine: 0, assistant: 0 };

export function belongs(summary: Summary, view: View, me: string): boolean {
  const { kind, id } = summary.owner;
  if (view === "waiting") return kind === "queue";
  if (view === "mine") return kind === "agent" && id === me && !summary.snoozed;
  if (view === "snoozed") return kind === "agent" && id === me && Boolean(summary.snoozed);
  if (view === "assistant") return kind === "bot";
  if (view === "closed") return kind === "nobody";
  if (view === "mentioned") return true;
  // What else decides there only the server knows: whose team it is, what was promised when.
  return (kind === "queue" || kind === "agent") && (view !== "longest" || summary.waiting_since !== null);
}

/** Views whose rows only the server can choose: what is new there is asked for. */
export function chosenByServer(view: View): boolean {
  return view === "team" || view === "risk" || view === "mentioned";
}

/** Who waits comes first, longest first; after them the most recently active. */
export function inOrder(items: Summary[], view: View, held: ListState["held"] = null): Summary[] {
  const keyOf = (item: Summary): Summary => (held?.id === item.id ? held.summary : item);
  return [...items].sort((a, b) => compare(keyOf(a), keyOf(b), view));
}

function compare(a: Summary, b: Summary, view: View): number {
  if (view === "snoozed") return time(a.snoozed?.until ?? NEVER) - time(b.snoozed?.until ?? NEVER) || byId(a, b);
  if (view === "mine" && (a.returned_at || b.returned_at)) {
    return time(a.returned_at ?? NEVER) - time(b.returned_at ?? NEVER) || byId(a, b);
  }
  if (view === "team" || view === "longest" || view === "risk") {
    return time(a.waiting_since ?? activity(a)) - time(b.waiting_since ?? activity(b)) || byId(a, b);
  }
  if (view === "waiting" || view === "mine") {
    if (a.waiting_since && b.waiting_since) {
      return time(a.waiting_since) - time(b.waiting_since) || byId(a, b);
    }
    if (a.waiting_since || b.waiting_since) return a.waiting_since ? -1 : 1;
  }
  return time(activity(b)) - time(activity(a)) || byId(a, b);
}

const NEVER = "9999-12-31T00:00:00Z";

function activity(item: Summary): string {
  return item.last?.at ?? item.created_at;
}

// Timestamps with and without fractions of a second do not compare as text.
function time(at: string): number {
  return Date.parse(at);
}

function byId(a: Summary, b: Summary): number {
  return a.id < b.id ? -1 : 1;
}

/** A first page, fresh from the server. Rows the agent had not loaded yet come again through `next`. */
export function loaded(list: ListState, answer: ListAnswer, view: View): ListState {
  const known = new Map(list.items.map((item) => [item.id, item]));
  const items = answer.items.map((item) => newer(known.get(item.id), item));
  return { ...list, status: "ready", items: inOrder(items, view), next: answer.next, loadingMore: false, held: null };
}

export function loadedMore(list: ListState, answer: ListAnswer, view: View): ListState {
  const seen = new Set(list.items.map((item) => item.id));
  const items = [...list.items, ...answer.items.filter((item) => !seen.has(item.id))];
  return { ...list, items: inOrder(items, view, list.held), next: answer.next, loadingMore: false };
}

export interface Placing {
  view: View;
  me: string;
  openId: string | null;
  /** While a search is on, only the server knows what matches: rows are updated or removed, never added. */
  searching: boolean;
}

/** Merges one changed conversation into the list. An older version than the one held changes nothing. */
export function changed(list: ListState, summary: Summary, { view, me, openId, searching }: Placing): ListState {
  const present = list.items.find((item) => item.id === summary.id);
  if (present && newer(present, summary) === present) return list;
  if (belongs(summary, view, me)) {
    if (!present && searching) return list;
    const held = list.held?.id === summary.id ? null : list.held;
    const others = list.items.filter((item) => item.id !== summary.id);
    return { ...list, held, items: inOrder([...others, summary], view, held) };
  }
  if (!present) return list;
  if (summary.id === openId) {
    const held = list.held?.id === summary.id ? list.held : { id: summary.id, summary: present };
    return { ...list, held, items: list.items.map((item) => (item.id === summary.id ? summary : item)) };
  }
  return { ...list, items: list.items.filter((item) => item.id !== summary.id) };
}

/** Lets go of rows that left the view, now that another conversation (or none) is open. */
export function letGo(list: ListState, openId: string | null): ListState {
  const { held } = list;
  if (!held || held.id === openId) return list;
  return { ...list, held: null, items: list.items.filter((item) => item.id !== held.id) };
}

export function marked(list: ListState, id: string, change: Partial<Summary>): ListState {
  return { ...list, items: list.items.map((item) => (item.id === id ? { ...item, ...change } : item)) };
}

/** The more recent of two states of one conversation: by version, then by last message. */
export function newer(known: Summary | undefined, incoming: Summary): Summary {
  if (!known) return incoming;
  if (incoming.version !== known.version) return incoming.version > known.version ? incoming : known;
  return (incoming.last?.seq ?? 0) >= (known.last?.seq ?? 0) ? incoming : known;
}
