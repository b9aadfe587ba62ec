/** The frames between browser and server, as docs/protocols.md ("Web chat") writes them. */
import type { Language } from "@shared/language";

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

export type Card = ArticleCard | OrderCard;
export type Author = "customer" | "bot" | "agent" | "system";
export type Delivery = "queued" | "sent" | "delivered" | "read" | "failed";

export interface Message {
  id: string;
  seq: number;
  from: Author;
  name: string | null;
  text: string;
  language: Language | null;
  buttons: { title: string }[];
  cards: Card[];
  at: string;
  client_id: string | null;
  delivery: Delivery | null;
}

export interface Owner {
  kind: "bot" | "queue" | "agent" | "nobody";
  name: string | null;
  ahead?: number | null;
  minutes?: number | null;
}

export interface Config {
  company: string;
  assistant: string;
  accent: string | null;
  hours: string;
  languages: string[];
  max_length: number;
}

export interface Hello {
  type: "hello";
  visitor: string | null;
  conversation: string | null;
  after: number;
  language: Language;
  page: string;
}

export interface MessageFrame {
  type: "message";
  client_id: string;
  text: string;
  button?: { seq: number; index: number };
  action?: "person";
}

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
  | { type: "pong" };
