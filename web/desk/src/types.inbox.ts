// The inbox beside its four first views: what else can be looked at, what narrows it, and replies written once.

import type { Language, View } from "./types";

export const FURTHER = ["team", "longest", "risk", "snoozed", "mentioned"] as const;
export type FurtherView = (typeof FURTHER)[number];

/** What narrows a list; what is left out narrows nothing. */
export interface Criteria {
  channel?: string;
  language?: string;
  topic?: string;
  team?: string;
  /** By its identifier. */
  tag?: string;
  words?: string;
}

export interface SavedFilter {
  id: string;
  version: number;
  name: string;
  shared: boolean;
  own: boolean;
  view: View;
  criteria: Criteria;
}

export interface Named {
  key: string;
  name: string;
}

export interface Filters {
  items: SavedFilter[];
  topics: Named[];
  teams: Named[];
  tags?: { id: string; name: string }[];
  /** Whether the agent may share a filter with everybody. */
  shares: boolean;
}

export interface CannedReply {
  id: string;
  shortcut: string;
  title: string;
  preview: string;
  language: Language;
}

/** A reply filled in for a conversation; the placeholders of what is missing still stand in it. */
export interface Filled {
  text: string;
  language: Language;
  missing: { name: string; label: string }[];
}
