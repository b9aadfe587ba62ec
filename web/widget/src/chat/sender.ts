/** Gets the outbox to the server: sends, waits for the acknowledgement, tries again, and knows when to give up. */
import type { Connection } from "./connection";
import type { Outbox, Pending } from "./outbox";
import type { ErrorFrame } from "./protocol";

const ACK_WITHIN = 12_000;
const LOOK_EVERY = 3_000;
const UNAVAILABLE_TRIES = 4;
const RATE_LIMIT_WAIT = 5;

/** What became of a refused message: it waits for another try, goes back to the composer, or is marked as failed. */
export type Fate = "waits" | "returned" | "failed";

export class Sender {
  private readonly sentAt = new Map<string, number>();
  private readonly tries = new Map<string, number>();
  private watchdog: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly connection: Connection,
  ) {}

  start(): void {
    this.watchdog ??= setInterval(() => this.lookForUnanswered(), LOOK_EVERY);
  }

  stop(): void {
    clearInterval(this.watchdog);
    this.watchdog = undefined;
  }

  transmit(pending: Pending): void {
    if (this.connection.send(pending.frame)) this.sentAt.set(pending.frame.client_id, Date.now());
  }

  /** Sends everything that still has hope, oldest first, as far as `wanted` agrees. */
  flush(wanted: (pending: Pending) => boolean = () => true): void {
    for (const pending of this.outbox.list()) if (pending.failed === null && wanted(pending)) this.transmit(pending);
  }

  /** Stored for good; returns what was waiting, if this browser still held it. */
  settle(clientId: string): Pending | undefined {
    this.sentAt.delete(clientId);
    this.tries.delete(clientId);
    return this.outbox.remove(clientId);
  }

  retry(clientId: string): void {
    this.tries.delete(clientId);
    this.outbox.fail(clientId, null);
    this.resend(clientId);
  }

  refused(clientId: string, frame: ErrorFrame): Fate {
    const tries = (this.tries.get(clientId) ?? 0) + 1;
    if (frame.code === "too_long") {
      this.settle(clientId);
      return "returned";
    }
    if (frame.code === "rate_limited") {
      this.resendIn(clientId, frame.retry_after ?? RATE_LIMIT_WAIT);
      return "waits";
    }
    if (frame.code === "unavailable" && tries <= UNAVAILABLE_TRIES) {
      this.tries.set(clientId, tries);
      this.resendIn(clientId, frame.retry_after ?? 2 ** tries);
      return "waits";
    }
    this.sentAt.delete(clientId);
    this.outbox.fail(clientId, frame.message);
    return "failed";
  }

  private resendIn(clientId: string, seconds: number): void {
    // Counts as sent at that moment, so that the watchdog does not take the silence until then for a dead line.
    this.sentAt.set(clientId, Date.now() + seconds * 1000);
    setTimeout(() => this.resend(clientId), seconds * 1000);
  }

  private resend(clientId: string): void {
    const pending = this.outbox.get(clientId);
    if (pending && pending.failed === null) this.transmit(pending);
  }

  /** A message without an answer means a dead line, or that the tab which wrote it is gone. */
  private lookForUnanswered(): void {
    if (this.connection.status !== "online") return;
    const now = Date.now();
    for (const pending of this.outbox.list()) {
      if (pending.failed !== null) continue;
      const sent = this.sentAt.get(pending.frame.client_id);
      if (sent !== undefined && now - sent > ACK_WITHIN) {
        this.sentAt.clear();
        this.connection.reconnect();
        return;
      }
      if (sent === undefined && now - Date.parse(pending.at) > ACK_WITHIN) this.transmit(pending);
    }
  }
}
