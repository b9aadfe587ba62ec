// The supervisor's board as the server tells it.

import type { Language, Presence } from "../types";

export type FigureKey = "service_level" | "containment" | "repeat_yourself" | "score";
export type Defined = FigureKey | "waiting" | "longest" | "estimate" | "agents" | "talking" | "handed_over" | "risk" | "told_again";

export interface Figure {
  key: FigureKey;
  /** A share from 0 to 1, or a mark from 1 to 5; null while there is nothing to tell. */
  value: number | null;
  rows: number;
  /** The same over the stretch before. */
  before: number | null;
  target: number;
  better: "up" | "down" | "";
  good: boolean | null;
  span: "hour" | "day";
}

export interface Queue {
  team: string;
  names: Partial<Record<Language, string>>;
  waiting: number;
  cases: number;
  since: string | null;
  late: number;
  there: number;
  minutes: number | null;
}

export interface AtWork {
  id: string;
  name: string;
  presence: Presence;
  reason: string;
  automatic: "inactive" | "missed" | null;
  since: string;
  channels: Record<string, Presence>;
  here: boolean;
  load: number;
  capacity: number;
  held: Record<string, number>;
  conversations: number;
  customer_waits: string | null;
}

export interface Targets {
  version: number;
  answered_percent: number;
  answered_seconds: number;
  contained_percent: number;
  repeated_percent: number;
  satisfaction: number;
}

export interface BoardState {
  queues: Queue[];
  agents: AtWork[];
  assistant: { talking: number; reasons: Record<string, number> };
  risk: { nearly_up: number; run_out: number; next_due: string | null };
  figures: Figure[];
  told_again: number;
  /** What reports count is more than two minutes old. */
  behind: boolean;
  targets: Targets;
}

export interface Definition {
  key: Defined;
  name: string;
  counts: string;
  among: string;
  without: string;
  source: string;
  span: string;
}

export interface Repeated {
  conversation: string;
  seq: number;
  at: string;
  kind: "asked" | "told";
  label: string;
  agent: string | null;
  words: string;
}

export interface Whisper {
  id: string;
  text: string;
  from: string | null;
  mine: boolean;
  after_seq: number;
  at: string;
  read_at: string | null;
}

/** What an answer asks for although it is known. */
export interface KnownFact {
  fact: string;
  label: string;
  value: string;
  seq: number | null;
}

export interface Whose {
  kind: "queue" | "agent";
  key: string;
  name: string;
  /** How many there are: the list is read again when it changes. */
  count: number;
}
