// The shapes of suggestions and wrap-ups.

export type SuggestionKind = "article" | "canned" | "solved" | "offer";

export interface Suggestion {
  kind: SuggestionKind;
  subject: string;
  /** Where it stands among its kind, from 1. */
  place: number;
  title: string;
  text: string;
  /** What goes into the answer; null for what is to be read only, absent for what is filled in when it is inserted. */
  insert?: string | null;
  /** An article's page for customers. */
  url?: string | null;
  question?: string | null;
  price?: string;
}

export interface Suggestions {
  /** The customer's message that they are for. */
  seq: number | null;
  items: Suggestion[];
}

export interface WrapUp {
  id: string;
  version: number;
  conversation: string;
  at: string;
  summary: string;
  edited: boolean;
  reason_id: string | null;
  reason: string[] | null;
  required: boolean;
  /** For how long the agent's room is kept. */
  seconds_left: number;
  ended_by: "done" | "skipped" | "replaced" | null;
  case: string | null;
  reminder_at: string | null;
  agent: string | null;
  mine: boolean;
  reasons: { id: string; path: string[] }[];
}
