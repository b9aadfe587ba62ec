// Where one is among the articles, as it stands in the address.

import type { Language } from "../types";

export type Doing = "read" | "edit" | "history" | "review";

export type Place =
  | { show: "shelf" }
  | { show: "review" }
  | { show: "gaps" }
  | { show: "categories" }
  | { show: "new" }
  | { show: "article"; of: string; language: Language | null; doing: Doing };

const DOINGS: readonly Doing[] = ["read", "edit", "history", "review"];

/** `of` is an article's id, or its key. */
export function placeOf(hash: string): Place {
  const [, first, of, language, doing] = hash.replace(/^#\/?/, "").replace(/\?.*/, "").split("/");
  if (first === "review" || first === "gaps" || first === "categories" || first === "new") return { show: first };
  if (first !== "article" || !of || !/^[a-z0-9-]+$/.test(of)) return { show: "shelf" };
  return {
    show: "article", of, language: language === "fr" || language === "en" ? language : null,
    doing: DOINGS.find((known) => known === doing) ?? "read",
  };
}

export function toHash(place: Place): string {
  if (place.show === "shelf") return "#/knowledge";
  if (place.show !== "article") return `#/knowledge/${place.show}`;
  const { of, language, doing } = place;
  return `#/knowledge/article/${of}${language ? `/${language}${doing === "read" ? "" : `/${doing}`}` : ""}`;
}
