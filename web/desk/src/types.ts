// The shapes that travel between the desk and the server, as docs/protocols.md writes them.

import type { Offer } from "./types.routing";
import type { Case, Customer, Order } from "./types.beside";
import type { Copies } from "./types.contact";
import { FURTHER, type FurtherView } from "./types.inbox";
import type { Tag } from "./types.sorting";
import type { BoardState } from "./board/types";
import type { NoteFrame, NoticeFrame } from "./types.notes";

export type * from "./types.beside";
export type * from "./types.channels";
export type * from "./types.contact";
export type * from "./types.inbox";

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

export interface Card {
  kind: "article" | "order" | "product";
  title: string;
  text: string;
  url: string | null;
  lines?: string[];
  /** In the currency's smallest unit; `lowest` of several. */
  price?: { minor: number; currency: string; lowest?: boolean } | null;
  /** Of a product: a path of this server, which fetches those from elsewhere. */
  picture?: string | null;
}

export type FileKind = "image" | "document" | "audio" | "video" | "other";

export interface FileRef {
  id: string;
  kind: FileKind;
  name: string;
  media_type: string;
  size: number;
  state: "pending" | "kept" | "refused" | "lost";
  refused: "too_large" | "type" | "infected" | "broken" | "gone" | null;
  width: number | null;
  height: number | null;
  inline: boolean;
  url: string | null;
}

export interface Place {
  latitude: number;
  longitude: number;
  name: string | null;
  address: string | null;
}

export interface Contact {
  name: string;
  phones: string[];
  emails: string[];
}

/** Why a mail is where it is: what spoke for it, or what kept it out of a conversation it is close to. */
export interface Thread {
  conversation: string | null;
  reasons: string[];
  why: string | null;
  related: string | null;
}

/** What the channel told of a message. Only what the desk shows is named; the rest is passed over. */
export interface Details {
  subject?: unknown;
  from?: unknown;
  to?: unknown;
  cc?: unknown;
  thread?: Partial<Thread> | null;
  /** The file that holds the mail as it came. */
  original?: unknown;
  /** Where it was before an agent split it off. */
  split?: unknown;
  /** Files that came along and were not kept. */
  refused?: unknown;
  /** To how many of those in copy our mail could not go. */
  copies_refused?: unknown;
  /** What somebody signed in read and looked for in the help centre before. */
  read?: unknown;
  /** The text was too long to be kept whole. */
  cut?: unknown;
  /** What else a mail is: signed, encrypted, an invitation, in Outlook's envelope, longer than is read. */
  marks?: unknown;
  /** Where in the site the customer wrote. */
  page?: unknown;
  form?: unknown;
  greeting?: unknown;
}

/** What a message can be about, and what every intent is called. */
export interface Intents { items: string[]; names: Record<string, string> }

/** A mark, in code points of the text: its kind, where it begins, how long it is. */
export type Mark = ["bold" | "italic", number, number];

export interface DeskMessage {
  id: string;
  seq: number;
  from: Speaker;
  name: string | null;
  text: string;
  /** What an agent marked in it. */
  marks?: Mark[];
  language: Language | null;
  buttons: { title: string }[];
  cards: Card[];
  files: FileRef[];
  location: Place | null;
  contacts: Contact[];
  copies: Copies | null;
  edited: boolean;
  deleted: boolean;
  reactions: string[];
  quote: number | null;
  place: number;
  at: string;
  client_id: string | null;
  delivery: Delivery | null;
  channel: string;
  account: string;
  sender_name: string | null;
  details: Details | null;
  automatic: string | null;
  error: string | null;
  /** Kept until the customer writes. */
  waits: boolean;
  instead: { channel: string; to: string } | null;
  aside: { why: string; by: string } | null;
  beware: string[];
  agent_id: string | null;
  intent: string | null;
  confidence: number | null;
  /** What a supervisor says it should have been taken for. */
  corrected: string | null;
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

/** A mail as it came. `html` is sanitised by the server, and still shown in a frame without scripts only. */
export interface Original {
  subject: string | null;
  from: unknown;
  to: unknown;
  cc: unknown;
  date: string | null;
  html: string | null;
  text: string;
  quoted: string | null;
  signature: string | null;
  blocked_images: number;
  attachments: Partial<FileRef>[];
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
