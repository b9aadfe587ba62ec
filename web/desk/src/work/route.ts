// Where the agent is, as it stands in the address: view, open conversation, and (on small screens) the context.

import { VIEWS, type View } from "../types";

export interface Route {
  view: View;
  id: string | null;
  context: boolean;
}

export function parseRoute(hash: string): Route {
  const [view, id, context] = hash.replace(/^#\/?/, "").split("/");
  return {
    view: VIEWS.find((known) => known === view) ?? "waiting",
    id: id ? decode(id) : null,
    context: Boolean(id) && context === "context",
  };
}

export function toHash({ view, id, context }: Route): string {
  return `#/${view}${id ? `/${encodeURIComponent(id)}` : ""}${id && context ? "/context" : ""}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
