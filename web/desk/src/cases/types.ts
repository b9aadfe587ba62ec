// The shapes of cases as the desk's pages show them.

import type { Language } from "../types";

export type Stage = "active" | "waiting_customer" | "waiting_other" | "resolved" | "closed";
export type Priority = "urgent" | "high" | "normal" | "low";
export type Level = "low" | "medium" | "high";
export type Both = Partial<Record<Language, string>>;
export type Value = string | number | boolean | null;

export interface Clock {
  kind: "first_response" | "next_response" | "resolution";
  round: number;
  state: "running" | "paused" | "met" | "cancelled";
  /** Minutes of business time. */
  target: number;
  started_at: string;
  warn_at: string | null;
  due_at: string | null;
  met_at: string | null;
  late: boolean;
}

export interface Named {
  id: string;
  name: string;
}

export interface Row {
  id: string;
  number: string;
  subject: string;
  type_key: string;
  category_id: string | null;
  status: string;
  stage: Stage;
  priority: Priority;
  team: string;
  agent_id: string | null;
  tags: string[];
  due_at: string | null;
  created_at: string;
  updated_at: string;
  status_since: string;
  version: number;
  customer: Named | null;
  clock: Clock | null;
  items: { done: number; all: number } | null;
}

export interface Listed {
  items: Row[];
  next: string | null;
  now: string;
}

export interface Column extends Omit<Listed, "now"> {
  status: string;
  count: number;
}

export interface Columns {
  columns: Column[];
  now: string;
}

export type View = "open" | "mine" | "unassigned" | "risk" | "late";

export interface Counted {
  total: number;
  by_status: Record<string, number>;
  views: Record<View, number>;
  now: string;
}

interface Choice {
  key: string;
  names: Both;
}

export interface TemplateField extends Choice {
  kind: "text" | "number" | "boolean" | "date" | "choice";
  required: boolean;
  choices: string[];
}

export interface Template extends Choice {
  type_key: string;
  subjects: Both;
  descriptions: Both;
  fields: TemplateField[];
  checklist: { texts: Both; required: boolean }[];
}

export interface Settings {
  types: (Choice & { active: boolean; team: string })[];
  statuses: (Choice & { stage: Stage })[];
  resolutions: (Choice & { active: boolean })[];
  categories: (Choice & { parent: string | null; active: boolean })[];
  templates: Template[];
  teams: Choice[];
  agents: Named[];
  matrix: Partial<Record<Level, Partial<Record<Level, Priority>>>>;
}

/** Every field of one case. */
export interface Case extends Omit<Row, "customer" | "clock" | "items"> {
  description: string;
  customer_id: string | null;
  language: Language;
  channel: string | null;
  impact: Level;
  urgency: Level;
  fields: Record<string, Value>;
  template_key: string | null;
  due_extended: boolean;
  resolution_key: string | null;
  resolution_summary: string;
  parent_id: string | null;
  duplicate_of_id: string | null;
  opened_by: string;
  resolved_at: string | null;
  closed_at: string | null;
  reopened: number;
  acknowledge: "due" | "sent" | "no_way" | null;
}

export interface Step {
  to: string;
  stage: Stage;
  needs: string[];
  /** Of what it needs, what has to be done before. */
  missing: string[];
  permitted: boolean;
}

export interface Item {
  id: string;
  texts: Both;
  required: boolean;
  done_at: string | null;
  done_by: string | null;
}

export interface Said {
  id: string;
  author: string;
  agent_id: string | null;
  body: string;
  reply: boolean;
  created_at: string;
  edited_at: string | null;
  version: number;
}

export interface CaseFile {
  id: string;
  name: string;
  media_type: string;
  size: number;
  path: string | null;
  /** The comment it came with. */
  comment_id: string | null;
}

export interface Happened {
  id: string;
  at: string;
  actor: string;
  action: string;
  changes: Record<string, { old: unknown; new: unknown }>;
  details: Record<string, unknown>;
}

export type Other = Pick<Row, "id" | "number" | "subject" | "status" | "stage" | "priority">;

export interface Links {
  conversations: { id: string; channel: string; last_message_at: string; subject: string | null }[];
  orders: { id: string; number: string; status: string }[];
  related: Other[];
  children: Other[];
  duplicates: Other[];
  parent: Other | null;
  original: Other | null;
  watchers: Named[];
}

export interface Whole {
  case: Case;
  customer: Named | null;
  clocks: Clock[];
  steps: Step[];
  items: Item[];
  said: Said[];
  history: Happened[];
  /** What the agents are called that are spoken of, by actor. */
  names: Record<string, string>;
  links: Links;
  files: CaseFile[];
  now: string;
}
