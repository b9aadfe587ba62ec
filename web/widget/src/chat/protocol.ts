/** The frames between browser and server, as docs/protocols.md ("Web chat") writes them. */
import type { Language } from "@shared/language";
import type { Contact, FileRef, Mark, Place, Price } from "@shared/message";

export type { Contact, FileKind, FileRef, Mark, Place, Price } from "@shared/message";

export interface ArticleCard {
  kind: "article";
  title: string;
  text: string;
  url: string | null;
}

export interface OrderCard {
  kind: "order";
  title: string;
  text: string;
  url: string | null;
  lines: string[];
}

export interface ProductCard {
  kind: "product";
  title: string;
  /** Whether it can be had. */
  text: string;
  url: string | null;
  lines: string[];
  price?: Price | null;
  picture?: string | null;
}

export type Card = ArticleCard | OrderCard | ProductCard;
export type Author = "customer" | "bot" | "agent" | "system";
export type Delivery = "queued" | "sent" | "delivered" | "read" | "failed";

export interface Message {
  id: string;
  seq: number;
  from: Author;
  name: string | null;
  text: string;
  /** What the agent marked in it. */
  marks?: Mark[];
  language: Language | null;
  buttons: { title: string }[];
  cards: Card[];
  at: string;
  client_id: string | null;
  delivery: Delivery | null;
  place?: number;
  files?: FileRef[];
  location?: Place | null;
  contacts?: Contact[];
  edited?: boolean;
  deleted?: boolean;
  reactions?: string[];
  quote?: number | null;
}

/** What the customer said of a conversation; may be changed until then. */
export interface Rating {
  score: number;
  comment: string;
  until: string;
}

export interface Owner {
  kind: "bot" | "queue" | "agent" | "nobody";
  name: string | null;
  ahead?: number | null;
  minutes?: number | null;
  /** The customer is to be asked how it was. */
  rate?: boolean;
  /** The question in the company's words, by language. */
  question?: Partial<Record<string, string>>;
  rating?: Rating | null;
  /** The answer was promised by e-mail, to this address. */
  by_mail?: string;
}

/** The page a visitor is on. */
export interface PageRef {
  url: string;
  title: string;
}

export interface Config {
  company: string;
  assistant: string;
  accent: string | null;
  hours: string;
  languages: string[];
  max_length: number;
  upload?: { max_bytes: number; types: string[] } | null;
  elsewhere?: { channel: string; label: string }[];
  /** Whether people answer now, and when they do next. */
  open?: boolean;
  /** Whether somebody could answer at this moment. */
  present?: boolean;
  opens?: string | null;
  /** When the hours that run now end. */
  closes?: string | null;
  answer_by_mail?: boolean;
  transcript?: boolean;
  form?: string[];
  greeting?: { text: string; after: number } | null;
  /** Whether there is a greeting on any page. */
  greets?: boolean;
}

export interface Hello {
  type: "hello";
  visitor: string | null;
  conversation: string | null;
  after: number;
  language: Language;
  page: PageRef;
  user: string | null;
}

export interface MessageFrame {
  type: "message";
  client_id: string;
  text: string;
  button?: { seq: number; index: number };
  action?: "person" | "leave";
  /** With "leave": the address that the answer goes to; empty for the one on file. */
  answer_to?: string;
  files?: string[];
  page?: PageRef;
  /** What was filled in before the first message. */
  form?: Answers;
  /** The greeting of this page that had been shown. */
  greeted?: string;
  /** What somebody signed in read in the help centre before, in JSON. */
  read?: string;
}

/** By the names of fields that the server asks for. */
export type Answers = Record<string, string>;

export type ClientFrame =
  | Hello
  | MessageFrame
  | { type: "seen"; seq: number }
  | { type: "typing" }
  | { type: "language"; language: Language }
  | { type: "new" }
  | { type: "ping" };

export interface Welcome {
  type: "welcome";
  visitor: string;
  conversation: string | null;
  owner: Owner | null;
  messages: Message[];
  last: number;
  signed_in?: boolean;
}

export interface Ack {
  type: "ack";
  client_id: string;
  seq: number;
  conversation: string;
}

export interface ErrorFrame {
  type: "error";
  code: string;
  message: string;
  client_id: string | null;
  retry_after: number | null;
}

export type ServerFrame =
  | Welcome
  | Ack
  | ErrorFrame
  | { type: "message"; message: Message }
  | { type: "owner"; owner: Owner }
  | { type: "typing"; from: "bot" | "agent" }
  | { type: "delivery"; seq: number; delivery: Delivery }
  | { type: "gone"; conversation: string }
  | { type: "pong" };
