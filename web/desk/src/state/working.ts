// What the working surface adds to the state: tabs, who else is in a conversation, what came before it, the build.

import type { Company, Earlier, Person } from "../types.working";
import type { OpenConversation } from "./conversation";
import type { State } from "./state";
import { changed, kept, shown, without, type Tab } from "./tabs";

export type WorkingAction =
  | { do: "tabs restored"; tabs: Tab[] }
  | { do: "tab kept"; id: string }
  | { do: "tab closed"; id: string }
  | { do: "viewing"; id: string; agents: Person[] }
  | { do: "company"; id: string; company: Company }
  | { do: "earlier"; id: string; earlier: Earlier }
  | { do: "outdated" };

const NAMES = ["tabs restored", "tab kept", "tab closed", "viewing", "company", "earlier", "outdated"];

export function isWorking(action: { do: string }): action is WorkingAction {
  return NAMES.includes(action.do);
}

export function reduceWorking(state: State, action: WorkingAction): State {
  switch (action.do) {
    case "tabs restored":
      return { ...state, tabs: state.open ? shown(action.tabs, state.open.id, state.open.summary) : action.tabs };
    case "tab kept":
      return { ...state, tabs: kept(state.tabs, action.id) };
    case "tab closed": {
      const { [action.id]: _gone, ...parked } = state.parked;
      return { ...state, tabs: without(state.tabs, action.id), parked };
    }
    case "viewing":
      return withOpen(state, action.id, { viewing: action.agents });
    case "company":
      return withOpen(state, action.id, { company: action.company });
    case "earlier":
      return withOpen(state, action.id, { earlier: action.earlier });
    case "outdated":
      return state.outdated ? state : { ...state, outdated: true };
  }
}

/** The state with tabs as they are now that another conversation may be open, or one has changed. */
export function withTabs(before: State, after: State): State {
  const me = after.agent?.id ?? "";
  const openId = after.open?.id ?? null;
  let { tabs, parked } = after;
  if (after.session !== "in") return after;
  if (openId && openId !== (before.open?.id ?? null)) tabs = shown(tabs, openId, after.open?.summary ?? null);
  if (after.open?.summary && after.open.summary !== before.open?.summary) tabs = changed(tabs, after.open.summary, { me, openId });
  // What is left behind in a tab is found again as it was.
  if (before.open && before.open.id !== openId && before.open.status === "ready" && tabs.some(({ id }) => id === before.open?.id)) {
    parked = { ...parked, [before.open.id]: { ...before.open, typing: null, viewing: [] } };
  }
  return tabs === after.tabs && parked === after.parked ? after : { ...after, tabs, parked };
}

function withOpen(state: State, id: string, change: Partial<OpenConversation>): State {
  return state.open?.id === id ? { ...state, open: { ...state.open, ...change } } : state;
}
