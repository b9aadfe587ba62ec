// Which conversations of the list are chosen, to do something with all of them.

import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Summary } from "../types";
import { nameless } from "./naming";

export interface Chosen {
  version: number;
  name: string;
  /** The last message of the row when it was chosen: what comes after it was not seen. */
  seen?: number;
}

type Listener = () => void;

export class Selection {
  private chosen: ReadonlyMap<string, Chosen> = new Map();
  private readonly listeners = new Set<Listener>();
  /** Ticks are shown beside every row, chosen or not. */
  open = false;

  get all(): ReadonlyMap<string, Chosen> {
    return this.chosen;
  }

  has(id: string): boolean {
    return this.chosen.has(id);
  }

  toggle(item: Summary): void {
    const next = new Map(this.chosen);
    if (!next.delete(item.id)) next.set(item.id, of(item));
    this.become(next);
  }

  add(items: readonly Summary[]): void {
    this.become(new Map([...this.chosen, ...items.map((item) => [item.id, of(item)] as const)]));
  }

  keep(ids: readonly string[]): void {
    this.become(new Map([...this.chosen].filter(([id]) => ids.includes(id))));
  }

  /** Whose a conversation has become since it was chosen is what is seen of it now; words that came are not seen by that. */
  refresh(items: readonly Summary[]): void {
    if (this.chosen.size === 0) return;
    const changed = items.filter(({ id, version }) => (this.chosen.get(id)?.version ?? version) !== version);
    if (changed.length > 0) this.become(new Map([...this.chosen, ...changed.map((item) => [item.id, { ...of(item), seen: this.chosen.get(item.id)?.seen }] as const)]));
  }

  /** Those that are still chosen as their rows are now: it was told why nothing was done with them. */
  reread(items: readonly Summary[]): void {
    this.add(items.filter(({ id }) => this.chosen.has(id)));
  }

  show(open: boolean): void {
    this.open = open;
    this.become(open ? this.chosen : new Map());
  }

  clear(): void {
    if (this.open || this.chosen.size > 0) this.show(false);
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private become(next: ReadonlyMap<string, Chosen>): void {
    this.chosen = next;
    for (const listener of [...this.listeners]) listener();
  }
}

function of(item: Summary): Chosen {
  return { version: item.version, name: nameless(item), seen: item.last?.seq };
}

export const selection = new Selection();

/** Draws again when something is chosen, or no more. */
export function useSelection(): Selection {
  const [, redraw] = useState(0);
  useLayoutEffect(() => selection.listen(() => redraw((n) => n + 1)), []);
  return selection;
}

/** Another list, another choice. */
export function useForgetting(list: string): void {
  useEffect(() => () => selection.clear(), [list]);
}
