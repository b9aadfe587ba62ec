// Where a card may go, and where one gets to from it by keys: nothing here draws or asks anybody.

import type { Column, Columns, Row, Step } from "./types";

/** Why a card cannot be put into a column; null where it can. */
export type Barred = "same" | "no step" | "not yours" | "missing" | null;

export function barred(step: Step | undefined, from: string, to: string): Barred {
  if (from === to) return "same";
  if (!step) return "no step";
  if (!step.permitted) return "not yours";
  return step.missing.length > 0 ? "missing" : null;
}

const SAID = ["reason", "resolution_code", "resolution_summary"];

/** Whether something has to be said with the step. */
export const asks = (step: Step): boolean => step.needs.some((need) => SAID.includes(need));

/** The next column to the left or right that a card may go to, its own included; the same where there is none. */
export function beside(columns: readonly Column[], steps: readonly Step[], from: string, at: string, by: 1 | -1): string {
  const open = columns.map(({ status }) => status).filter((status) => status === from || steps.some((step) => step.to === status && step.permitted));
  const index = open.indexOf(at);
  return open[Math.min(Math.max(index + by, 0), open.length - 1)] ?? at;
}

/** The card that an arrow leads to: up and down in a column, left and right to the same height in the next one that has any. */
export function neighbour(columns: readonly Column[], id: string, key: string): string | null {
  const column = columns.findIndex(({ items }) => items.some((row) => row.id === id));
  const here = columns[column];
  if (!here) return null;
  const row = here.items.findIndex((each) => each.id === id);
  if (key === "ArrowDown" || key === "ArrowUp") return here.items[row + (key === "ArrowDown" ? 1 : -1)]?.id ?? null;
  if (key === "Home" || key === "End") return here.items[key === "Home" ? 0 : here.items.length - 1]?.id ?? null;
  const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  for (let at = column + by; by !== 0 && columns[at]; at += by) {
    const items = columns[at]?.items ?? [];
    if (items.length > 0) return items[Math.min(row, items.length - 1)]?.id ?? null;
  }
  return null;
}

/** The board with a card in another column, as it will be once the server has agreed. */
export function placed(board: Columns, row: Row, to: string): Columns {
  return {
    ...board,
    columns: board.columns.map((column) => {
      const had = column.items.some(({ id }) => id === row.id);
      const items = column.items.filter(({ id }) => id !== row.id);
      if (column.status === to) return { ...column, items: [row, ...items], count: column.count + (had ? 0 : 1) };
      return had ? { ...column, items, count: Math.max(0, column.count - 1) } : column;
    }),
  };
}
