// One order: what was bought, where its parcels are.

import { ChevronRight, ExternalLink, Truck, Undo2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { spoken } from "../format";
import { safeUrl } from "../linkify";
import type { Order, Returned, Shipment } from "../types";
import { AllowedNow } from "./beside";
import { CopyButton, Icon } from "./bits";
import { useLanguage, useText } from "./hooks";

const TONES: Record<string, string> = {
  delivered: "done", completed: "done", late: "late", lost: "late", cancelled: "muted", canceled: "muted", refunded: "muted",
  returned: "muted",
};

export function OrderItem({ order, expanded, onChanged }: { order: Order; expanded: boolean; onChanged(): void }) {
  const t = useText();
  const language = useLanguage();
  return (
    <details class="order" data-testid="order" data-number={order.number} open={expanded}>
      <summary>
        <Icon of={ChevronRight} size={14} />
        <span class="order-number">{order.number}</span>
        <span class={`status status-${TONES[order.status] ?? "going"}`} data-testid="order-status" data-status={order.status}>{order.status_label}</span>
        <span class="order-total">{order.total}</span>
      </summary>
      <div class="order-body">
        <p class="quiet order-placed">
          {t.context.placed(spoken(order.placed_at, language))}
          <CopyButton text={order.number} what={order.number} />
        </p>
        <ul class="lines">
          {order.lines.map((line, index) => (
            <li key={index}>
              <span class="line-quantity">{line.quantity}{"\u00a0"}×</span>
              <span dir="auto">{line.name}{line.options && <small>{line.options}</small>}</span>
              <span class="line-price">{line.price}</span>
            </li>
          ))}
        </ul>
        <AllowedNow order={order} onChanged={onChanged} />
        {order.returns.map((returned) => <ReturnItem key={returned.reference} returned={returned} />)}
        {order.shipments.map((shipment, index) => <ShipmentItem key={index} shipment={shipment} />)}
      </div>
    </details>
  );
}

function ReturnItem({ returned }: { returned: Returned }) {
  const t = useText();
  const language = useLanguage();
  return (
    <div class="shipment" data-testid="return" data-reference={returned.reference}>
      <p class="shipment-lead">
        <Icon of={Undo2} size={14} /><strong>{returned.kind_label} {returned.reference}</strong>
        <CopyButton text={returned.reference} what={returned.reference} />
      </p>
      <p>{returned.status_label} · {spoken(returned.asked_at, language)}</p>
      <p class="quiet" dir="auto">{returned.what.join(", ")}</p>
      {returned.note && <p class="return-note" dir="auto">{returned.note}</p>}
      {returned.pictures.length > 0 && (
        <p class="return-pictures">
          {returned.pictures.map((url, at) => (
            <a key={url} href={url} target="_blank" rel="noopener noreferrer"><img src={url} alt={t.returned.picture(at + 1)} height={56} loading="lazy" /></a>
          ))}
        </p>
      )}
    </div>
  );
}

const FIRST = 3;

function ShipmentItem({ shipment }: { shipment: Shipment }) {
  const t = useText();
  const language = useLanguage();
  const [all, setAll] = useState(false);
  const url = safeUrl(shipment.tracking_url);
  const events = all ? shipment.events : shipment.events.slice(0, FIRST);
  const hidden = shipment.events.length - events.length;
  return (
    <div class="shipment">
      <p class="shipment-lead"><Icon of={Truck} size={14} /><strong>{shipment.status_label}</strong></p>
      {shipment.expected && <p>{t.context.expected(spoken(shipment.expected, language))}</p>}
      <p class="quiet">
        {shipment.carrier}
        {shipment.tracking_number && <> <span class="tracking">{shipment.tracking_number}</span><CopyButton text={shipment.tracking_number} what={shipment.tracking_number} /></>}
      </p>
      {url && (
        <a class="track" href={url} target="_blank" rel="noopener noreferrer">{t.context.track}<Icon of={ExternalLink} size={14} /></a>
      )}
      {events.length > 0 && (
        <ol class="events" aria-label={t.context.history}>
          {events.map((event, index) => (
            <li key={index}>
              <span>{event.label}{event.place && <small>{event.place}</small>}</span>
              <time>{spoken(event.at, language)}</time>
            </li>
          ))}
        </ol>
      )}
      {hidden > 0 && <button type="button" class="link" onClick={() => setAll(true)}>{t.context.moreEvents(hidden)}</button>}
    </div>
  );
}
