/** Messages written but not yet acknowledged. One storage key each, so that tabs never overwrite one another's. */
import type { Store } from "../storage";
import { pageHere } from "./page";
import type { FileRef, Message, MessageFrame } from "./protocol";

export interface Pending {
  frame: MessageFrame;
  at: string;
  /** Why the server refused it, in the visitor's language; null while there is hope. */
  failed: string | null;
  /** What its files are, to show them before the server does. */
  files?: FileRef[];
}

/** What the visitor says: words, a press, a control, files that were uploaded before. */
export interface Said extends Pick<MessageFrame, "form" | "greeted" | "action" | "answer_to"> {
  text: string;
  button?: { seq: number; index: number };
  files?: FileRef[];
}

const KEY = "out.";

export function uuid(): string {
  // crypto.randomUUID exists only in secure contexts; shops are developed on plain http too.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Outbox {
  private readonly pending = new Map<string, Pending>();

  constructor(private readonly store: Store) {
    for (const key of store.keys(KEY)) this.read(key);
  }

  /** Oldest first. */
  list(): Pending[] {
    return [...this.pending.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  get(clientId: string): Pending | undefined {
    return this.pending.get(clientId);
  }

  add({ files = [], ...content }: Said): Pending {
    const newest = this.list().at(-1)?.at ?? "";
    let at = new Date().toISOString();
    // Two messages in one millisecond must still leave in the order they were written.
    if (at <= newest) at = new Date(Date.parse(newest) + 1).toISOString();
    const frame: MessageFrame = { type: "message", client_id: uuid(), page: pageHere(), ...content };
    const pending: Pending = { frame, at, failed: null };
    if (files.length) {
      frame.files = files.map((file) => file.id);
      pending.files = files;
    }
    this.keep(pending);
    return pending;
  }

  fail(clientId: string, reason: string | null): void {
    const pending = this.pending.get(clientId);
    if (pending) this.keep({ ...pending, failed: reason });
  }

  remove(clientId: string): Pending | undefined {
    const pending = this.pending.get(clientId);
    this.pending.delete(clientId);
    this.store.remove(KEY + clientId);
    return pending;
  }

  clear(): void {
    for (const id of [...this.pending.keys()]) this.remove(id);
  }

  /** Follows a change made by another tab; true when it concerned the outbox. */
  follow(key: string, value: string | null): boolean {
    if (!key.startsWith(KEY)) return false;
    if (value === null) this.pending.delete(key.slice(KEY.length));
    else this.read(key);
    return true;
  }

  private keep(pending: Pending): void {
    this.pending.set(pending.frame.client_id, pending);
    this.store.set(KEY + pending.frame.client_id, JSON.stringify(pending));
  }

  private read(key: string): void {
    const kept = this.store.json<Pending>(key);
    if (kept?.frame?.client_id && typeof kept.frame.text === "string") this.pending.set(kept.frame.client_id, kept);
    else this.store.remove(key);
  }
}

/** As it will stand in the conversation, under the number it was given (0 while it has none). */
export function asMessage({ frame, at, files }: Pending, seq: number): Message {
  return {
    id: frame.client_id, seq, from: "customer", name: null, text: frame.text, language: null, buttons: [], cards: [],
    files: files ?? [], at, client_id: frame.client_id, delivery: null,
  };
}
