// A list that may be of any length: what is far from sight is not drawn, and what is in sight stays where it is
// whatever comes above it or below it.

import type { ComponentChild, RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { around, Heights, type Anchor } from "./window";

const VIEW = 800;

export interface VirtualHandle {
  /** Brings a row into sight, and what is drawn of it to `then`. */
  show(key: string, then?: (row: HTMLElement) => void): void;
  /** Puts things right after something changed its height. */
  settle(): void;
  /** It was scrolled: what is in sight now is what stays in sight. Before anything is drawn again. */
  capture(): void;
  /** Draws what came near. */
  grow(): void;
  /** Where it stands now, to come back to. */
  place(): Anchor | null;
}

interface VirtualProps<Row> {
  rows: readonly Row[];
  scroller: RefObject<HTMLElement>;
  handle: { current: VirtualHandle | null };
  /** Draws a row, as one element. */
  draw(row: Row): ComponentChild;
  /** True while the end is to stay in sight. */
  following: { readonly current: boolean };
  /** Where it begins: as it was left, else at its end or its beginning. */
  begin: Anchor | "start" | "end";
}

export function Virtual<Row extends { key: string }>({ rows, scroller, handle, draw, following, begin }: VirtualProps<Row>) {
  const list = useRef<HTMLOListElement>(null);
  const heights = useRef(new Heights()).current;
  const anchor = useRef<Anchor | null>(null);
  const wanted = useRef<((row: HTMLElement) => void) | null>(null);
  const [, redraw] = useState(0);
  const index = useMemo(() => new Map(rows.map(({ key }, at) => [key, at])), [rows]);
  heights.arrange(rows);

  if (anchor.current === null || !index.has(anchor.current.key)) {
    const view = scroller.current?.clientHeight || VIEW;
    const edge = begin === "end" ? { key: rows[rows.length - 1]?.key ?? "", top: view } : { key: rows[0]?.key ?? "", top: 0 };
    anchor.current = anchor.current === null && typeof begin === "object" && index.has(begin.key) ? begin : edge;
  }
  const fixed = anchor.current;
  const view = scroller.current?.clientHeight || VIEW;
  const range = around(heights, rows.length, { index: index.get(fixed.key) ?? 0, top: fixed.top }, view);
  const drawn = useRef(range);
  drawn.current = range;

  /** The first row in sight is the one that is to stand still. */
  const capture = (): void => {
    const box = scroller.current;
    const ol = list.current;
    if (!box || !ol || rows.length === 0) return;
    const top = box.getBoundingClientRect().top;
    const children = ol.children as HTMLCollectionOf<HTMLElement>;
    const first = firstBelow(children, top);
    const at = first === null ? -1 : drawn.current.start + first;
    const row = first === null ? undefined : children[first];
    const distance = row ? row.getBoundingClientRect().top - top : 0;
    if (row && rows[at] && distance < box.clientHeight + VIEW) {
      anchor.current = { key: rows[at].key, top: distance };
      return;
    }
    // A jump beyond everything that is drawn.
    const offset = box.scrollTop - ol.offsetTop;
    const { index: found, begins } = heights.find(offset);
    anchor.current = { key: rows[found]?.key ?? "", top: begins - offset };
  };
  const measure = (): void => {
    const children = list.current?.children as HTMLCollectionOf<HTMLElement> | undefined;
    if (!children || rows.length === 0) return;
    const { start } = drawn.current;
    for (let at = 0; at + 1 < children.length; at += 1) {
      const height = (children[at + 1]?.offsetTop ?? 0) - (children[at]?.offsetTop ?? 0);
      if (height > 0 && Math.abs(height - heights.at(start + at)) > 0.5) heights.measured(start + at, height);
    }
  };
  /** Scrolls so that the anchor is again where it was, or the end in sight. */
  const settle = (): void => {
    const box = scroller.current;
    if (!box) return;
    measure();
    if (following.current && wanted.current === null) {
      box.scrollTop = box.scrollHeight;
      capture();
      return;
    }
    const at = anchor.current ? (index.get(anchor.current.key) ?? -1) - drawn.current.start : -1;
    const row = at >= 0 ? list.current?.children[at] : undefined;
    if (!row || !anchor.current) return;
    const off = row.getBoundingClientRect().top - box.getBoundingClientRect().top - anchor.current.top;
    if (Math.abs(off) >= 1) {
      box.scrollTop += off;
      // At an edge there is nothing to scroll: it stands where it stands.
      if (wanted.current === null && Math.abs(row.getBoundingClientRect().top - box.getBoundingClientRect().top - anchor.current.top) >= 1) capture();
    }
    if (wanted.current) {
      const then = wanted.current;
      wanted.current = null;
      then(row as HTMLElement);
      capture();
    }
  };
  const outgrown = (): boolean => {
    const now = around(heights, rows.length, { index: index.get(anchor.current?.key ?? "") ?? 0, top: anchor.current?.top ?? 0 }, scroller.current?.clientHeight || VIEW);
    return now.start < drawn.current.start || now.end > drawn.current.end;
  };

  handle.current = {
    show(key, then = () => {}) {
      if (!index.has(key)) return;
      anchor.current = { key, top: (scroller.current?.clientHeight || VIEW) / 3 };
      wanted.current = then;
      redraw((n) => n + 1);
    },
    settle,
    capture,
    grow: () => outgrown() && redraw((n) => n + 1),
    place: () => anchor.current,
  };

  useLayoutEffect(() => {
    keepFocus(scroller.current);
    settle();
    if (outgrown()) redraw((n) => n + 1);
  });
  return (
    <ol class="messages" ref={list} style={range.above + range.below > 0 ? { paddingTop: `${range.above}px`, paddingBottom: `${range.below}px` } : undefined}>
      {rows.slice(range.start, range.end).map(draw)}
    </ol>
  );
}

/** The first of these elements that reaches below a line, by halves: they stand in order. */
function firstBelow(children: HTMLCollectionOf<HTMLElement>, line: number): number | null {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((children[middle]?.getBoundingClientRect().bottom ?? 0) > line) high = middle;
    else low = middle + 1;
  }
  return low < children.length ? low : null;
}

let focusedInside = false;

/** A row that had the focus and is drawn no more hands it to the list, so that the next key scrolls on. */
function keepFocus(box: HTMLElement | null): void {
  if (!box) return;
  const { activeElement } = document;
  if (focusedInside && activeElement === document.body) box.focus({ preventScroll: true });
  focusedInside = activeElement !== null && activeElement !== box && box.contains(activeElement);
}
