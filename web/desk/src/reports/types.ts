// What the server tells of a report.

export type Unit = "number" | "share" | "seconds" | "score";
export type Dimension = "team" | "agent" | "channel" | "topic" | "language";
export type Step = "day" | "week" | "month";

export interface Definition {
  counts: string;
  among: string;
  without: string;
  source: string;
}

export interface Figure {
  key: string;
  name: string;
  unit: Unit;
  fold: "count" | "sum" | "share" | "median" | "mean";
  better: "up" | "down" | "";
  value: number | null;
  rows: number;
  before: number | null;
  course: (number | null)[];
  course_before: (number | null)[];
  definition: Definition;
}

export interface Choice {
  key: string;
  name: string;
}

export interface Span {
  from: string;
  to: string;
  days: number;
  zone: string;
}

export interface Report {
  period: Span;
  before: Span;
  step: Step;
  steps: string[];
  within: number;
  as_of: string | null;
  figures: Figure[];
  hours: number[][];
  reasons: { key: string; name: string; count: number }[];
  words: Row[];
  choices: Record<Dimension, Choice[]>;
}

export interface Divided {
  by: string;
  name: string;
  figures: string[];
  parts: { key: string | null; name: string; values: Record<string, number | null>; rows: Record<string, number> }[];
}

export interface Row {
  id: string;
  at: string;
  counted: boolean;
  value: number | null;
  conversation: string | null;
  case: string | null;
  number: string | null;
  name: string | null;
  words: string | null;
  note: string | null;
  score: number | null;
  dims: Record<string, string>;
}

export interface Rows {
  figure: string;
  unit: Unit | null;
  dims: Choice[];
  items: Row[];
  next: string | null;
}

export interface Mailing {
  id: string;
  version: number;
  own: boolean;
  name: string;
  rhythm: "daily" | "weekly" | "monthly";
  hour: number;
  split_by: string;
  filters: Record<string, string | number>;
  recipients: string[];
  next_day: string;
}

export interface Mailings {
  items: Mailing[];
  recipients: Choice[];
  zone: string;
}
