/** Opening hours in words: "Mon-Sat 09:00-18:00" as a company writes it in its settings; any other wording stays as it is. */
import type { Language } from "@shared/language";
import type { Speech } from ".";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const SHORT = /^([A-Z][a-z]{2})-([A-Z][a-z]{2}) (\d\d):(\d\d)-(\d\d):(\d\d)$/;

export function hoursInWords(hours: string, language: Language): string {
  const [, first = "", last = "", ...digits] = SHORT.exec(hours) ?? [];
  const days = [first, last].map((day) => DAYS.indexOf(day));
  if (days.length !== 2 || days.some((day) => day < 0)) return hours;
  const [from, to] = days.map((day) => weekday(day, language));
  const [opens, closes] = [digits.slice(0, 2), digits.slice(2)].map(([hour, minute]) => clock(Number(hour), minute ?? "00", language));
  return language === "fr" ? `du ${from} au ${to}, de ${opens} à ${closes}` : `${from} to ${to}, ${opens} to ${closes}`;
}

/** "Notre équipe revient lundi à 9 h.": when they are back; empty while they are there. An opening that has passed is no longer believed. */
export function backAt({ open, opens }: { open?: boolean; opens?: string | null }, speech: Speech, now = new Date()): string {
  if (open !== false || !opens || Date.parse(opens) <= now.getTime()) return "";
  const at = new Date(opens);
  const time = clock(at.getHours(), String(at.getMinutes()).padStart(2, "0"), speech.language);
  const day = speech.day(opens, now, true);
  // English writes the names of days with a capital, and only those.
  return speech.t("teamBack", { day: speech.language === "fr" || day === speech.t("today") ? day.toLocaleLowerCase() : day, time });
}

function weekday(day: number, language: Language): string {
  // The first of January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + day));
  return new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(date);
}

function clock(hour: number, minute: string, language: Language): string {
  const sharp = minute === "00";
  if (language === "fr") return `${hour}\u00a0h${sharp ? "" : `\u00a0${minute}`}`;
  return `${hour % 12 || 12}${sharp ? "" : `:${minute}`}\u00a0${hour < 12 ? "am" : "pm"}`;
}
