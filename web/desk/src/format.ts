// Times as people read them, in the agent's language.

import type { Dictionary } from "./i18n";
import type { Language } from "./types";

const LOCALE: Record<Language, string> = { fr: "fr-FR", en: "en-GB" };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(language: Language, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name}`;
  const known = cache.get(key) ?? new Intl.DateTimeFormat(LOCALE[language], options);
  cache.set(key, known);
  return known;
}

/** How long somebody has waited: "45 s", "12 min", "1 h 05", "3 d". A clock that runs ahead counts as zero. */
export function waited(since: string, now: number, t: Dictionary): string {
  const ms = Math.max(0, now - Date.parse(since));
  if (ms < MINUTE) return t.time.seconds(Math.floor(ms / 1000));
  if (ms < HOUR) return t.time.minutes(Math.floor(ms / MINUTE));
  if (ms < DAY) return t.time.hours(Math.floor(ms / HOUR), String(Math.floor((ms % HOUR) / MINUTE)).padStart(2, "0"));
  return t.time.days(Math.floor(ms / DAY));
}

export type Urgency = "fresh" | "risk" | "late";

/** Five minutes in a queue is worth a look, fifteen is late, on any channel where somebody sits and waits. */
export function urgency(since: string, now: number): Urgency {
  const ms = now - Date.parse(since);
  if (ms >= 15 * MINUTE) return "late";
  return ms >= 5 * MINUTE ? "risk" : "fresh";
}

export function clock(at: string, language: Language): string {
  return formatter(language, "clock", { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

/** For a list: the time today, the weekday within a week, the date before that. */
export function brief(at: string, now: number, language: Language): string {
  const days = daysBetween(new Date(at), new Date(now));
  if (days === 0) return clock(at, language);
  if (days > 0 && days < 7) return formatter(language, "weekday", { weekday: "short" }).format(new Date(at));
  return formatter(language, "short", { day: "numeric", month: "short" }).format(new Date(at));
}

export function day(at: string, now: number, language: Language, t: Dictionary): string {
  const date = new Date(at);
  const days = daysBetween(date, new Date(now));
  if (days === 0) return t.transcript.today;
  if (days === 1) return t.transcript.yesterday;
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  if (!sameYear) options.year = "numeric";
  return formatter(language, sameYear ? "day" : "day year", options).format(date);
}

export function full(at: string, language: Language): string {
  return formatter(language, "full", { dateStyle: "full", timeStyle: "short" }).format(new Date(at));
}

/** "240 kB", "1,2 Mo": sizes as files are named on the agent's computer. */
export function fileSize(bytes: number, language: Language): string {
  const [value, unit] = bytes < 999_500 ? [Math.max(1, Math.round(bytes / 1000)), "kilobyte"] : [bytes / 1e6, "megabyte"];
  const style: Intl.NumberFormatOptions = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0 };
  return new Intl.NumberFormat(LOCALE[language], style).format(value);
}

/** An amount from the currency's smallest unit. */
export function money(minor: number, currency: string, language: Language): string {
  const format = new Intl.NumberFormat(LOCALE[language], { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** A number in groups, as they are read aloud where we know how; what is copied or called stays as it is. */
export const phone = (number: string): string =>
  number.replace(/^(\+33)(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, "$1\u00a0$2\u00a0$3\u00a0$4\u00a0$5\u00a0$6").replace(/^(\+44)(\d{4})(\d{6})$/, "$1\u00a0$2\u00a0$3");

/** Somebody's words, in the quotation marks of the language. */
export const quoted = (text: string, language: Language): string => (language === "fr" ? `«\u00a0${text}\u00a0»` : `“${text}”`);

export function percent(share: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language], { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** A value the server has formatted stays as it is; a bare timestamp or date is spoken. */
export function spoken(value: string, language: Language): string {
  if (!/^\d{4}-\d\d-\d\d(T|$)/.test(value) || Number.isNaN(Date.parse(value))) return value;
  const timed = value.includes("T");
  // A date alone would be midnight in Greenwich, the day before in America.
  const at = new Date(timed ? value : `${value}T12:00`);
  const date = formatter(language, "spoken", { day: "numeric", month: "long", year: "numeric" }).format(at);
  return timed ? `${date}, ${clock(value, language)}` : date;
}

export function sameDay(a: string, b: string): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

function daysBetween(a: Date, b: Date): number {
  const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(b) - midnight(a)) / DAY);
}

/** A time to come: the hour of today, else the day with the hour. */
export function ahead(at: string, language: Language, now: Date = new Date()): string {
  const when = new Date(at);
  const locale = language === "fr" ? "fr-FR" : "en-GB";
  const hour: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  if (when.toDateString() === now.toDateString()) return when.toLocaleTimeString(locale, hour);
  return when.toLocaleString(locale, { weekday: "short", day: "numeric", month: "short", ...hour });
}
