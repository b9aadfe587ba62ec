// Beside the conversation: what policy allows now for an order, the customer's cases, what is worth suggesting.

import { Check, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Act, Case, Offers, Order, Summary } from "../types";
import { Icon } from "./bits";
import { useDesk, useLanguage, useMay, useText } from "./hooks";
import { later } from "./later";

const ACTS: readonly Act[] = ["cancel", "change_address", "return", "warranty", "refund"];

const OrderDialog = later(() => import("../ordering/dialog").then((module) => module.OrderDialog));

interface AllowedNowProps {
  order: Order;
  /** Reads what shows the order again, after something was done to it. */
  onChanged(): void;
}

export function AllowedNow({ order, onChanged }: AllowedNowProps) {
  const { allowed } = order;
  const t = useText();
  const writes = useMay("orders.write");
  const refunds = useMay("orders.refund");
  const [doing, setDoing] = useState<Act | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const acted = useRef(false);
  const done = (): void => {
    acted.current = true;
    onChanged();
  };
  useEffect(() => {
    // What was pressed may not be possible any more: the focus stays with the order.
    if (acted.current && document.activeElement === document.body) list.current?.closest("details")?.querySelector("summary")?.focus();
    acted.current = false;
  }, [order]);
  const known = ACTS.flatMap((act) => (allowed[act] ? [{ act, decision: allowed[act] }] : []));
  // A form that is open stays, whatever a colleague did to the order meanwhile.
  if (known.length === 0 && !doing) return null;
  return (
    <>
      <ul ref={list} class="decisions" aria-label={t.allowed.label} data-testid="allowed">
        {known.map(({ act, decision }) => {
          const says = decision.allowed ? decision.until && t.allowed.until(decision.until) : decision.why;
          return (
            <li key={act} class={decision.allowed ? "decision-yes" : "decision-no"} data-testid={`allowed-${act}`}>
              <Icon of={decision.allowed ? Check : X} size={14} />
              <span>
                <span class="sr">{decision.allowed ? t.allowed.yes : t.allowed.no} </span>
                {decision.allowed && (act === "refund" ? refunds : writes)
                  ? <button type="button" class="link" aria-haspopup="dialog" data-testid={`act-${act}`} onClick={() => setDoing(act)}>{t.allowed.acts[act]}</button>
                  : t.allowed.acts[act]}
              </span>
              {says && <span class="quiet">{says}</span>}
            </li>
          );
        })}
      </ul>
      {doing && <OrderDialog order={order} act={doing} onDone={done} onClose={() => setDoing(null)} />}
    </>
  );
}

const FIRST = 4;
const STAGES: Record<Case["stage"], string> = {
  active: "going", waiting_customer: "muted", waiting_other: "muted", resolved: "done", closed: "muted",
};

export function CasesPart({ cases, conversation }: { cases: Case[]; conversation: string }) {
  const t = useText();
  const [all, setAll] = useState(false);
  const writes = useMay("cases.write");
  if (cases.length === 0 && !writes) return null;
  const shown = all ? cases : cases.slice(0, FIRST);
  return (
    <section class="part" data-testid="cases">
      <h2>{t.cases.title}</h2>
      <ul class="cases">
        {shown.map((one) => (
          <li key={one.id} data-testid="case">
            <a class="case-number" href={`#/cases/${one.id}`}>{one.number}</a>
            <span class={`status status-${STAGES[one.stage]}`}>{one.status}</span>
            <span class="case-subject" dir="auto">{one.subject}</span>
          </li>
        ))}
      </ul>
      {shown.length < cases.length && (
        <button type="button" class="link" onClick={() => setAll(true)}>{t.cases.more(cases.length - shown.length)}</button>
      )}
      {writes && <a class="link" href={`#/cases/new?conversation=${conversation}`} data-testid="case-open">{t.cases.open}</a>}
    </section>
  );
}

/** The next best offer, or nothing: whoever is upset, complains or has not agreed to it is offered none. */
export function OfferPart({ summary }: { summary: Summary }) {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  const [found, setFound] = useState<Offers | null>(null);
  useEffect(() => {
    let here = true;
    setFound(null);
    desk.api.offers(summary.id).then((offers) => here && setFound(offers)).catch(() => {});
    return () => {
      here = false;
    };
  }, [summary.id, summary.customer?.id, summary.mood, language]);
  const best = found?.offers[0];
  if (!best) return null;
  return (
    <section class="part" data-testid="worth-suggesting">
      <h2>{t.offer.title}</h2>
      <p class="offer-what"><strong dir="auto">{best.name}</strong><span class="offer-price">{best.price}</span></p>
      <p class="quiet">{best.because}</p>
    </section>
  );
}
