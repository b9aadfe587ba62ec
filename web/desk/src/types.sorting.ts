// Tags, macros, and what is done in many conversations at once.

import type { Language } from "./types";

export const COLOURS = ["plain", "accent", "waiting", "risk", "late", "done"] as const;
export type Colour = (typeof COLOURS)[number];

export interface Tag {
  id: string;
  name: string;
  colour: Colour;
  /** Stays where it is, and is put on nothing more. */
  retired?: boolean;
}

export type StepKind = "insert" | "send" | "add_tag" | "remove_tag" | "set_language" | "open_case" | "change_case" | "assign" | "snooze" | "close";
export type SnoozeFor = "hour" | "four_hours" | "tomorrow" | "week" | "written";

/** A step as the list of macros tells it. */
export interface StepShown {
  do: StepKind;
  /** What it is about, by name; a language or a duration by its key. */
  what: string | null;
}

export interface Macro {
  id: string;
  name: string;
  shared: boolean;
  steps: StepShown[];
}

/** A step with what came of it, or would. */
export interface StepDone extends StepShown {
  done: boolean;
  why: string | null;
  text: string | null;
  missing: string[];
  until: string | null;
  case: string | null;
}

/** A step as it is kept. */
export interface Step {
  do: StepKind;
  texts?: Partial<Record<Language, string>>;
  canned?: string;
  tag?: string;
  language?: Language;
  type?: string;
  urgency?: string;
  status?: string;
  reason?: string;
  resolution?: string;
  summary?: string;
  team?: string;
  agent?: string;
  until?: SnoozeFor;
}

export interface Choice {
  key: string;
  name: string;
}

/** What a step can name. */
export interface MacroChoices {
  tags: Tag[];
  teams: Choice[];
  agents: Choice[];
  types: Choice[];
  statuses: Choice[];
  resolutions: Choice[];
  replies: Choice[];
  placeholders: Choice[];
  shares: boolean;
}

export type BulkWork =
  | { do: "take" } | { do: "close" } | { do: "snooze"; until: string | null } | { do: "tag"; add?: string[]; remove?: string[] }
  | { do: "assign"; team?: string; agent?: string; reason?: string };

export interface BulkAnswer {
  done: string[];
  left: { id: string; why: string }[];
}

export const MOST_AT_ONCE = 200;
