// How components read the state, the dictionary, the preferences and the time.

import { createContext } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { dictionary, type Dictionary } from "../i18n";
import { serverTime } from "../server-time";
import type { State } from "../state/state";
import type { Language } from "../types";
import type { Desk } from "../work/desk";
import type { Preferences } from "../work/keep";

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("a component was drawn outside of the desk");
  return desk;
}

/** A part of the state; draws again only when that part changes. Select what exists, do not build anew. */
export function useSelect<T>(select: (state: State) => T): T {
  const { store } = useDesk();
  const selected = select(store.state);
  const latest = useRef({ select, selected });
  latest.current = { select, selected };
  const [, redraw] = useState(0);
  useLayoutEffect(() => {
    const look = (): void => {
      if (!Object.is(latest.current.select(store.state), latest.current.selected)) redraw((n) => n + 1);
    };
    look();
    return store.listen(look);
  }, [store]);
  return selected;
}

/** Whether the agent's role permits it. The server asks again; here it decides what is worth showing. */
export function useMay(permission: string): boolean {
  return useSelect((state) => state.agent?.permissions.includes(permission) ?? false);
}

export function useLanguage(): Language {
  return useSelect((state) => state.language);
}

export function useText(): Dictionary {
  return dictionary(useLanguage());
}

export function usePreferences(): Preferences {
  const { keep } = useDesk();
  const [preferences, set] = useState(keep.preferences);
  useEffect(() => keep.listen(() => set(keep.preferences)), [keep]);
  return preferences;
}

const tickers = new Map<number, { watchers: Set<(now: number) => void>; timer: ReturnType<typeof setInterval> }>();

/** The server's time, as often: for what the server says began then. */
export function useServerNow(every: number): number {
  return serverTime(useNow(every));
}

/** The time, once every `every` milliseconds. All who ask for the same pace share one timer. */
export function useNow(every: number): number {
  const [now, set] = useState(() => Date.now());
  useEffect(() => {
    let ticker = tickers.get(every);
    if (!ticker) {
      const watchers = new Set<(now: number) => void>();
      const timer = setInterval(() => watchers.forEach((watch) => watch(Date.now())), every);
      ticker = { watchers, timer };
      tickers.set(every, ticker);
    }
    const mine = ticker;
    mine.watchers.add(set);
    return () => {
      mine.watchers.delete(set);
      if (mine.watchers.size > 0) return;
      clearInterval(mine.timer);
      tickers.delete(every);
    };
  }, [every]);
  return now;
}

/** A field as high as what is written in it. */
export function useGrowing(field: { current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    const box = field.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }, [text]);
}
