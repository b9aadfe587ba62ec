// Beside the conversation: what policy allows now for an order, the customer's cases, what is worth suggesting.

import { Check, X } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Act, Case, Offers, Order, Summary } from "../types";
import { Icon } from "./bits";
import { useDesk, useLanguage, useText } from "./hooks";

const ACTS: readonly Act[] = ["cancel", "change_address", "return", "warranty", "refund"];

export function AllowedNow({ allowed }: { allowed: Order["allowed"] }) {
  const t = useText();
  const known = ACTS.flatMap((act) => (allowed[act] ? [{ act, decision: allowed[act] }] : []));
  if (known.length === 0) return null;
  return (
    <ul class="decisions" aria-label={t.allowed.label} data-testid="allowed">
      {known.map(({ act, decision }) => {
        const says = decision.allowed ? decision.until && t.allowed.until(decision.until) : decision.why;
        return (
          <li key={act} class={decision.allowed ? "decision-yes" : "decision-no"} data-testid={`allowed-${act}`}>
            <Icon of={decision.allowed ? Check : X} size={14} />
            <span><span class="sr">{decision.allowed ? t.allowed.yes : t.allowed.no} </span>{t.allowed.acts[act]}</span>
            {says && <span class="quiet">{says}</span>}
          </li>
        );
      })}
    </ul>
  );
}

const FIRST = 4;
const STAGES: Record<Case["stage"], string> = {
  active: "going", waiting_customer: "muted", waiting_other: "muted", resolved: "done", closed: "muted",
};

export function CasesPart({ cases }: { cases: Case[] }) {
  const t = useText();
  const [all, setAll] = useState(false);
  if (cases.length === 0) return null;
  const shown = all ? cases : cases.slice(0, FIRST);
  return (
    <section class="part" data-testid="cases">
      <h2>{t.cases.title}</h2>
      <ul class="cases">
        {shown.map((one) => (
          <li key={one.id} data-testid="case">
            <span class="case-number">{one.number}</span>
            <span class={`status status-${STAGES[one.stage]}`}>{one.status}</span>
            <span class="case-subject" dir="auto">{one.subject}</span>
          </li>
        ))}
      </ul>
      {shown.length < cases.length && (
        <button type="button" class="link" onClick={() => setAll(true)}>{t.cases.more(cases.length - shown.length)}</button>
      )}
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
    <section class="part" data-testid="offer">
      <h2>{t.offer.title}</h2>
      <p class="offer-what"><strong dir="auto">{best.name}</strong><span class="offer-price">{best.price}</span></p>
      <p class="quiet">{best.because}</p>
    </section>
  );
}
