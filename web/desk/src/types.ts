// The shapes that travel between the desk and the server, as docs/protocols.md writes them.

import type { Offer } from "./types.routing";
import type { Case, Customer, Order } from "./types.beside";
import { FURTHER, type FurtherView } from "./types.inbox";
import type { DeskMessage } from "./types.messages";
import type { Tag } from "./types.sorting";
import type { BoardState } from "./board/types";
import type { NoteFrame, NoticeFrame } from "./types.notes";

export type * from "./types.beside";
export type * from "./types.channels";
export type * from "./types.contact";
export type * from "./types.inbox";
export type * from "./types.messages";

export type Language = "fr" | "en";
export type Presence = "available" | "busy" | "away" | "offline";
export type View = "waiting" | "mine" | "assistant" | "closed" | FurtherView;
export type Speaker = "customer" | "bot" | "agent" | "system";
export type Delivery = "queued" | "sent" | "delivered" | "read" | "failed";
export type Proof = "anonymous" | "channel" | "verified" | "signed_in";
export type Mood = "calm" | "upset";
export type Reason = "asked" | "upset" | "unclear" | "failure" | "verification" | "unknown" | "taken" | "distress" | "fraud"
  | "too_many" | "too_large" | "encrypted";

export const VIEWS: readonly View[] = ["waiting", "mine", "assistant", "closed"];
export const ALL_VIEWS: readonly View[] = [...VIEWS, ...FURTHER];

export interface Agent {
  id: string;
  name: string;
  first_name: string;
  email: string;
  /** Its key: one of those that come with Relais, or of the company's own. */
  role: string;
  role_name: Partial<Record<Language, string>>;
  permissions: string[];
  language: Language;
  presence: Presence;
}

export interface Session {
  agent: Agent;
  csrf: string;
  /** The role asks for a second factor: until it is set up, nothing else is open. */
  enrolling?: boolean;
}

export interface Owner {
  kind: "bot" | "queue" | "agent" | "nobody";
  id: string | null;
  name: string | null;
}

export interface Summary {
  id: string;
  channel: string;
  language: Language;
  owner: Owner;
  version: number;
  customer: { id: string; name: string } | null;
  /** What they call themselves on their channel, or have said their name is; it proves nothing. */
  shown_name: string | null;
  proof: Proof;
  goal: string | null;
  mood: Mood;
  last: { from: Speaker; text: string; at: string; seq: number } | null;
  unread: number;
  waiting_since: string | null;
  created_at: string;
  priority: string;
  rating: Rating | null;
  /** Where the next answer goes because it was promised there. */
  answer_by: { channel: string; to: string } | null;
  /** Why their name or address may mislead. */
  beware: string[];
  /** Its agent has put it off, until then or until the customer writes. */
  snoozed?: { until: string | null } | null;
  /** When it came back after that. */
  returned_at?: string | null;
  /** The private note in which the words that were looked for stand. */
  note?: { author: string; text: string };
  tags?: Tag[];
}

/** What the customer said at the end: 1 is the worst score, 5 the best. */
export interface Rating {
  score: number;
  comment: string;
}

export interface Fact {
  name: string;
  label: string;
  value: string;
  seq: number | null;
  /** The customer said so themselves, and what stood there before. */
  corrected?: boolean;
  was?: string | null;
}

export interface Passport {
  goal: string | null;
  goal_seq?: number | null;
  goal_corrected?: boolean;
  facts: Fact[];
  tried: string[];
  proof: Proof;
  orders: string[];
  /** Numbers of the open cases that it is about. */
  cases?: string[];
  mood: Mood;
  language: Language;
  promised: string[];
  reason: Reason | null;
  at: string;
  /** What was noted when they were last spoken to: when and why, then the summary. */
  before?: string[];
}

export interface Counts extends Partial<Record<FurtherView, number>> {
  waiting: number;
  mine: number;
  assistant: number;
  /** The agent's reminders that are due. */
  reminders?: number;
}

export interface ListAnswer {
  items: Summary[];
  counts: Counts;
  next: string | null;
}

/** What was filled in before the first words, and the greeting that they answered. */
export interface Beforehand {
  facts: Fact[];
  greeting: { text: string; seq: number } | null;
}

export interface ConversationAnswer {
  conversation: Summary;
  passport: Passport | null;
  beforehand: Beforehand | null;
  messages: DeskMessage[];
  customer: Customer | null;
  orders: Order[];
  cases: Case[];
  /** What the agent had begun to write, here or on another device. */
  draft?: { text: string; at: string } | null;
}

export type BoardFrame = { type: "board" } & BoardState;

export type Frame =
  | { type: "ready"; build?: string | null }
  | { type: "viewing"; conversation: string; agents: { id: string; name: string }[] }
  | { type: "pong" }
  | { type: "conversation"; conversation: Summary }
  | { type: "message"; conversation: string; message: DeskMessage }
  | { type: "delivery"; conversation: string; seq: number; delivery: Delivery; error: string | null }
  | { type: "typing"; conversation: string; from: "customer" | "bot" | "agent"; name: string | null }
  | NoticeFrame
  | NoteFrame
  | BoardFrame
  | { type: "whisper"; conversation: string; read: boolean }
  | { type: "case"; case: string }
  /** Null where many changed at once. */
  | { type: "order"; order: string | null; customer: string | null }
  | { type: "offers"; offers: Offer[]; presence: Presence }
  | { type: "counts"; counts: Counts };
