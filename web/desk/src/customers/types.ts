// The shapes of the pages of customers, as the API and the desk's own addresses tell them.

import type { Language } from "../types";
import type { Rule } from "./rules";

export type Stage = "prospect" | "new" | "active" | "declining" | "lost";
export type Side = "kept" | "gone";

/** What a list shows of somebody. */
export interface Glance {
  id: string;
  name: string;
  company: string;
  language: Language;
  external_id: string | null;
  email: string | null;
  phone: string | null;
  place: string;
  country: string | null;
  vip: boolean;
  stage: Stage | null;
  since: string | null;
  last_contact: string | null;
  /** Null for whom orders are not to be seen. */
  orders: number | null;
  last_order: string | null;
  found?: { by: string; value: string } | null;
}

export interface Identity {
  id: string;
  kind: string;
  value: string;
  proof: "none" | "channel" | "verified";
  proved_at: string | null;
  is_primary: boolean;
  shown_name: string | null;
  unreachable_since: string | null;
}

export interface Address {
  id: string;
  version: number;
  label: string;
  line1: string;
  line2: string;
  city: string;
  region: string;
  postcode: string;
  country: string;
  is_default: boolean;
}

export interface Consent {
  purpose: string;
  channel: string;
  given: boolean;
  basis: "contract" | "consent" | "interest" | null;
  how: string | null;
  at: string | null;
}

export interface ConsentEvent extends Omit<Consent, "basis"> {
  id: string;
  wording: string;
  at: string;
}

export interface Profile {
  id: string;
  version: number;
  external_id: string | null;
  first_name: string;
  last_name: string;
  language: Language;
  company: string;
  birth_date: string | null;
  time_zone: string | null;
  created_at: string;
}

export interface Whole extends Profile {
  wishes: { channel: string | null; hours_from: string | null; hours_until: string | null };
  identities: Identity[];
  addresses: Address[];
  consents: Consent[];
  attributes: Record<string, string | number | boolean>;
  tags: string[];
  groups: { group_id: string; kind: string; name: string; role: string }[];
  counts: { orders: number; conversations: number; cases: number; open_cases: number; notes: number; documents: number; duplicates: number };
}

export interface Value {
  version: number;
  currency: string | null;
  orders: number;
  spent_minor: number;
  first_order_at: string | null;
  last_order_at: string | null;
  recency_score: number | null;
  frequency_score: number | null;
  monetary_score: number | null;
  stage: Stage | null;
  stage_since: string | null;
  alive: number | null;
  leaving_risk: number | null;
  expected_orders: number | null;
  lifetime_value_minor: number | null;
  vip: boolean;
  vip_by_hand: boolean | null;
  vip_note: string;
}

export interface ValueSettings {
  horizon_days: number;
  window_days: number;
  stage_rules: Partial<Record<Stage, Rule>>;
  vip_rule: Rule;
}

export interface Note {
  id: string;
  customer_id: string;
  version: number;
  author: string;
  text: string;
  pinned: boolean;
  created_at: string;
  edited_at: string | null;
}

export interface CaseRow {
  id: string;
  number: string;
  subject: string;
  type_key: string;
  status: string;
  stage: "active" | "waiting_customer" | "waiting_other" | "resolved" | "closed";
  priority: string;
  created_at: string;
}

export interface Named {
  key: string;
  names: Record<Language, string>;
  active?: boolean;
}

export interface Entry {
  id: string;
  at: string;
  kind: string;
  channel: string | null;
  conversation_id: string | null;
  facts: Record<string, unknown>;
}

export interface Piece {
  kind: string;
  likeness?: number | null;
  against?: boolean;
}

export interface Pair {
  id: string;
  score: number;
  evidence: Piece[];
  customers: [Glance, Glance];
}

export interface Difference {
  name: string;
  kept: unknown;
  gone: unknown;
  wins: Side;
}

export interface Preview {
  fields: Difference[];
  moved: Record<string, number>;
  conversations_left: number;
}

export interface Merged {
  id: string;
  gone: string | null;
  at: string;
  by: string | null;
  undone_at: string | null;
  undone_by: string | null;
  outcome: { changed_since?: Record<string, number>; added_since?: Record<string, number>; begun_since?: number } | null;
  undoable: boolean;
}

export interface Segment {
  id: string;
  version: number;
  name: string;
  description: string;
  rule: Rule;
  count: number | null;
}

export interface Member {
  id: string;
  external_id: string | null;
  first_name: string;
  last_name: string;
  language: Language;
}

export interface Field {
  name: string;
  kind: "number" | "money" | "text" | "choice" | "boolean" | "date" | "set";
  labels: Record<Language, string | null>;
  operators: string[];
  choices: string[];
  within_days: boolean;
  currency: boolean;
}

/** A field that the company itself has defined. */
export interface OwnField {
  key: string;
  kind: "text" | "number" | "date" | "boolean" | "choice" | "url";
  labels: Record<Language, string>;
  choices: { value: string; labels: Record<Language, string> }[];
  position: number;
}

export interface Known {
  customer: Whole;
  reload(): void;
}
