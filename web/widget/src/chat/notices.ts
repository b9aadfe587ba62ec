/** One passing sentence about what went wrong, for as long as it takes to read it or to wait. */
export interface Notice {
  text: string;
  /** Milliseconds since the epoch after which it has said its piece. */
  until: number;
}

const LEAST = 6;

export class Notices {
  current: Notice | null = null;

  constructor(private readonly changed: () => void) {}

  tell(text: string, seconds: number | null = null): void {
    this.current = { text, until: Date.now() + Math.max(LEAST, seconds ?? 0) * 1000 };
    this.changed();
  }

  clear(): void {
    this.current = null;
    this.changed();
  }
}
