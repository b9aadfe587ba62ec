// Where one is among the pages of customers, as it stands in the address.

export const PARTS = ["card", "timeline", "orders", "conversations", "cases", "notes", "merges"] as const;
export type Part = (typeof PARTS)[number];

export type Where =
  | { at: "search"; words: string }
  | { at: "customer"; id: string; part: Part }
  | { at: "duplicates" }
  | { at: "merge"; kept: string; gone: string }
  | { at: "segments" }
  | { at: "segment"; id: string };

/** What the address names; what it does not name is the search. */
export function parse(hash: string): Where {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [, first, second, third] = path.split("/").map(decoded);
  if (first === "segments") return second ? { at: "segment", id: second } : { at: "segments" };
  if (first === "duplicates") return { at: "duplicates" };
  if (first === "merge" && second && third) return { at: "merge", kept: second, gone: third };
  if (first && first !== "merge") return { at: "customer", id: first, part: PARTS.find((one) => one === second) ?? "card" };
  return { at: "search", words: new URLSearchParams(query).get("q") ?? "" };
}

export function hashOf(where: Where): string {
  const of = (...parts: string[]): string => `#/customers/${parts.map(encodeURIComponent).join("/")}`;
  switch (where.at) {
    case "search": return where.words ? `#/customers?${new URLSearchParams({ q: where.words })}` : "#/customers";
    case "customer": return where.part === "card" ? of(where.id) : of(where.id, where.part);
    case "duplicates": return of("duplicates");
    case "merge": return of("merge", where.kept, where.gone);
    case "segments": return of("segments");
    case "segment": return of("segments", where.id);
  }
}

/** The page that a page stands below: where its way back leads. */
export function above(where: Where): Where | null {
  switch (where.at) {
    case "customer": return { at: "search", words: "" };
    case "merge": return { at: "customer", id: where.kept, part: "card" };
    case "segment": return { at: "segments" };
    default: return null;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
