// What an entry of the audit log says in words: which things it names, and its values as one reads them.

import type { Language } from "../types";
import { moment } from "./moments";
import type { en } from "./words/en";

export interface Entry {
  id: string;
  created_at: string;
  actor: string;
  origin: string;
  action: string;
  subject_kind: string;
  subject_id: string;
  old: Record<string, unknown> | null;
  new: Record<string, unknown> | null;
  details: Record<string, unknown>;
  position: number | null;
}

export interface Telling {
  words: typeof en.audit;
  language: Language;
  /** By `kind:identifier`; what is gone or has no name is not in it. */
  names: Record<string, string>;
}

const KINDS: Record<string, string> = {
  agent: "agent", agent_id: "agent", agents: "agent", article: "article", calendar_id: "calendar", order: "order", order_id: "order", product_id: "product", resolution_key: "case_resolution", role: "role", roles: "role",
  second_factor_roles: "role", segment: "segment", segment_id: "segment", shop_id: "shop", skill: "skill", skills: "skill", team: "team", teams: "team", template: "case_template", template_key: "case_template", type_key: "case_type",
};
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** The kind of thing that a field of an entry names, if it does. */
function kindOf(entry: Entry, field: string): string | undefined {
  const about = entry.subject_kind;
  if (field === "status") return about === "case" ? "case_status" : undefined;
  if (field === "parent_id") return about;
  if (field === "id" && entry.action === "case_linked") return entry.details.kind === "order" ? "order" : "case";
  if (field === "category_id") return "case_category";
  if (field === "categories" || field === "category") return about === "promo_code" || about === "policy" ? "product_category" : undefined;
  return KINDS[field];
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** What an entry names, as `kind:identifier`. */
export function thingsOf(entry: Entry): string[] {
  const found = [`${entry.subject_kind}:${entry.subject_id}`];
  for (const held of [entry.old, entry.new, entry.details]) {
    for (const [field, value] of Object.entries(held ?? {})) {
      const kind = kindOf(entry, field);
      if (kind) found.push(...listed(value).filter((each) => typeof each === "string" && each).map((each) => `${kind}:${String(each)}`));
    }
  }
  return found;
}

/** What an entry is about: its kind, and its name or the end of its identifier. */
export function subjectOf({ subject_kind: kind, subject_id: id }: Entry, { words, names }: Telling): string {
  const named = names[`${kind}:${id}`];
  if (kind === "agent" && named) return named;
  const called = words.kinds[kind] ?? kind.replaceAll("_", " ");
  // There is only one of these.
  if (!named && (/^\d*$/.test(id) || id === "all")) return called;
  const said = words.said[id];
  return said && !named ? words.of(called, said) : `${called} ${named ? words.quoted(named) : short(id)}`;
}

/** A field's name. */
export const fieldOf = (field: string, { words }: Telling): string => words.facts[field] ?? field.replaceAll("_", " ");

/** A value in words: names of things, dates, the reader's language of a text; of personal data only that it was there. */
export function told(entry: Entry, field: string, value: unknown, telling: Telling): string {
  const { words, language, names } = telling;
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) {
    if (value.length === 0) return "–";
    return [...new Set(value.map((each) => told(entry, field, each, telling)))].join(", ");
  }
  if (typeof value === "object") return parts(entry, value as Record<string, unknown>, telling);
  if (typeof value === "number") return figure(field, value, language);
  if (typeof value === "boolean") return words.said[String(value)] ?? String(value);
  const text = String(value);
  const kind = kindOf(entry, field);
  if (kind && names[`${kind}:${text}`]) return names[`${kind}:${text}`] ?? text;
  if (kind && !UUID.test(text)) return text;
  if (INSTANT.test(text)) return moment(text, language);
  return words.said[text] ?? short(text);
}

function parts(entry: Entry, value: Record<string, unknown>, telling: Telling): string {
  if (value.personal === true) return telling.words.personal;
  const names = Object.keys(value);
  if (names.length === 0) return "–";
  if (names.every((name) => name === "fr" || name === "en")) return told(entry, "", value[telling.language] ?? Object.values(value)[0], telling);
  const each = names.map((name) => [name in telling.words.facts ? fieldOf(name, telling) : telling.words.said[name] ?? fieldOf(name, telling), told(entry, name, value[name], telling)] as const);
  // Where nothing of it is kept, what it was made of says nothing either.
  if (each.every(([, text]) => text === telling.words.personal)) return telling.words.personal;
  return each.map(([name, text]) => telling.words.of(name, text)).join(" · ");
}

function figure(field: string, value: number, language: Language): string {
  const shown = (what: number, more: Intl.NumberFormatOptions = {}): string => new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", more).format(what);
  if (field === "percent") return shown(value / 10_000, { style: "percent", maximumFractionDigits: 2 });
  if (field.endsWith("_minor")) return shown(value / 100, { minimumFractionDigits: 2 });
  return shown(value);
}

/** Identifiers are told apart by their end: how they begin is when they were made. */
const short = (text: string): string => (UUID.test(text) ? `…${text.slice(-8)}` : text);
