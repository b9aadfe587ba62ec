/** Keeps the addresses of files working: each is signed for an hour, so messages with files are read again before that. */
import type { Message } from "./protocol";
import type { Requests } from "./requests";
import type { Thread } from "./thread";

const EVERY = 50 * 60_000;

export class Addresses {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly requests: Requests,
    private readonly thread: Thread,
    /** The conversation that is open and can be asked for now. */
    private readonly reachable: () => string | null,
    private readonly changed: () => void,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.refresh(), EVERY);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  async refresh(): Promise<void> {
    const from = this.thread.firstWithFile;
    const conversation = this.reachable();
    if (from === null || !conversation) return;
    const read = await this.requests.messages(conversation, from - 1).catch((): Message[] => []);
    if (conversation !== this.reachable()) return;
    for (const message of read) this.thread.update(message);
    this.changed();
  }
}
