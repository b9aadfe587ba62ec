/** The two languages of Relais, and how a page says which one it wants. */
export type Language = "fr" | "en";

export const LANGUAGES: readonly Language[] = ["fr", "en"];

export function asLanguage(tag: string | null | undefined): Language | null {
  const primary = (tag ?? "").trim().toLowerCase().split(/[-_]/)[0];
  return primary === "fr" || primary === "en" ? primary : null;
}

/** The first of `tags` that we speak; English when none is. */
export function firstLanguage(...tags: (string | null | undefined)[]): Language {
  for (const tag of tags) {
    const known = asLanguage(tag);
    if (known) return known;
  }
  return "en";
}
