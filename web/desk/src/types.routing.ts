// What an agent is offered, and where they are.

import type { Presence, Summary } from "./types";
import type { ChannelKind, Hands } from "./types.working";

export type { ChannelKind };

/** `seconds_left` counts from when it was told: clocks of browsers disagree. */
export interface Offer {
  id: string;
  kind: "work" | "transfer" | "join";
  seconds: number;
  seconds_left: number;
  from: string | null;
  note: string;
  conversation: Summary | null;
  case: { id: string; number: string; subject: string } | null;
}

/** An offer with the instant, by this browser's clock, at which it ends. */
export type HeldOffer = Offer & { until: number };

export const WHY_NOT = ["busy", "not_mine", "leaving", "other"] as const;
export type WhyNot = (typeof WHY_NOT)[number];

export interface Whereabouts extends Hands {
  presence: Presence;
  reason: string;
  automatic: "inactive" | "missed" | null;
  channels: Partial<Record<ChannelKind, Presence>>;
  since: string;
}
