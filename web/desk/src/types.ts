// The shapes that travel between the desk and the server, as docs/protocols.md writes them.

export type Language = "fr" | "en";
export type Presence = "available" | "away";
export type View = "waiting" | "mine" | "assistant" | "closed";
export type Speaker = "customer" | "bot" | "agent" | "system";
export type Delivery = "queued" | "sent" | "delivered" | "read" | "failed";
export type Proof = "anonymous" | "channel" | "verified" | "signed_in";
export type Mood = "calm" | "upset";
export type Reason = "asked" | "upset" | "unclear" | "failure" | "verification";

export const VIEWS: readonly View[] = ["waiting", "mine", "assistant", "closed"];

export interface Agent {
  id: string;
  name: string;
  first_name: string;
  email: string;
  role: "agent" | "supervisor" | "admin";
  language: Language;
  presence: Presence;
}

export interface Session {
  agent: Agent;
  csrf: string;
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
  proof: Proof;
  goal: string | null;
  mood: Mood;
  last: { from: Speaker; text: string; at: string; seq: number } | null;
  unread: number;
  waiting_since: string | null;
  created_at: string;
  priority: string;
}

export interface Card {
  kind: "article" | "order";
  title: string;
  text: string;
  url: string | null;
  lines?: string[];
}

export interface DeskMessage {
  id: string;
  seq: number;
  from: Speaker;
  name: string | null;
  text: string;
  language: Language | null;
  buttons: { title: string }[];
  cards: Card[];
  at: string;
  client_id: string | null;
  delivery: Delivery | null;
  agent_id: string | null;
  intent: string | null;
  confidence: number | null;
}

export interface Fact {
  name: string;
  label: string;
  value: string;
  seq: number | null;
}

export interface Passport {
  goal: string | null;
  facts: Fact[];
  tried: string[];
  proof: Proof;
  orders: string[];
  mood: Mood;
  language: Language;
  promised: string[];
  reason: Reason | null;
  at: string;
}

export interface Customer {
  id: string;
  name: string;
  email: string | null;
  phone: string | null;
  language: Language | null;
  since: string | null;
  orders_count: number;
  spent: { amount: string }[];
  address: string | null;
}

export interface OrderLine {
  name: string;
  options: string | null;
  quantity: number;
  price: string;
}

export interface Shipment {
  carrier: string;
  tracking_number: string | null;
  tracking_url: string | null;
  status_label: string;
  expected: string | null;
  events: { at: string; label: string; place: string | null }[];
}

export interface Order {
  number: string;
  status: string;
  status_label: string;
  placed_at: string;
  total: string;
  lines: OrderLine[];
  shipments: Shipment[];
}

export interface Counts {
  waiting: number;
  mine: number;
  assistant: number;
}

export interface ListAnswer {
  items: Summary[];
  counts: Counts;
  next: string | null;
}

export interface ConversationAnswer {
  conversation: Summary;
  passport: Passport | null;
  messages: DeskMessage[];
  customer: Customer | null;
  orders: Order[];
}

export type Frame =
  | { type: "ready" }
  | { type: "pong" }
  | { type: "conversation"; conversation: Summary }
  | { type: "message"; conversation: string; message: DeskMessage }
  | { type: "delivery"; conversation: string; seq: number; delivery: Delivery }
  | { type: "typing"; conversation: string; from: "customer" | "bot" | "agent"; name: string | null }
  | { type: "counts"; counts: Counts };
