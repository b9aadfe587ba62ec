// What a list or a board of cases is asked for, as it stands in the address and as the server reads it.

import type { View } from "./types";

export const SCOPES = ["open", "mine", "unassigned", "risk", "late", "over", "all"] as const;
export type Scope = (typeof SCOPES)[number];
export const SORTS = ["priority", "promise", "due_at", "-updated_at", "-created_at", "created_at"] as const;
export type Sort = (typeof SORTS)[number];
export const NARROWING = ["status", "type_key", "category_id", "priority", "team", "agent_id", "tag", "customer_id", "text"] as const;
export type Narrowing = (typeof NARROWING)[number];

export interface Asked {
  scope: Scope;
  /** Empty: as it suits the scope. */
  sort: Sort | "";
  filters: Partial<Record<Narrowing, string>>;
}

export type Place = { show: "list" | "board"; asked: Asked } | { show: "one"; id: string } | { show: "new"; customer: string | null; conversation: string | null };

/** The shortest text that the server looks for. */
export const LEAST_TEXT = 3;

export function placeOf(hash: string): Place {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?");
  const which = path.split("/")[1] ?? "";
  const given = new URLSearchParams(search);
  if (which === "new") return { show: "new", customer: given.get("customer"), conversation: given.get("conversation") };
  if (which && which !== "board") return { show: "one", id: which };
  const filters: Asked["filters"] = {};
  for (const name of NARROWING) {
    const value = given.get(name);
    if (value) filters[name] = value;
  }
  const scope = SCOPES.find((one) => one === given.get("scope")) ?? "open";
  const sort = SORTS.find((one) => one === given.get("sort")) ?? "";
  return { show: which === "board" ? "board" : "list", asked: { scope, sort, filters } };
}

export function toHash(show: "list" | "board", { scope, sort, filters }: Asked): string {
  const params = new URLSearchParams({ ...(scope !== "open" && { scope }), ...filters, ...(sort && { sort }) });
  return `#/cases${show === "board" ? "/board" : ""}${params.size > 0 ? `?${params}` : ""}`;
}

export const caseHash = (id: string): string => `#/cases/${encodeURIComponent(id)}`;

/** By promise where it is about promises; otherwise the most pressing first. */
export function sortOf({ sort, scope }: Asked): Sort {
  return sort || (scope === "risk" || scope === "late" ? "promise" : scope === "over" || scope === "all" ? "-updated_at" : "priority");
}

/** What the server is asked: a status that is chosen says more than "going on". */
export function query({ scope, filters }: Asked, me: string): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value && !(name === "text" && value.trim().length < LEAST_TEXT)) params.set(name, value);
  if (scope === "over") params.set("open", "false");
  else if (scope !== "all" && !filters.status) params.set("open", "true");
  if (scope === "mine") params.set("agent_id", me);
  if (scope === "unassigned") {
    params.delete("agent_id");
    params.set("unassigned", "true");
  }
  if (scope === "risk" || scope === "late") params.set("promise", scope);
  return params;
}

export const COUNTED: readonly View[] = ["open", "mine", "unassigned", "risk", "late"];
