// A list that a page asked for, and what has become of it since.

import { useState } from "preact/hooks";
import { useLoaded, type Loaded } from "../ui/page";

export interface Shown<T> {
  loaded: Loaded<T[]>;
  /** The row that is open: its key, `new` for one that is being made, or null. */
  open: string | null;
  toggle(key: string): void;
  close(): void;
  /** Puts a row into the list, in its place or at the end, and closes it. */
  saved(row: T): void;
  removed(key: string): void;
}

export function useShown<T>(load: () => Promise<T[]>, keyOf: (row: T) => string): Shown<T> {
  const loaded = useLoaded(load);
  const [open, setOpen] = useState<string | null>(null);
  const put = (rows: T[], row: T): T[] =>
    rows.some((each) => keyOf(each) === keyOf(row)) ? rows.map((each) => (keyOf(each) === keyOf(row) ? row : each)) : [...rows, row];
  return {
    loaded,
    open,
    toggle: (key) => setOpen(open === key ? null : key),
    close: () => setOpen(null),
    saved: (row) => {
      loaded.set((rows) => put(rows, row));
      setOpen(null);
    },
    removed: (key) => {
      loaded.set((rows) => rows.filter((each) => keyOf(each) !== key));
      setOpen(null);
    },
  };
}
