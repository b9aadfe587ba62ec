// A message as the desk is told it, and what may hang on it.

import type { Contact, FileRef, Mark, Place, Price } from "@shared/message";
import type { Delivery, Language, Speaker } from "./types";
import type { Copies } from "./types.contact";

export type { Contact, FileKind, FileRef, Mark, Place } from "@shared/message";

export interface Card {
  kind: "article" | "order" | "product";
  title: string;
  text: string;
  url: string | null;
  lines?: string[];
  price?: Price | null;
  /** Of a product: a path of this server, which fetches those from elsewhere. */
  picture?: string | null;
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
