// Rules as the API tells them, and what they can ask about and name.

import type { Language } from "../types";

export type Scalar = string | number | boolean;
export type Tree =
  | Record<string, never> | { all: Tree[] } | { any: Tree[] } | { not: Tree } | { field: string; is: string; value?: Scalar | Scalar[] };

export interface Action {
  do: string;
  team?: string;
  agent_id?: string;
  field?: string;
  value?: string;
  to?: string;
  reason?: string;
  resolution?: string;
  summary?: string;
  tag?: string;
  tag_id?: string;
  whom?: string;
  texts?: Record<Language, string>;
  canned?: string;
  type_key?: string;
  urgency?: string;
  name?: string;
}

export interface Wait {
  status: string;
  hours: number;
  calendar_id?: string | null;
}

export interface Rule {
  id: string;
  version: number;
  name: string;
  enabled: boolean;
  position: number;
  event: string;
  wait: Wait | null;
  condition: Tree;
  actions: Action[];
  stop: boolean;
}

export interface Choice {
  key: string;
  name: string;
}

export interface Field {
  field: string;
  label: string;
  type: "word" | "text" | "number" | "yes_no" | "list";
  comparisons: string[];
  /** All its values, where there are no others. */
  choices: string[];
  /** Which of the lists its values are in. */
  list: ListName | null;
}

export type ListName = "teams" | "agents" | "types" | "statuses" | "resolutions" | "categories" | "tags" | "replies" | "calendars" | "segments" | "customer_tags" | "topics";

export interface Choices {
  events: string[];
  fields: Field[];
  lists: Record<ListName, Choice[]>;
}

/** What came of one action, or would. */
export interface Step {
  do: string;
  changed?: Record<string, [unknown, unknown]>;
  refused?: string;
  why?: string;
  held_back?: string;
  told?: string[];
  new?: boolean;
}

export interface Tried {
  case_id: string | null;
  number: string | null;
  matches: boolean;
  steps: Step[];
  at: string | null;
}

export interface Run {
  id: string;
  event: string;
  case_id: string | null;
  outcome: "done" | "failed" | "held";
  steps: Step[];
  created_at: string;
}
