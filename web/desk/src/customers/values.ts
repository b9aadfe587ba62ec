// What is told of customers, as people read it: names, places, amounts, days.

import { money } from "../format";
import type { Language } from "../types";
import type { Address } from "./types";

const LOCALE: Record<Language, string> = { fr: "fr-FR", en: "en-GB" };

export function countryName(code: string, language: Language): string {
  try {
    return new Intl.DisplayNames([LOCALE[language]], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** An address in the lines of an envelope, without those that are empty. */
export function lines(address: Address, language: Language): string[] {
  const town = [address.postcode, address.city].filter(Boolean).join(" ");
  return [address.line1, address.line2, town, address.region, address.country && countryName(address.country, language)].filter(Boolean);
}

export function dayName(at: string | null, language: Language): string {
  if (!at) return "";
  const date = new Date(at.length === 10 ? `${at}T12:00:00Z` : at);
  const zone = at.length === 10 ? { timeZone: "UTC" } : {};
  return new Intl.DateTimeFormat(LOCALE[language], { day: "numeric", month: "short", year: "numeric", ...zone }).format(date);
}

export function moment(at: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

export function amount(minor: unknown, currency: unknown, language: Language): string {
  return typeof minor === "number" && typeof currency === "string" && /^[A-Z]{3}$/.test(currency) ? money(minor, currency, language) : "";
}

export function number(value: number, language: Language, digits = 0): string {
  return new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: digits }).format(value);
}

export const fullName = (one: { first_name: string; last_name: string }): string => `${one.first_name} ${one.last_name}`.trim();
