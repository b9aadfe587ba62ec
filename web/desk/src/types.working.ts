// The working surface: what the palette finds, tabs, colleagues, what an agent holds.

import type { DeskMessage, Presence, Summary } from "./types";

export interface FoundCustomer {
  id: string;
  name: string;
  company: string;
  /** What of them fits, when it is not their name: an address, a number. */
  value: string | null;
  /** Their latest conversation. */
  conversation: string | null;
}

export interface FoundNumber {
  id: string;
  number: string;
  about: string;
  conversation: string | null;
}

export interface Found {
  conversations: Summary[];
  /** Private notes that hold the words. */
  notes: { id: string; conversation: string; author: string; text: string }[];
  customers: FoundCustomer[];
  orders: FoundNumber[];
  cases: FoundNumber[];
}

export type ChannelKind = "chat" | "messaging" | "mail" | "case";

/** Somebody to pass a conversation to, or to ask in. */
export interface Colleague {
  id: string;
  name: string;
  presence: Presence;
  reason: string;
  /** The kinds of channel on which they take something now. */
  takes: ChannelKind[];
  /** In hundredths of a chat. */
  load: number;
  capacity: number;
  /** How many conversations they have. */
  holds: number;
}

export interface TeamChoice {
  key: string;
  name: string;
  waiting: number;
  present: number;
}

export interface SkillChoice {
  id: string;
  kind: "language" | "topic" | "product";
  value: string;
  name: string;
  present: number;
}

export interface Colleagues {
  agents: Colleague[];
  teams: TeamChoice[];
  skills?: SkillChoice[];
}

export interface Person {
  id: string;
  name: string;
}

/** Who has joined the owner of a conversation, and who was asked to and has not answered. */
export interface Company {
  joined: Person[];
  asked: Person[];
}

/** A conversation of the same person from before, and its messages once they were asked for. */
export interface EarlierOne {
  summary: Summary;
  messages: DeskMessage[];
}

/** The person's earlier conversations: those in sight, the latest last; those known and not in sight yet, the latest first. */
export interface Earlier {
  shown: EarlierOne[];
  waiting: Summary[];
  next: string | null;
}

/** Where an agent is on each kind of channel, and what they have in hand. */
export interface Hands {
  load: number;
  capacity: number;
  kinds: Partial<Record<ChannelKind, number>>;
}

/** Where a conversation goes: to a team's queue, to whoever has a skill, or to a colleague. */
export interface Passing {
  version: number;
  note: string;
  team?: string;
  skill?: string;
  agent?: string;
}
