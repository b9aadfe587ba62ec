// The shapes of how customers are reached unasked.

/** What each channel is called, by its name and the language. */
export type ChannelNames = Record<string, Record<string, string>>;

export interface ContactWish {
  unasked: boolean;
  channel: string | null;
  /** Where they can be written to, the way that is taken by itself first. */
  channels: string[];
  sent: number;
  per_week: number;
  quiet: { from: string; until: string; now: boolean };
}

export interface AsideReason {
  why: string;
  by: string;
}
