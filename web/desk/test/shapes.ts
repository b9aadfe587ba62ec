// Conversations and messages to test with.

import type { Agent, ConversationAnswer, DeskMessage, Summary } from "../src/types";

export const claire: Agent = {
  id: "a1", name: "Claire Moreau", first_name: "Claire", email: "claire@maison.example", role: "agent",
  role_name: { fr: "Conseiller", en: "Agent" },
  permissions: ["conversations.read", "conversations.write", "customers.read", "customers.write", "orders.read", "cases.read"], language: "fr",
  presence: "available",
};

export const queue = { kind: "queue", id: null, name: null } as const;
export const bot = { kind: "bot", id: null, name: null } as const;
export const mine = { kind: "agent", id: "a1", name: "Claire" } as const;
export const karims = { kind: "agent", id: "a2", name: "Karim" } as const;

export function summary(id: string, change: Partial<Summary> = {}): Summary {
  return {
    id, channel: "webchat", language: "fr", owner: queue, version: 1, customer: { id: `c-${id}`, name: "Marie Dupont" },
    shown_name: null, proof: "verified", goal: "Où est la commande 10234", mood: "calm",
    last: { from: "customer", text: "Bonjour", at: "2026-11-22T09:00:00Z", seq: 1 }, unread: 0,
    waiting_since: "2026-11-22T09:00:00Z", created_at: "2026-11-22T08:00:00Z", priority: "normal", rating: null, answer_by: null, beware: [], ...change,
  };
}

export function message(seq: number, change: Partial<DeskMessage> = {}): DeskMessage {
  return {
    id: `m${seq}`, seq, from: "customer", name: null, text: `message ${seq}`, language: "fr", buttons: [], cards: [], files: [],
    location: null, contacts: [], copies: null, edited: false, deleted: false, reactions: [], quote: null, place: seq, channel: "webchat",
    account: "main", sender_name: null, details: null, automatic: null, error: null, waits: false, instead: null, aside: null, beware: [], at: "2026-11-22T09:00:00Z", client_id: null, delivery: null, agent_id: null, intent: null, confidence: null, corrected: null, ...change,
  };
}

export function answer(id: string, change: Partial<ConversationAnswer> = {}): ConversationAnswer {
  return { conversation: summary(id), passport: null, beforehand: null, messages: [message(1)], customer: null, orders: [], cases: [], ...change };
}
