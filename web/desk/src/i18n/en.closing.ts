// Suggestions and wrap-ups, in English.

import type { SuggestionKind } from "../types.closing";

const kinds: Record<SuggestionKind, string> = { article: "Article", canned: "Canned reply", solved: "Answered before", offer: "Worth suggesting" };

export const closing = {
  suggestions: "Suggestions",
  kinds,
  insert: "Insert",
  of: (title: string) => `: ${title}`,
  inserted: "Inserted",
  open: "Open the article",
  dismiss: (title: string) => `Not helpful: ${title}`,
  internal: "For agents only",
  asked: (question: string) => `Asked: ${question}`,
  hidden: "What could name somebody is left out.",
  failed: "This could not be inserted. Try again.",

  wrapUp: "Wrap-up",
  lead: "Drawn from the conversation: correct what is not right.",
  reason: "Reason",
  noReason: "Choose a reason",
  summary: "Summary",
  followUp: "Something is still to be done",
  kind: "Keep it as",
  reminder: "a reminder to me",
  case: "a case",
  what: "What",
  when: "When",
  save: "Done",
  saving: "Saving…",
  skip: "Leave as it is",
  edit: "Correct",
  room: (left: string) => `Your place is kept for ${left}`,
  needed: "Your team asks for a reason.",
  past: "Choose a moment to come.",
  whatNeeded: "Say what is to be done.",
  caseOpened: (number: string) => `Case ${number}`,
  remindedAt: (when: string) => `Reminder ${when}`,
  by: (name: string) => `Noted by ${name}`,
  drawn: "Drawn from the conversation, not read over",
  stale: "This has changed in another window. It is shown as it is now.",
  unreachable: "The server cannot be reached. Try again.",
  nonePending: "Nothing is left to wrap up.",
};
