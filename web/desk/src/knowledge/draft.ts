// A draft while it is written: kept in the browser at once, on the server a moment later, and brought together with what
// others saved meanwhile.

import { Refused } from "../api";
import type { Version } from "./types";
import { changes, differing, meet, textsOf, type Field, type Texts } from "./working";

/** After the last key. */
export const PAUSE = 2_500;
const AGAIN = 8_000;

export interface Doors {
  /** Begins the draft with what differs from `published`, or with all when there is nothing yet. */
  begin(changes: Record<string, unknown>): Promise<Version>;
  change(id: string, changes: Record<string, unknown>, version: number): Promise<Version>;
  /** The version that is open now, as the server knows it. */
  open(): Promise<Version | null>;
  kept(): string;
  keep(text: string): void;
  /** Something is to be drawn again. */
  told(): void;
}

export type State = "saved" | "waiting" | "saving" | "away" | "refused" | "closed";

export interface Clash {
  theirs: Texts;
  by: Version;
  fields: Field[];
}

export class Draft {
  texts: Texts;
  state: State = "saved";
  clash: Clash | null = null;
  faults: Record<string, string> = {};
  private base: Texts;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<boolean> | null = null;

  constructor(private readonly doors: Doors, public row: Version | null, published: Version | null) {
    this.base = row ? textsOf(row) : textsOf(published, { next: true });
    this.texts = this.base;
    this.takeUp();
  }

  /** What was written here before the page was left, if the server never got it. */
  private takeUp(): void {
    const left = read(this.doors.kept());
    if (!left || differing(left.base, left.texts).length === 0) return;
    const met = meet(left.base, left.texts, this.base);
    this.texts = met.texts;
    if (met.clashes.length > 0 && this.row) this.clash = { theirs: this.base, by: this.row, fields: met.clashes };
    this.state = "waiting";
    if (!this.clash) this.later(PAUSE);
  }

  get dirty(): boolean {
    return differing(this.base, this.texts).length > 0;
  }

  edit(part: Partial<Texts>): void {
    this.texts = { ...this.texts, ...part };
    this.doors.keep(this.dirty ? JSON.stringify({ base: this.base, texts: this.texts }) : "");
    if (this.state !== "closed") this.state = this.dirty ? "waiting" : "saved";
    if (!this.clash) this.later(PAUSE);
    this.doors.told();
  }

  /** Sends what is not sent yet; true when the server has all of it. */
  async save(): Promise<boolean> {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (!this.dirty) return true;
    if (this.clash || this.state === "closed" || !this.texts.title.trim()) return false;
    this.running = this.send();
    const done = await this.running;
    this.running = null;
    this.doors.told();
    return done && this.dirty ? this.save() : done;
  }

  private async send(): Promise<boolean> {
    const sent = this.texts;
    this.state = "saving";
    this.doors.told();
    try {
      const given = changes(this.base, sent);
      this.row = this.row ? await this.doors.change(this.row.id, given, this.row.version) : await this.doors.begin(given);
      // As it was sent, not as the server tidied it: what is typed meanwhile must not seem to differ by a space.
      this.base = sent;
      this.faults = {};
      this.state = this.dirty ? "waiting" : "saved";
      this.doors.keep(this.dirty ? JSON.stringify({ base: this.base, texts: this.texts }) : "");
      return true;
    } catch (error) {
      return this.failed(error);
    }
  }

  private async failed(error: unknown): Promise<boolean> {
    if (error instanceof Refused && (error.status === 412 || error.status === 409)) {
      try {
        this.join(await this.doors.open());
        return !this.clash && this.state === "waiting" ? await this.send() : false;
      } catch {
        // Asked again below.
      }
    } else if (error instanceof Refused && error.status < 500 && error.status !== 429) {
      this.state = "refused";
      this.faults = Object.keys(error.fields).length > 0 ? error.fields : { "": error.detail };
      return false;
    }
    this.state = "away";
    this.later(AGAIN);
    return false;
  }

  /** What somebody else saved, and mine: together where they differ in different places, told where they do not. */
  private join(theirs: Version | null): void {
    if (!theirs || theirs.status !== "draft") {
      this.state = "closed";
      return;
    }
    const other = textsOf(theirs);
    const met = meet(this.base, this.texts, other);
    this.row = theirs;
    this.base = other;
    this.texts = met.texts;
    this.clash = met.clashes.length > 0 ? { theirs: other, by: theirs, fields: met.clashes } : null;
    this.state = "waiting";
    this.doors.keep(JSON.stringify({ base: this.base, texts: this.texts }));
  }

  /** Whose words a field keeps, where both changed it. */
  settle(field: Field, whose: "mine" | "theirs"): void {
    if (!this.clash) return;
    if (whose === "theirs") this.texts = { ...this.texts, [field]: this.clash.theirs[field] };
    const left = this.clash.fields.filter((each) => each !== field);
    this.clash = left.length > 0 ? { ...this.clash, fields: left } : null;
    this.edit({});
  }

  forget(): void {
    clearTimeout(this.timer);
    this.base = this.texts;
    this.doors.keep("");
  }

  /** The page is left: what is not sent goes now, and is kept here should it not arrive. */
  leave(): void {
    void this.save();
    clearTimeout(this.timer);
  }

  private later(pause: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), pause);
  }
}

function read(text: string): { base: Texts; texts: Texts } | null {
  try {
    return text ? (JSON.parse(text) as { base: Texts; texts: Texts }) : null;
  } catch {
    return null;
  }
}
