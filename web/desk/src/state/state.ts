// Everything the desk shows, in one value, and the only function that changes it.

import type { Connection } from "../live";
import type {
  Agent, ChannelNames, ConversationAnswer, Counts, Criteria, Delivery, DeskMessage, Language, ListAnswer, Summary, View,
} from "../types";
import type { HeldOffer } from "../types.routing";
import {
  delivered, heard, merge, opened, opening, stillOutgoing, TYPING_LASTS,
  type OpenConversation, type Outgoing, type Typing,
} from "./conversation";
import { changed as changedTab, type Tab } from "./tabs";
import { isWorking, reduceWorking, withTabs, type WorkingAction } from "./working";
import { changed, chosenByServer, emptyList, letGo, loaded, loadedMore, marked, newer, noCounts, type ListState } from "./list";

export type Page = "conversations" | "channels" | "undelivered" | "admin" | "account" | "board" | "reports" | "cases" | "customers" | "knowledge";
export type Pane = "list" | "conversation" | "context";

export interface State {
  session: "unknown" | "out" | "in" | "unreachable";
  /** The session ended by itself: the sign-in page says so, and that drafts are kept. */
  expired: boolean;
  agent: Agent | null;
  /** The role asks for a second factor that is not set up yet. */
  enrolling: boolean;
  language: Language;
  connection: Connection;
  page: Page;
  view: View;
  query: string;
  criteria: Criteria;
  list: ListState;
  counts: Counts;
  open: OpenConversation | null;
  pane: Pane;
  outgoing: Record<string, Outgoing[]>;
  /** One passing sentence about something that did not work. */
  notice: string | null;
  /** What channels are called; those that the server has not told yet go by their own names. */
  channelNames: ChannelNames;
  /** The channels on which others may be given a copy of an answer. */
  copying: string[];
  /** What is offered to the agent now. */
  offers: HeldOffer[];
  /** The conversations open in tabs, and those of them that are not in sight, as they were left. */
  tabs: Tab[];
  parked: Record<string, OpenConversation>;
  /** The server has another build of the desk than this page. */
  outdated: boolean;
}

export type Action =
  | { do: "signed in"; agent: Agent; enrolling?: boolean }
  | { do: "agent changed"; agent: Agent }
  | { do: "signed out"; expired: boolean }
  | { do: "session unreachable" }
  | { do: "language"; language: Language }
  | { do: "connection"; state: Connection }
  | { do: "view"; view: View }
  | { do: "query"; query: string }
  | { do: "criteria"; criteria: Criteria }
  | { do: "pane"; pane: Pane }
  | { do: "list loaded"; answer: ListAnswer; more: boolean }
  | { do: "list failed" }
  | { do: "loading more"; on: boolean }
  | { do: "counts"; counts: Counts }
  | { do: "open"; id: string | null }
  | { do: "opened"; id: string; answer: ConversationAnswer }
  | { do: "open failed"; id: string; missing: boolean }
  | { do: "retry open" }
  | { do: "reread"; id: string; answer: ConversationAnswer }
  | { do: "page"; page: Page }
  | { do: "conversation"; summary: Summary }
  | { do: "messages"; id: string; messages: DeskMessage[] }
  | { do: "message"; id: string; message: DeskMessage }
  | { do: "delivery"; id: string; seq: number; delivery: Delivery; error: string | null }
  | { do: "typing"; id: string; from: Typing["from"]; name: string | null; now: number }
  | { do: "typing over"; now: number }
  | { do: "conflict"; id: string; detail: string | null }
  | { do: "outgoing"; id: string; change: (outgoing: Outgoing[]) => Outgoing[] }
  | { do: "channel names"; names: ChannelNames; copying: string[] }
  | { do: "offers"; offers: HeldOffer[] }
  | { do: "notice"; text: string | null }
  | WorkingAction;

export function initial(language: Language, view: View = "waiting"): State {
  return {
    session: "unknown", expired: false, agent: null, enrolling: false, language, connection: "connecting", page: "conversations", view, query: "", criteria: {},
    list: emptyList, counts: noCounts, open: null, pane: "list", outgoing: {}, notice: null, channelNames: {}, copying: [], offers: [],
    tabs: [], parked: {}, outdated: false,
  };
}

export function reduce(state: State, action: Action): State {
  return withTabs(state, isWorking(action) ? reduceWorking(state, action) : reduceAll(state, action));
}

function reduceAll(state: State, action: Exclude<Action, WorkingAction>): State {
  switch (action.do) {
    case "signed in":
      return { ...state, session: "in", expired: false, agent: action.agent, enrolling: action.enrolling ?? false, language: action.agent.language };
    case "agent changed":
      return { ...state, agent: action.agent, language: action.agent.language };
    case "signed out":
      return { ...initial(state.language, state.view), session: "out", expired: action.expired };
    case "session unreachable":
      return { ...state, session: "unreachable" };
    case "language":
      return { ...state, language: action.language };
    case "connection":
      return { ...state, connection: action.state };
    case "view":
      return state.view === action.view ? state : { ...state, view: action.view, list: emptyList };
    case "page":
      return state.page === action.page ? state : { ...state, page: action.page };
    case "query":
      return { ...state, query: action.query };
    case "criteria":
      return { ...state, criteria: action.criteria, list: emptyList };
    case "pane":
      return { ...state, pane: action.pane };
    case "channel names":
      return { ...state, channelNames: action.names, copying: action.copying };
    case "offers":
      return { ...state, offers: action.offers };
    case "notice":
      return { ...state, notice: action.text };
    case "outgoing":
      return withOutgoing(state, action.id, action.change(state.outgoing[action.id] ?? []));
    default:
      return reduceConversations(state, action);
  }
}

type ConversationAction = Exclude<Action, WorkingAction | {
  do: "signed in" | "agent changed" | "signed out" | "session unreachable" | "language" | "connection" | "view"
    | "page" | "query" | "criteria" | "pane" | "notice" | "outgoing" | "channel names" | "offers";
}>;

function reduceConversations(state: State, action: ConversationAction): State {
  switch (action.do) {
    case "list loaded": {
      const place = action.more ? loadedMore : loaded;
      const list = place(state.list, action.answer, state.view);
      const read = state.open ? marked(list, state.open.id, { unread: 0 }) : list;
      return { ...state, list: read, counts: action.answer.counts };
    }
    case "list failed":
      // What is already shown stays: a stale list with the offline banner beats an empty one.
      return state.list.status === "ready" ? state : { ...state, list: { ...state.list, status: "error" } };
    case "loading more":
      return { ...state, list: { ...state.list, loadingMore: action.on } };
    case "counts":
      return { ...state, counts: action.counts };
    case "open":
      return openConversation(state, action.id);
    case "retry open":
      return state.open ? { ...state, open: { ...state.open, status: "loading" } } : state;
    case "conversation":
      return withSummary(state, action.summary);
    case "opened": {
      const next = withOpen(state, action.id, (open) => opened(open, action.answer));
      return withMessages(withSummary(next, action.answer.conversation), action.id, action.answer.messages);
    }
    case "reread":
      return withOpen(state, action.id, (open) => opened({ ...open, messages: [] }, action.answer));
    case "open failed":
      return withOpen(state, action.id, (open) =>
        open.status === "ready" ? open : { ...open, status: action.missing ? "missing" : "error" });
    case "messages":
      return withMessages(
        withOpen(state, action.id, (open) => ({ ...open, messages: merge(open.messages, action.messages) })),
        action.id, action.messages,
      );
    case "message":
      return withMessages(
        withOpen(state, action.id, (open) => heard(open, action.message)), action.id, [action.message],
      );
    case "delivery":
      return withOpen(state, action.id, (open) => delivered(open, action.seq, action.delivery, action.error));
    case "typing":
      return withOpen(state, action.id, (open) => ({
        ...open, typing: { from: action.from, name: action.name, until: action.now + TYPING_LASTS },
      }));
    case "typing over":
      if (!state.open?.typing || state.open.typing.until > action.now) return state;
      return { ...state, open: { ...state.open, typing: null } };
    case "conflict":
      return withOpen(state, action.id, (open) => ({ ...open, conflict: action.detail }));
  }
}

function openConversation(state: State, id: string | null): State {
  if (state.open?.id === id) return state;
  const list = letGo(state.list, id);
  if (id === null) return { ...state, list, open: null };
  const summary = list.items.find((item) => item.id === id) ?? null;
  const known = summary ?? state.tabs.find((tab) => tab.id === id)?.summary ?? null;
  const left = state.parked[id];
  const open = left ? { ...left, summary: known ? newer(left.summary ?? undefined, known) : left.summary } : opening(id, known);
  return { ...state, list: marked(list, id, { unread: 0 }), open };
}

function withSummary(state: State, incoming: Summary): State {
  const openId = state.open?.id ?? null;
  // What is open is being read.
  const summary = incoming.id === openId ? { ...incoming, unread: 0 } : incoming;
  const next = state.open && summary.id === openId
    ? { ...state, open: { ...state.open, summary: newer(state.open.summary ?? undefined, summary) } }
    : { ...state };
  const me = state.agent?.id ?? "";
  next.tabs = changedTab(next.tabs, summary, { me, openId });
  const placing = { view: state.view, me, openId, searching: state.query !== "" || Object.keys(state.criteria).length > 0 || chosenByServer(state.view) };
  return next.list.status === "ready" ? { ...next, list: changed(next.list, summary, placing) } : next;
}

function withOpen(state: State, id: string, change: (open: OpenConversation) => OpenConversation): State {
  return state.open?.id === id ? { ...state, open: change(state.open) } : state;
}

function withMessages(state: State, id: string, messages: DeskMessage[]): State {
  const before = state.outgoing[id];
  return before ? withOutgoing(state, id, stillOutgoing(before, messages)) : state;
}

function withOutgoing(state: State, id: string, list: Outgoing[]): State {
  if (list === state.outgoing[id]) return state;
  const outgoing = { ...state.outgoing };
  if (list.length > 0) outgoing[id] = list;
  else delete outgoing[id];
  return { ...state, outgoing };
}
