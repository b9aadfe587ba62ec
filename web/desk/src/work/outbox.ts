// Sends agents' messages, in order, each exactly once: the same client_id until the server has answered.

import { Refused, mayPass, type Api } from "../api";
import type { Outgoing } from "../state/conversation";
import type { Store } from "../state/store";
import type { Along, FileRef } from "../types";
import type { Keep } from "./keep";

const ATTEMPTS = 5;
/** Seconds after its time in which a held answer shows itself. */
const SAID_WITHIN = 4;
// Older ones wait for the agent's word: a message may have lost its sense overnight.
const FRESH = 2 * 60_000;

export class Outbox {
  private retries = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly api: Api,
    private readonly store: Store,
    private readonly keep: Keep,
    /** The server says that this agent no longer has the conversation. */
    private readonly onNotOwner: (id: string, detail: string) => void,
    private readonly makeId: () => string = uuid,
  ) {
    let saved = store.state.outgoing;
    store.listen(() => {
      const { outgoing, session } = store.state;
      const written = outgoing !== saved;
      saved = outgoing;
      // Signing out empties the state, never what is kept for the next sign-in.
      if (written && session === "in") keep.setOutgoing(outgoing);
    });
  }

  /** Takes up what an earlier visit could not send. */
  restore(now: number = Date.now()): void {
    for (const [id, before] of Object.entries(this.keep.outgoing())) {
      // What was held is with the server: it leaves from there, or is back as a draft.
      const list = before.filter((one) => one.state !== "held");
      const again = list.map((one): Outgoing => ({
        ...one, attempts: 0, state: one.state !== "failed" && now - Date.parse(one.at) < FRESH ? "queued" : "failed",
      }));
      this.change(id, () => again);
      void this.pump(id);
    }
  }

  send(id: string, text: string, files: FileRef[] = [], along: Along = {}): void {
    // A place or somebody's details would not come back to the composer: they leave at once.
    const undoable = this.keep.preferences.undoSend && !along.location && !along.contacts?.length;
    const one: Outgoing = {
      clientId: this.makeId(), text, files, along, at: new Date().toISOString(), state: "queued", attempts: 0, reason: null, undoable,
      seen: this.lastSeq(id),
    };
    this.change(id, (list) => [...list, one]);
    void this.pump(id);
  }

  /** Takes an answer back that the server still holds: its words, or null when it was too late. */
  async takeBack(id: string, clientId: string): Promise<Outgoing | null> {
    const one = (this.store.state.outgoing[id] ?? []).find((other) => other.clientId === clientId);
    if (!one || one.state !== "held") return null;
    try {
      await this.api.takeBack(clientId);
    } catch (error) {
      if (error instanceof Refused) this.store.dispatch({ do: "notice", text: error.detail });
      else throw error;
      return null;
    }
    this.discard(id, clientId);
    return one;
  }

  retry(id: string, clientId: string): void {
    // Whoever sends it again has read what came meanwhile.
    this.edit(id, clientId, { state: "queued", attempts: 0, reason: null, seen: this.lastSeq(id) });
    void this.pump(id);
  }

  discard(id: string, clientId: string): void {
    this.change(id, (list) => list.filter((one) => one.clientId !== clientId));
  }

  /** The connection is back: everything that waits for it goes now. */
  resume(): void {
    for (const [id, list] of Object.entries(this.store.state.outgoing)) {
      for (const one of list) {
        if (one.state === "failed" && one.reason === null) this.edit(id, one.clientId, { state: "queued", attempts: 0 });
      }
      void this.pump(id);
    }
  }

  stop(): void {
    for (const timer of this.retries.values()) clearTimeout(timer);
    this.retries.clear();
  }

  private async pump(id: string): Promise<void> {
    clearTimeout(this.retries.get(id));
    const list = this.store.state.outgoing[id] ?? [];
    if (list.some((one) => one.state === "sending")) return;
    const one = list.find((other) => other.state === "queued");
    if (!one) return;
    this.edit(id, one.clientId, { state: "sending" });
    const along = one.seen ? { ...one.along, seen: one.seen } : one.along;
    try {
      if (one.undoable) {
        const { seconds_left: left } = await this.api.hold(id, one.clientId, one.text, one.files?.map((file) => file.id), along);
        this.held(id, one.clientId, left);
        return void this.pump(id);
      }
      const { message } = await this.api.send(id, one.clientId, one.text, one.files?.map((file) => file.id), along);
      this.store.dispatch({ do: "message", id, message });
      this.discard(id, one.clientId);
    } catch (error) {
      if (!this.failed(id, one, error)) return;
    }
    void this.pump(id);
  }

  /** The server has it and says it by itself: its message takes the place of this, and if none comes, it was not said. */
  private held(id: string, clientId: string, seconds: number): void {
    this.edit(id, clientId, { state: "held", due: Date.now() + seconds * 1000 });
    const timer = setTimeout(() => {
      this.retries.delete(clientId);
      void this.api.messages(id, this.lastSeq(id)).then(({ messages }) => {
        this.store.dispatch({ do: "messages", id, messages });
        this.discard(id, clientId);
      }).catch(() => {});
    }, (seconds + SAID_WITHIN) * 1000);
    this.retries.set(clientId, timer);
  }

  private lastSeq(id: string): number {
    const { open } = this.store.state;
    return open?.id === id ? open.messages[open.messages.length - 1]?.seq ?? 0 : 0;
  }

  /** True when the next message may be tried at once. */
  private failed(id: string, one: Outgoing, error: unknown): boolean {
    if (mayPass(error)) {
      const attempts = one.attempts + 1;
      const reason = error instanceof Refused ? error.detail || null : null;
      if (attempts >= ATTEMPTS) {
        this.edit(id, one.clientId, { state: "failed", attempts, reason });
        return false;
      }
      this.edit(id, one.clientId, { state: "queued", attempts });
      const wait = error instanceof Refused && error.retryAfter ? error.retryAfter * 1000 : 1000 * 2 ** (attempts - 1);
      this.retries.set(id, setTimeout(() => void this.pump(id), wait));
      return false;
    }
    if (error instanceof Refused && error.status === 401) {
      this.edit(id, one.clientId, { state: "queued" });
      return false;
    }
    const detail = error instanceof Refused ? error.detail : "";
    this.edit(id, one.clientId, { state: "failed", reason: detail });
    if (error instanceof Refused && error.status === 409) this.onNotOwner(id, detail);
    return true;
  }

  private edit(id: string, clientId: string, change: Partial<Outgoing>): void {
    this.change(id, (list) => list.map((one) => (one.clientId === clientId ? { ...one, ...change } : one)));
  }

  private change(id: string, change: (list: Outgoing[]) => Outgoing[]): void {
    this.store.dispatch({ do: "outgoing", id, change });
  }
}

/** A random UUID, also on plain http pages where crypto.randomUUID is missing. */
export function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
