// What a conversation is called where only words have room.

import type { Summary } from "../types";

export function nameless(item: Summary): string {
  return item.customer?.name || item.shown_name || item.goal || item.last?.text.slice(0, 40) || "…";
}
