// What is on the board: read, kept up to date, and left alone while a card is in somebody's hand.

import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { useSelect } from "../ui/hooks";
import { query, type Asked } from "./asked";
import type { Column, Columns, Listed } from "./types";
import { timed, useCaseNews, useSoon } from "./use";

export function useBoard(asked: Asked) {
  const rest = useRest();
  const me = useSelect((state) => state.agent?.id ?? "");
  const at = query(asked, me).toString();
  const sorted = (params: string): string => `${params}${params ? "&" : ""}sort=${asked.sort || "priority"}`;
  const [board, set] = useState<Columns | null>(null);
  const [failed, fail] = useState(false);
  const latest = useRef(at);
  latest.current = at;
  // While a card is in somebody's hand the board does not move under it.
  const paused = useRef(false);
  const load = (): void => {
    timed(rest.get<Columns>(`/desk/api/cases/board?${sorted(at)}`)).then((answer) => {
      if (latest.current !== at || paused.current) return;
      set(answer);
      fail(false);
    }).catch(() => latest.current === at && fail(true));
  };
  useEffect(load, [at, asked.sort]);
  const soon = useSoon(load, 1_500);
  useCaseNews(soon);
  const more = (column: Column): void => {
    const params = new URLSearchParams(at);
    params.delete("open");
    params.delete("status");
    const next = `${sorted(params.toString())}&status=${encodeURIComponent(column.status)}&limit=20&cursor=${encodeURIComponent(column.next ?? "")}`;
    timed(rest.get<Listed>(`/desk/api/cases?${next}`)).then(({ items, next: after }) => set((now) => now && {
      ...now,
      columns: now.columns.map((one) => (one.status === column.status ? { ...one, items: [...one.items, ...items.filter(({ id }) => !one.items.some((each) => each.id === id))], next: after } : one)),
    })).catch(() => fail(true));
  };
  return { board, set, failed, load, more, pause: (on: boolean) => (paused.current = on) };
}
