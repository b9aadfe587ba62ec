// Figures as people read them.

import type { Language } from "../types";
import type { Figure, Step, Unit } from "./types";

const LOCALE: Record<Language, string> = { fr: "fr-FR", en: "en-GB" };
const GAP = "\u00a0";

/** A time in its two largest units: "42 s", "3 min 5 s", "2 h 10 min". */
export function lasting(seconds: number, language: Language): string {
  if (seconds < 9.95) return `${new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 1 }).format(seconds)}${GAP}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${GAP}s`;
  if (whole < 3600) {
    const rest = whole % 60;
    return `${Math.floor(whole / 60)}${GAP}min${rest && whole < 600 ? `${GAP}${rest}${GAP}s` : ""}`;
  }
  const minutes = Math.round(whole / 60);
  const rest = minutes % 60;
  if (minutes >= 72 * 60) return `${Math.round(minutes / 1440)}${GAP}${language === "fr" ? "j" : "d"}`;
  return `${Math.floor(minutes / 60)}${GAP}h${rest && minutes < 600 ? `${GAP}${rest}${GAP}min` : ""}`;
}

export function told(value: number | null, unit: Unit, language: Language): string {
  if (value === null) return "–";
  if (unit === "share") return new Intl.NumberFormat(LOCALE[language], { style: "percent", maximumFractionDigits: 1 }).format(value);
  if (unit === "seconds") return lasting(value, language);
  const digits = unit === "score" ? { minimumFractionDigits: 1, maximumFractionDigits: 1 } : { maximumFractionDigits: 0 };
  return new Intl.NumberFormat(LOCALE[language], digits).format(value);
}

/** A label of an axis: shorter. */
export function brief(value: number, unit: Unit, language: Language): string {
  if (unit === "share") return new Intl.NumberFormat(LOCALE[language], { style: "percent", maximumFractionDigits: 0 }).format(value);
  if (unit === "number") return new Intl.NumberFormat(LOCALE[language], { notation: "compact", maximumFractionDigits: 1 }).format(value);
  return told(value, unit, language);
}

export interface Change {
  /** As it is written: "+12 %", "−3.4 pts". */
  text: string;
  way: "up" | "down" | "same";
  good: boolean | null;
}

/** How a figure stands beside the period before; null where one of them has none. */
export function change({ value, before, unit, better }: Pick<Figure, "value" | "before" | "unit" | "better">, language: Language): Change | null {
  if (value === null || before === null || (before === 0 && unit !== "share")) return null;
  const points = unit === "share";
  const off = points ? (value - before) * 100 : unit === "score" ? value - before : (value / before - 1) * 100;
  const rounded = Math.round(off * 10) / 10;
  const way = rounded === 0 ? "same" : rounded > 0 ? "up" : "down";
  const number = new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: Math.abs(rounded) < 10 ? 1 : 0, signDisplay: "exceptZero" }).format(rounded);
  const after = points ? `${GAP}pt` : unit === "score" ? "" : language === "fr" ? `${GAP}%` : "%";
  return { text: number.replace("-", "−") + after, way, good: way === "same" || !better ? null : way === better };
}

/** The name of a step: its day, the week it begins, its month. */
export function stepName(day: string, step: Step, language: Language, long = false): string {
  const date = new Date(`${day}T12:00:00Z`);
  const options: Intl.DateTimeFormatOptions = step === "month"
    ? { month: long ? "long" : "short", year: "numeric" }
    : long ? { weekday: "long", day: "numeric", month: "long" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(LOCALE[language], { ...options, timeZone: "UTC" }).format(date);
}

/** When something was: "28 oct. 2026, 22:50". */
export function moment(at: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

/** A span of days: "26 oct. – 22 nov. 2026". */
export function spanName(from: string, to: string, language: Language): string {
  const format = new Intl.DateTimeFormat(LOCALE[language], { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return format.formatRange(new Date(`${from}T12:00:00Z`), new Date(`${to}T12:00:00Z`));
}

/** Round numbers from nothing up to at least `most`: what an axis says. */
export function ticks(most: number, unit: Unit): number[] {
  if (!(most > 0)) return unit === "share" ? [0, 0.5, 1] : [0, 1];
  if (unit === "share" && most > 0.5) return [0, 0.25, 0.5, 0.75, 1];
  const seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800];
  const rough = most / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const plain = [1, 2, 2.5, 5, 10].map((one) => one * size).find((one) => one >= rough) ?? rough;
  let step = unit === "seconds" ? seconds.find((one) => one >= rough) ?? plain : plain;
  if (unit === "number") step = Math.max(1, Math.ceil(step));
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}
