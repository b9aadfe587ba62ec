// What is asked for, as it stands in the address: a period, what narrows it, the figure that is looked at.

import type { Dimension, Step } from "./types";

export const DIMENSIONS: readonly Dimension[] = ["team", "agent", "channel", "topic", "language"];
export const PRESETS = ["today", "7", "28", "month", "last-month", "90", "year"] as const;
export type Preset = (typeof PRESETS)[number];
export const WITHINS = [20, 60, 120, 300, 3600] as const;

export interface Asked {
  /** A period that moves with the days, or two days. */
  preset: Preset | null;
  from: string;
  to: string;
  filters: Partial<Record<Dimension, string>>;
  within: number;
  step: Step | null;
  figure: string;
  by: Dimension;
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The day it is in a zone, as ISO 8601 has it. */
export function today(now: Date = new Date(), zone?: string): string {
  return new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone }).format(now);
}

function moved(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The first and the last day of a preset. */
export function spanOf(preset: Preset, day: string): [string, string] {
  const month = `${day.slice(0, 8)}01`;
  switch (preset) {
    case "today": return [day, day];
    case "month": return [month, day];
    case "last-month": return [`${moved(month, -1).slice(0, 8)}01`, moved(month, -1)];
    case "year": return [`${day.slice(0, 5)}01-01`, day];
    default: return [moved(day, 1 - Number(preset)), day];
  }
}

export function parse(hash: string, now: string = today()): Asked {
  const given = new URLSearchParams(hash.split("?")[1] ?? "");
  const from = given.get("from") ?? "";
  const to = given.get("to") ?? "";
  const days = DAY.test(from) && DAY.test(to) && from <= to;
  const preset = days ? null : PRESETS.find((one) => one === given.get("period")) ?? "28";
  const [first, last] = preset ? spanOf(preset, now) : [from, to];
  const within = Number(given.get("within"));
  const step = given.get("step");
  return {
    preset, from: first, to: last,
    filters: Object.fromEntries(DIMENSIONS.flatMap((name) => (given.get(name) ? [[name, given.get(name)]] : []))),
    within: Number.isInteger(within) && within > 0 ? within : 60,
    step: step === "day" || step === "week" || step === "month" ? step : null,
    figure: given.get("figure") ?? "contacts",
    by: DIMENSIONS.find((name) => name === given.get("by")) ?? "channel",
  };
}

export function toHash(asked: Asked): string {
  const told = new URLSearchParams();
  if (asked.preset === null) {
    told.set("from", asked.from);
    told.set("to", asked.to);
  } else if (asked.preset !== "28") told.set("period", asked.preset);
  for (const [name, value] of Object.entries(asked.filters)) if (value) told.set(name, value);
  if (asked.within !== 60) told.set("within", String(asked.within));
  if (asked.step) told.set("step", asked.step);
  if (asked.figure !== "contacts") told.set("figure", asked.figure);
  if (asked.by !== "channel") told.set("by", asked.by);
  const query = told.toString();
  return `#/reports${query ? `?${query}` : ""}`;
}

/** What the server is asked; with `more` for what only some of its answers take. */
export function query(asked: Asked, more: Record<string, string | null> = {}): string {
  const told = new URLSearchParams({ from: asked.from, to: asked.to, within: String(asked.within) });
  for (const [name, value] of Object.entries(asked.filters)) if (value) told.set(name, value);
  for (const [name, value] of Object.entries(more)) if (value !== null) told.set(name, value);
  return told.toString();
}
