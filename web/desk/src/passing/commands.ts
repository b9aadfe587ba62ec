// What can be done to pass a conversation on, or to share it.

import type { State } from "../state/state";
import { isMine, register } from "../ui/commands";

const WRITES = "conversations.write";
const SUPERVISES = "conversations.supervise";

/** Anybody's that is not closed, for who supervises. */
export function isAnybodys({ page, open }: State): boolean {
  return page === "conversations" && Boolean(open?.summary) && open?.summary?.owner.kind !== "nobody";
}

/** The agent has joined a colleague in the open conversation. */
export function hasJoined({ page, open, agent }: State): boolean {
  return page === "conversations" && Boolean(open?.company?.joined.some(({ id }) => id === agent?.id));
}

export const supervises = ({ agent }: State): boolean => agent?.permissions.includes(SUPERVISES) ?? false;

register(
  {
    id: "pass", group: "conversation", words: { fr: "Transmettre à un collègue, une équipe, une compétence", en: "Transfer to a colleague, a team, a skill" },
    also: { fr: "passer transférer confier", en: "pass forward hand over" }, shortcut: "p", may: WRITES, when: (state) => isMine(state) || (supervises(state) && isAnybodys(state)),
  },
  {
    id: "invite", group: "conversation", words: { fr: "Inviter un collègue dans la conversation", en: "Ask a colleague to join" },
    also: { fr: "conférence ensemble aide", en: "conference together help" }, shortcut: "v", may: WRITES, when: isMine,
  },
  {
    id: "stepOut", group: "conversation", words: { fr: "Sortir de la conversation rejointe", en: "Step out of the conversation" },
    also: { fr: "quitter", en: "leave" }, shortcut: "o", may: WRITES, when: hasJoined, run: (desk) => void desk.working.stepOut(),
  },
  {
    id: "assign", group: "conversation", words: { fr: "Attribuer à quelqu’un, ou à moi, avec motif", en: "Give to somebody, or to me, with a reason" },
    also: { fr: "superviseur reprendre assigner", en: "supervisor take over assign override" }, shortcut: "g", may: SUPERVISES, when: isAnybodys,
  },
);
