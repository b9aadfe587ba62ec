/** Says things in the visitor's language and says them again when it changes. */
import type { Language } from "@shared/language";
import { en } from "./en";
import { fr } from "./fr";
import type { Counted, LaterWords, Sentence, Words } from "./words";

export const WORDS: Record<Language, Words> = { fr, en };

export class Speech {
  private readonly bound = new Set<() => void>();
  private learnt: Record<Language, Partial<LaterWords>> = { fr: {}, en: {} };

  constructor(private current: Language) {}

  get language(): Language {
    return this.current;
  }

  /** More to say, of views that have just been loaded. */
  learn(words: Record<Language, LaterWords>): void {
    this.learnt = words;
  }

  switch(language: Language): void {
    this.current = language;
    for (const say of this.bound) say();
  }

  /** Runs now and after every change of language. */
  bind(say: () => void): void {
    this.bound.add(say);
    say();
  }

  t(name: Sentence, values: Record<string, string> = {}): string {
    const said = (words: Partial<Record<Sentence, string>>) => words[name];
    return fill(said(WORDS[this.current]) ?? said(this.learnt[this.current]) ?? "", values);
  }

  count(name: Counted, n: number): string {
    // French counts 0 as singular, English does not: Intl knows.
    const form = new Intl.PluralRules(this.current).select(n) === "one" ? "one" : "other";
    return fill(WORDS[this.current][name][form], { n: new Intl.NumberFormat(this.locale).format(n) });
  }

  /** "240 kB", "1,2 Mo": sizes as files are named on the visitor's computer. */
  size(bytes: number): string {
    const [value, unit] = bytes < 999_500 ? [Math.max(1, Math.round(bytes / 1000)), "kilobyte"] : [bytes / 1e6, "megabyte"];
    return new Intl.NumberFormat(this.locale, {
      style: "unit", unit, unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0,
    }).format(value);
  }

  /** "1 249,90 €", "£1,249.90", from the currency's smallest unit. */
  money(minor: number, currency: string): string {
    const format = new Intl.NumberFormat(this.locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  }

  time(at: string): string {
    return this.format(at, { hour: "numeric", minute: "2-digit" });
  }

  full(at: string): string {
    return this.format(at, { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" });
  }

  day(at: string, now = new Date(), ahead = false): string {
    const date = new Date(at);
    const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
    if (days === 0) return this.t("today");
    if (days === 1) return this.t("yesterday");
    if (ahead && days > -7) return days === -1 ? this.t("tomorrow") : this.format(at, { weekday: "long" });
    const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
    const text = this.format(at, { weekday: "long", day: "numeric", month: "long", ...(year && { year }) });
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  private get locale(): string {
    return this.current === "fr" ? "fr-FR" : "en-GB";
  }

  private format(at: string, how: Intl.DateTimeFormatOptions): string {
    const date = new Date(at);
    return Number.isNaN(date.getTime()) ? "" : new Intl.DateTimeFormat(this.locale, how).format(date);
  }
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function fill(sentence: string, values: Record<string, string>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
