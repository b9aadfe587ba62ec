// The server's time: agents' own clocks disagree, and how long somebody waits is the same for all of them.

/** Less than this is the way and the rounding of the header, not a clock that is wrong. */
const SAME = 5_000;

let ahead = 0;

/** A response said what time it is there (RFC 9110, section 6.6.1). */
export function heardDate(header: string | null, here: number = Date.now()): void {
  const there = Date.parse(header ?? "");
  if (!Number.isNaN(there)) ahead = Math.abs(there - here) < SAME ? 0 : there - here;
}

/** The server's time, for a time of this computer. */
export const serverTime = (here: number): number => here + ahead;
