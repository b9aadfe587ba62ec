// Where the agent is, as it stands in the address: page, view, open conversation, and (on small screens) the context.

import type { Page } from "../state/state";
import { ALL_VIEWS, type View } from "../types";

export interface Route {
  page: Page;
  view: View;
  id: string | null;
  context: boolean;
}

const PAGES = ["channels", "undelivered", "admin", "account", "board", "reports", "cases", "customers", "knowledge"] as const;

export function parseRoute(hash: string): Route {
  const [view, id, context] = hash.replace(/^#\/?/, "").replace(/\?.*/, "").split("/");
  const page: Page = PAGES.find((known) => known === view) ?? "conversations";
  return {
    page,
    view: ALL_VIEWS.find((known) => known === view) ?? "waiting",
    id: id && page === "conversations" ? decode(id) : null,
    context: Boolean(id) && context === "context",
  };
}

export function toHash({ page = "conversations", view, id, context }: Omit<Route, "page"> & { page?: Page }): string {
  if (page !== "conversations") return `#/${page}`;
  return `#/${view}${id ? `/${encodeURIComponent(id)}` : ""}${id && context ? "/context" : ""}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
