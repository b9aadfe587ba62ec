/** What the server says of the company and its chat, asked again when opening hours change or the answer has aged. */
import type { Language } from "@shared/language";
import type { Store } from "../storage";
import type { Config } from "./protocol";

const KEPT = "config";
const MINUTE = 60_000;
const AGED = 10 * MINUTE;
const LONGEST = 2 ** 31 - 1;

export class Company {
  config: Config;
  private due = 0;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly base: string,
    private readonly store: Store,
    private readonly language: () => Language,
    private readonly changed: () => void,
  ) {
    this.config = store.json<Config>(KEPT) ?? {
      company: "", assistant: "", accent: null, hours: "", languages: ["fr", "en"], max_length: 10_000,
    };
  }

  async load(): Promise<void> {
    this.asked = Date.now();
    this.due = this.asked + MINUTE;
    try {
      const response = await fetch(`${this.base}/chat/config?language=${this.language()}`, { credentials: "omit" });
      if (!response.ok) return;
      this.config = (await response.json()) as Config;
    } catch {
      return; // The last known configuration, or none, serves as well; the connection says what is wrong.
    }
    this.store.set(KEPT, JSON.stringify(this.config));
    this.watch();
    this.changed();
  }

  /** Asks again if what is known may no longer hold: a computer sleeps through its timers. Who waits for a person wants
   * to know sooner whether there is one. */
  refresh(waits = false): void {
    if (Date.now() >= (waits ? this.asked + MINUTE : this.due)) void this.load();
  }

  private watch(): void {
    const { open, opens, closes } = this.config;
    const left = Date.parse((open ? closes : opens) ?? "") - Date.now();
    clearTimeout(this.timer);
    this.due = Date.now() + AGED;
    if (Number.isNaN(left)) return;
    // Not sooner than in a minute, should the visitor's clock be wrong; not all visitors in the same second.
    const wait = Math.max(MINUTE, left) + Math.random() * (MINUTE / 2);
    this.due = Math.min(this.due, Date.now() + wait);
    this.timer = setTimeout(() => void this.load(), Math.min(wait, LONGEST));
  }
}
