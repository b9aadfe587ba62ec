// Which rows of a long list are drawn: those around the one that stands still, and a little more on both sides.

/** The row that stays where it is while others come and go, and how far its top is below the top of what is in sight. */
export interface Anchor {
  key: string;
  top: number;
}

export interface Range {
  start: number;
  end: number;
  /** Pixels of rows that are not drawn. */
  above: number;
  below: number;
}

/** Up to this many rows all are drawn: nothing is gained, and the browser finds words in all of them. */
export const ALL = 150;
const OVER = 900;
const GUESS = 56;

/** The heights of rows: as they were measured, else as tall as those that were. */
export class Heights {
  private readonly known = new Map<string, number>();
  private list: readonly { key: string }[] = [];
  private each = new Float64Array(0);
  private sum = 0;

  get guess(): number {
    return this.known.size > 0 ? this.sum / this.known.size : GUESS;
  }

  /** Heights stand in the order of these rows from now on. */
  arrange(rows: readonly { key: string }[]): void {
    if (rows === this.list) return;
    const { guess } = this;
    this.list = rows;
    this.each = new Float64Array(rows.length);
    rows.forEach(({ key }, index) => {
      this.each[index] = this.known.get(key) ?? guess;
    });
  }

  at(index: number): number {
    return this.each[index] ?? 0;
  }

  measured(index: number, height: number): void {
    const key = this.list[index]?.key;
    if (key === undefined) return;
    const before = this.known.get(key);
    this.sum += height - (before ?? 0);
    this.known.set(key, height);
    this.each[index] = height;
  }

  between(start: number, end: number): number {
    let total = 0;
    for (let index = start; index < end; index += 1) total += this.each[index] ?? 0;
    return total;
  }

  /** The row at so many pixels from the top of the list, and where it begins. */
  find(offset: number): { index: number; begins: number } {
    let begins = 0;
    for (let index = 0; index < this.each.length; index += 1) {
      const height = this.each[index] ?? 0;
      if (begins + height > offset) return { index, begins };
      begins += height;
    }
    const last = Math.max(0, this.each.length - 1);
    return { index: last, begins: begins - this.at(last) };
  }
}

/** What to draw so that a view of this height is filled around the anchor. */
export function around(heights: Heights, count: number, anchor: { index: number; top: number }, view: number): Range {
  if (count <= ALL) return { start: 0, end: count, above: 0, below: 0 };
  let start = Math.min(Math.max(0, anchor.index), count - 1);
  let end = start;
  let top = anchor.top;
  let bottom = anchor.top;
  while (start > 0 && top > -OVER) {
    start -= 1;
    top -= heights.at(start);
  }
  while (end < count && bottom < view + OVER) {
    bottom += heights.at(end);
    end += 1;
  }
  // At the end of the list there is room left: what stands above fills it.
  while (start > 0 && bottom - top < view + OVER) {
    start -= 1;
    top -= heights.at(start);
  }
  return { start, end, above: heights.between(0, start), below: heights.between(end, count) };
}
