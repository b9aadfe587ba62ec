// The shapes of how customers are reached unasked.

import type { Contact } from "./types";

/** What each channel is called, by its name and the language. */
export type ChannelNames = Record<string, Record<string, string>>;

/** Who gets a copy of an answer, besides those that the customer named. */
export interface Copies {
  cc: string[];
  /** The others do not see them. */
  bcc: string[];
}

/** What goes with an answer besides words and files. */
export interface Along extends Partial<Copies> {
  location?: { latitude: number; longitude: number; name: string; address: string };
  contacts?: Contact[];
}

export interface ContactWish {
  unasked: boolean;
  channel: string | null;
  /** Where they can be written to, the way that is taken by itself first. */
  channels: string[];
  sent: number;
  per_week: number;
  quiet: { from: string; until: string; now: boolean };
}
