// The open conversation: its messages in order, what is still being sent, and who is writing.

import { newer } from "./list";
import type { Along, Beforehand, Case, ConversationAnswer, Customer, Delivery, DeskMessage, FileRef, Order, Passport, Summary } from "../types";
import type { Company, Earlier, Person } from "../types.working";

export interface Typing {
  from: "customer" | "bot" | "agent";
  name: string | null;
  until: number;
}

export interface OpenConversation {
  id: string;
  status: "loading" | "ready" | "error" | "missing";
  summary: Summary | null;
  passport: Passport | null;
  beforehand: Beforehand | null;
  customer: Customer | null;
  orders: Order[];
  cases: Case[];
  messages: DeskMessage[];
  typing: Typing | null;
  /** What the server said when an action came too late: a colleague was faster. */
  conflict: string | null;
  /** Colleagues who have it open, and who joined or was asked to. */
  viewing: Person[];
  company: Company | null;
  /** The person's earlier conversations, once they were asked for. */
  earlier: Earlier | null;
}

/** A message on its way. It keeps its `clientId` until the server has it, so that a retry is never a double. */
export interface Outgoing {
  clientId: string;
  text: string;
  files?: FileRef[];
  along?: Along;
  at: string;
  state: "queued" | "sending" | "held" | "failed";
  attempts: number;
  /** Why it failed, in the agent's language; null when the connection is to blame. */
  reason: string | null;
  /** The server holds it for some seconds, in which it may be taken back: until `due`. */
  undoable?: boolean;
  /** The last message the agent had before their eyes. */
  seen?: number;
  due?: number;
}

export const TYPING_LASTS = 6_000;

export function opening(id: string, summary: Summary | null): OpenConversation {
  return {
    id, summary, status: "loading", passport: null, beforehand: null, customer: null, orders: [], cases: [], messages: [], typing: null, conflict: null,
    viewing: [], company: null, earlier: null,
  };
}

export function opened(open: OpenConversation, answer: ConversationAnswer): OpenConversation {
  return {
    ...open,
    status: "ready",
    summary: newer(open.summary ?? undefined, answer.conversation),
    passport: answer.passport,
    beforehand: answer.beforehand,
    customer: answer.customer,
    orders: answer.orders,
    cases: answer.cases,
    messages: merge(open.messages, answer.messages),
  };
}

/** Both lists as one, by `seq`; a message that comes twice is kept once, with its latest delivery. */
export function merge(known: DeskMessage[], incoming: DeskMessage[]): DeskMessage[] {
  if (incoming.length === 0) return known;
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of incoming) {
    const before = bySeq.get(message.seq);
    bySeq.set(message.seq, before ? { ...message, delivery: further(before.delivery, message.delivery) } : message);
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** The last `seq` up to which nothing is missing: where to resume from. */
export function resumeFrom(messages: DeskMessage[]): number {
  let last = messages[0]?.seq ?? 0;
  for (const { seq } of messages) {
    if (seq > last + 1) return last;
    last = seq;
  }
  return last;
}

/** The first message after what is missing; 0 when nothing is. */
export function afterGap(messages: DeskMessage[]): number {
  const last = resumeFrom(messages);
  return messages.find(({ seq }) => seq > last)?.seq ?? 0;
}

export function hasGap(messages: DeskMessage[]): boolean {
  return resumeFrom(messages) !== (messages[messages.length - 1]?.seq ?? 0);
}

export function heard(open: OpenConversation, message: DeskMessage): OpenConversation {
  const typing = open.typing && speaks(open.typing.from, message) ? null : open.typing;
  return { ...open, typing, messages: merge(open.messages, [message]) };
}

export function delivered(open: OpenConversation, seq: number, delivery: Delivery, error: string | null): OpenConversation {
  return {
    ...open,
    messages: open.messages.map((message) =>
      message.seq === seq ? { ...message, error, delivery: further(message.delivery, delivery) } : message),
  };
}

/** Messages on their way without those the server has meanwhile shown to hold. */
export function stillOutgoing(outgoing: Outgoing[], messages: DeskMessage[]): Outgoing[] {
  const stored = new Set(messages.map((message) => message.client_id));
  const left = outgoing.filter((one) => !stored.has(one.clientId));
  return left.length === outgoing.length ? outgoing : left;
}

const STEPS: readonly Delivery[] = ["queued", "sent", "delivered", "read"];

// Reports arrive out of order: "read" never falls back to "sent". A failure and its retry are taken as they come.
function further(before: Delivery | null, after: Delivery | null): Delivery | null {
  if (before === null || after === null) return after ?? before;
  if (before === "failed" || after === "failed") return after;
  return STEPS.indexOf(after) >= STEPS.indexOf(before) ? after : before;
}

function speaks(from: Typing["from"], message: DeskMessage): boolean {
  return message.from === from;
}
