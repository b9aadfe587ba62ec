/** Who is writing: theirs for some seconds at a time, ours told now and then. */
const LASTS = 6_000;
const EVERY = 3_000;

export class Typing {
  from: "bot" | "agent" | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told = 0;

  constructor(private readonly changed: () => void) {}

  heard(from: "bot" | "agent"): void {
    this.from = from;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), LASTS);
    this.changed();
  }

  stop(): void {
    clearTimeout(this.timer);
    if (this.from === null) return;
    this.from = null;
    this.changed();
  }

  /** Tells the other side through `send`, at most once every three seconds. */
  tell(send: () => boolean): void {
    const now = Date.now();
    if (now - this.told >= EVERY && send()) this.told = now;
  }
}
