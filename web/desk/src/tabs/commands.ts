// What can be done with tabs.

import { register } from "../ui/commands";
import type { State } from "../state/state";

const several = ({ tabs, open }: State): boolean => tabs.some(({ id }) => id !== open?.id);
const inTab = ({ page, open, tabs }: State): boolean => page === "conversations" && tabs.some(({ id }) => id === open?.id);

register(
  { id: "tab.next", group: "tabs", words: { fr: "Onglet suivant", en: "Next tab" }, shortcut: ["Shift+J", "Alt+ArrowDown"], may: "conversations.read", when: several, run: (desk) => desk.working.turn(1) },
  { id: "tab.previous", group: "tabs", words: { fr: "Onglet précédent", en: "Previous tab" }, shortcut: ["Shift+K", "Alt+ArrowUp"], may: "conversations.read", when: several, run: (desk) => desk.working.turn(-1) },
  {
    id: "tab.close", group: "tabs", words: { fr: "Fermer l’onglet (la conversation reste ouverte)", en: "Close the tab (the conversation stays open)" }, shortcut: "w", may: "conversations.read", when: inTab,
    run: (desk) => desk.working.close(desk.store.state.open?.id ?? ""),
  },
  {
    id: "tab.keep", group: "tabs", words: { fr: "Garder cette conversation dans un onglet", en: "Keep this conversation in a tab" }, also: { fr: "épingler", en: "pin" }, shortcut: "y", may: "conversations.read",
    when: (state) => inTab(state) && state.tabs.some(({ id, kept }) => id === state.open?.id && !kept),
    run: (desk) => desk.working.keepTab(desk.store.state.open?.id ?? ""),
  },
);
