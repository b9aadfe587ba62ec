/** When the team is back, in words. The usual hours come from the server, in words already. */
import type { Language } from "@shared/language";
import type { Speech } from ".";

/** "Notre équipe revient lundi à 9 h.": when they are back; empty while they are there. An opening that has passed is no longer believed. */
export function backAt({ open, opens }: { open?: boolean; opens?: string | null }, speech: Speech, now = new Date()): string {
  if (open !== false || !opens || Date.parse(opens) <= now.getTime()) return "";
  // By the company's clock, as the assistant says it, wherever the visitor is.
  const wall = opens.slice(0, 19);
  const at = new Date(wall);
  const time = clock(at.getHours(), String(at.getMinutes()).padStart(2, "0"), speech.language);
  const day = speech.day(wall, now, true);
  // English writes the names of days with a capital, and only those.
  return speech.t("teamBack", { day: speech.language === "fr" || day === speech.t("today") ? day.toLocaleLowerCase() : day, time });
}

/** Why no person would answer now, in words: they are back later, or nobody is free; empty while somebody is there, or
 * when what is known has just gone by. */
export function nobodyThere(config: { open?: boolean; opens?: string | null; present?: boolean }, speech: Speech): string {
  return backAt(config, speech) || (config.opens || config.present !== false ? "" : speech.t("nobodyHere"));
}

function clock(hour: number, minute: string, language: Language): string {
  const sharp = minute === "00";
  if (language === "fr") return `${hour}\u00a0h${sharp ? "" : `\u00a0${minute}`}`;
  return `${hour % 12 || 12}${sharp ? "" : `:${minute}`}\u00a0${hour < 12 ? "am" : "pm"}`;
}
