// What the server tells over the socket, turned into changes of the state.

import { dictionary } from "../i18n";
import type { Store } from "../state/store";
import type { Frame, Summary } from "../types";
import type { Notes } from "../notes/notes";
import type { Keep } from "./keep";
import type { Offers } from "./offers";
import type { Outbox } from "./outbox";
import type { Reading } from "./reading";

/** Whether news of an order are about one that is shown, or about the customer it would be shown for. */
export function concerns(frame: { order: string | null; customer: string | null }, shown: readonly { id: string }[], customer: string | undefined): boolean {
  if (frame.order === null) return shown.length > 0;
  return shown.some(({ id }) => id === frame.order) || (customer !== undefined && frame.customer === customer);
}

export class Hearing {
  constructor(
    private readonly store: Store,
    private readonly keep: Keep,
    private readonly outbox: Outbox,
    private readonly reading: Reading,
    private readonly offers: Offers,
    private readonly sound: () => void,
    private readonly notes: Notes | null = null,
  ) {}

  hear(frame: Frame, now: number): void {
    switch (frame.type) {
      case "ready":
        this.outbox.resume();
        void this.offers.load();
        this.notes?.reload();
        void this.reading.reload();
        break;
      case "counts":
        if (frame.counts.waiting > this.store.state.counts.waiting) this.ring();
        this.store.dispatch({ do: "counts", counts: frame.counts });
        break;
      case "conversation":
        this.heardOf(frame.conversation);
        break;
      case "message":
        if (frame.message.from === "customer" && this.isMine(frame.conversation)) this.ring();
        this.store.dispatch({ do: "message", id: frame.conversation, message: frame.message });
        void this.reading.fillGap(frame.conversation);
        // What was filled in before it comes with the conversation.
        if (frame.message.details?.form || frame.message.details?.greeting) void this.reading.loadOpen(frame.conversation);
        // The assistant may have done something for the customer: an order, a case.
        else if (frame.message.from === "bot" || frame.message.from === "system") this.reading.lookBeside(frame.conversation);
        break;
      case "case": {
        const { open } = this.store.state;
        if (open?.cases.some(({ id }) => id === frame.case)) this.reading.lookBeside(open.id);
        break;
      }
      case "order": {
        const { open } = this.store.state;
        if (open && concerns(frame, open.orders, open.customer?.id)) this.reading.lookBeside(open.id);
        break;
      }
      case "delivery":
        this.store.dispatch({ do: "delivery", id: frame.conversation, seq: frame.seq, delivery: frame.delivery, error: frame.error });
        break;
      case "typing":
        if (frame.from === "agent" && frame.name === this.store.state.agent?.first_name) break;
        this.store.dispatch({ do: "typing", id: frame.conversation, from: frame.from, name: frame.name, now });
        break;
      case "offers":
        if (this.offers.heard(frame.offers, frame.presence)) this.ring();
        break;
      case "notice":
        if (!this.notes?.noticed(frame)) this.store.dispatch({ do: "notice", text: frame.text });
        else {
          this.ring();
          if (frame.conversation) this.reading.maybeNew(frame.conversation);
        }
        break;
      case "whisper": {
        const { open, language } = this.store.state;
        if (frame.read) break;
        this.ring();
        if (open?.id !== frame.conversation) this.store.dispatch({ do: "notice", text: dictionary(language).board.whispered });
        break;
      }
      case "note":
        this.notes?.heard(frame);
        break;
      default:
    }
  }

  private heardOf(summary: Summary): void {
    const before = this.store.state.open?.summary;
    this.reading.note(summary);
    this.offers.settle(summary);
    this.store.dispatch({ do: "conversation", summary });
    this.reading.maybeNew(summary.id);
    if (before?.id !== summary.id) return;
    const moved = before.owner.kind !== summary.owner.kind || before.owner.id !== summary.owner.id;
    const known = before.customer?.id !== summary.customer?.id || before.proof !== summary.proof;
    // The passport, the customer and the orders come with the conversation, not with its summary.
    if (moved || known) void this.reading.loadOpen(summary.id);
  }

  private isMine(id: string): boolean {
    const { list, open, agent } = this.store.state;
    const summary = list.items.find((item) => item.id === id) ?? (open?.id === id ? open.summary : null);
    return summary?.owner.kind === "agent" && summary.owner.id === agent?.id;
  }

  private ring(): void {
    if (this.keep.preferences.sound) this.sound();
  }
}
