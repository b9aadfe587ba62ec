// Values of fields as people read them, in the history and where two people changed the same.

import { full } from "../format";
import type { Language } from "../types";
import { useLanguage } from "../ui/hooks";
import { nameOf } from "./choosing";
import { useWords } from "./parts";
import type { Settings } from "./types";
import type { Words } from "./words.en";

export function useSaid(settings: Settings, names: Record<string, string>): (field: string, value: unknown) => string {
  const words = useWords();
  const language = useLanguage();
  return (field, value) => said(field, value, { settings, names, words, language });
}

interface Around {
  settings: Settings;
  names: Record<string, string>;
  words: Words;
  language: Language;
}

export function said(field: string, value: unknown, { settings, names, words, language }: Around): string {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return field === "agent_id" ? words.nobody : words.nothingSaid;
  const text = String(value);
  switch (field) {
    case "status": return nameOf(settings.statuses, text, language);
    case "type_key": return nameOf(settings.types, text, language);
    case "category_id": return nameOf(settings.categories, text, language);
    case "team": return nameOf(settings.teams, text, language);
    case "resolution_key": return nameOf(settings.resolutions, text, language);
    case "agent_id": return names[`agent:${text}`] ?? settings.agents.find(({ id }) => id === text)?.name ?? text;
    case "priority": return words.priorities[text as keyof Words["priorities"]] ?? text;
    case "impact": case "urgency": return words.levels[text as keyof Words["levels"]] ?? text;
    case "due_at": return Number.isNaN(Date.parse(text)) ? text : full(text, language);
    case "tags": return Array.isArray(value) ? value.join(", ") : text;
    case "fields": return Object.values(value as object).filter((each) => each !== null && each !== "").join(", ") || words.nothingSaid;
    default: return short(text);
  }
}

const short = (text: string): string => (text.length > 160 ? `${text.slice(0, 159)}…` : text);
