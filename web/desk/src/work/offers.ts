// What the agent is offered: heard of, accepted, declined.

import { Refused, type Api } from "../api";
import { dictionary } from "../i18n";
import type { Store } from "../state/store";
import type { Presence, Summary } from "../types";
import type { Offer, WhyNot } from "../types.routing";

export class Offers {
  /** What is over: the feed may tell of it once more, having looked just before it was answered. */
  private readonly over = new Set<string>();

  constructor(private readonly api: Api, private readonly store: Store) {}

  /** Asks for them: after signing in, and whenever the line came back. */
  async load(): Promise<void> {
    try {
      this.hold((await this.api.routingOffers()).offers);
    } catch {
      // The line's banner already says so; the feed tells of them again.
    }
  }

  /** Whether there is one that was not there before. */
  heard(offers: Offer[], presence: Presence): boolean {
    const { agent, language, offers: before } = this.store.state;
    const fresh = offers.some(({ id }) => !this.over.has(id) && !before.some((one) => one.id === id));
    this.hold(offers);
    if (agent && agent.presence !== presence) {
      this.store.dispatch({ do: "agent changed", agent: { ...agent, presence } });
      if (agent.presence === "available") this.store.dispatch({ do: "notice", text: dictionary(language).routing.setAway });
    }
    return fresh;
  }

  /** Drops what somebody has taken meanwhile: only what is in a queue can be offered, and only who has it asks others in. */
  settle(summary: Summary): void {
    for (const { id, kind, conversation } of this.store.state.offers) {
      const open = kind === "join" ? "agent" : "queue";
      if (conversation?.id === summary.id && summary.owner.kind !== open) this.drop(id);
    }
  }

  /** The conversation that is theirs now; null for a case, or when it was gone. */
  async accept(offer: Offer): Promise<string | null> {
    try {
      const { conversation } = await this.api.acceptOffer(offer.id);
      this.end(offer.id);
      if (conversation) this.store.dispatch({ do: "conversation", summary: conversation });
      return conversation?.id ?? null;
    } catch (error) {
      this.failed(offer.id, error);
      return null;
    }
  }

  async decline(offer: Offer, why?: WhyNot): Promise<void> {
    try {
      await this.api.declineOffer(offer.id, why);
      this.end(offer.id);
    } catch (error) {
      this.failed(offer.id, error);
    }
  }

  private failed(id: string, error: unknown): void {
    if (error instanceof Refused && (error.status === 409 || error.status === 404)) this.end(id);
    this.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : "" });
  }

  private hold(offers: Offer[], now: number = Date.now()): void {
    const open = offers.filter(({ id }) => !this.over.has(id));
    this.store.dispatch({ do: "offers", offers: open.map((offer) => ({ ...offer, until: now + offer.seconds_left * 1_000 })) });
  }

  private end(id: string): void {
    this.over.add(id);
    this.drop(id);
  }

  /** One that is answered or whose time is up. */
  drop(id: string): void {
    this.store.dispatch({ do: "offers", offers: this.store.state.offers.filter((offer) => offer.id !== id) });
  }
}
