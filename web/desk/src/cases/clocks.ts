// Clocks as people read them, by the server's time: the agents' own clocks disagree.

import type { Language } from "../types";
import type { Clock } from "./types";

let ahead = 0;

/** The server said what time it is. */
export function heardTime(now: string, here: number = Date.now()): void {
  const there = Date.parse(now);
  if (!Number.isNaN(there)) ahead = there - here;
}

/** The server's time, for a time of this computer. */
export const serverTime = (here: number = Date.now()): number => here + ahead;

export type Tone = "going" | "risk" | "late" | "paused" | "met" | "missed";

export interface Told {
  tone: Tone;
  /** What is left, or by how much it is late; null where there is nothing to count. */
  time: string | null;
}

/** How a clock stands at a time of the server; null for one that was set aside. */
export function standing(clock: Clock, now: number, language: Language): Told | null {
  if (clock.state === "cancelled") return null;
  if (clock.state === "met") return { tone: clock.late ? "missed" : "met", time: null };
  // A paused clock that has no time left is late however long it stands still.
  if (clock.due_at === null) return { tone: clock.state === "paused" ? "paused" : "going", time: null };
  const left = Date.parse(clock.due_at) - now;
  if (left < 0) return { tone: "late", time: lasting(-left, language) };
  if (clock.state === "paused") return { tone: "paused", time: null };
  const near = clock.warn_at !== null && Date.parse(clock.warn_at) <= now;
  return { tone: near ? "risk" : "going", time: lasting(left, language) };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GAP = "\u00a0";

/** A stretch of time in its two largest units: "42 s", "12 min 05 s", "3 h 20 min", "2 j 4 h". */
export function lasting(ms: number, language: Language): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}${GAP}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}${GAP}min${GAP}${two(Math.floor((ms % MINUTE) / SECOND))}${GAP}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}${GAP}h${GAP}${two(Math.floor((ms % HOUR) / MINUTE))}${GAP}min`;
  const days = `${Math.floor(ms / DAY)}${GAP}${language === "fr" ? "j" : "d"}`;
  const hours = Math.floor((ms % DAY) / HOUR);
  return hours > 0 ? `${days}${GAP}${hours}${GAP}h` : days;
}

/** The clocks worth showing: the latest round of each kind, what still runs first. */
export function worth(clocks: readonly Clock[]): Clock[] {
  const latest = new Map(clocks.filter(({ state }) => state !== "cancelled").map((clock) => [clock.kind, clock]));
  const rank = ({ state, due_at }: Clock): number => (state === "running" && due_at ? Date.parse(due_at) : state === "paused" ? 8e15 : 9e15);
  return [...latest.values()].sort((a, b) => rank(a) - rank(b));
}
