// Where suggestions stand beside a conversation that the agent writes in; loaded once it is open.

import type { OpenConversation } from "../state/conversation";
import { isMine, register, type Command } from "../ui/commands";
import { useSelect } from "../ui/hooks";
import { later } from "../ui/later";
import { hasJoined } from "../passing/commands";
import type { State } from "../state/state";

const Part = later(() => import("./part").then((module) => module.SuggestionsPart));

const writes = (state: State): boolean => isMine(state) || hasJoined(state);

const nth = (n: 1 | 2 | 3, fr: string, en: string): Command => ({
  id: `suggestion.${n}`, group: "write", words: { fr: `Insérer la ${fr} suggestion`, en: `Insert the ${en} suggestion` },
  also: { fr: "article réponse aide", en: "article answer help" }, shortcut: n === 1 ? ["Alt+I", "Alt+1"] : `Alt+${n}`, may: "conversations.write", when: writes,
});

register(nth(1, "première", "first"), nth(2, "deuxième", "second"), nth(3, "troisième", "third"));

/** Whether suggestions are for this agent now: who does not write in it is not offered words. */
export function useSuggested(): boolean {
  return useSelect(writes);
}

export function SuggestionsPlace({ open }: { open: OpenConversation }) {
  const said = open.messages.filter(({ from }) => from === "customer");
  const last = said[said.length - 1];
  if (!last || !open.summary) return null;
  return <Part key={open.id} id={open.id} seq={last.seq} about={`${open.summary.mood} ${open.summary.customer?.id ?? ""}`} />;
}
