// What the agent is offered, above everything else and in nobody's way: accept, decline, and the time that is left.

import { PhoneIncoming } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { State } from "../state/state";
import { WHY_NOT, type HeldOffer } from "../types.routing";
import { Icon } from "./bits";
import { register, useCommand } from "./commands";
import { useDesk, useSelect, useText } from "./hooks";

const may = "conversations.write";
const when = ({ offers }: State): boolean => offers.length > 0;

register(
  { id: "offer.accept", group: "conversation", words: { fr: "Accepter ce qui m’est proposé", en: "Accept what I am offered" }, shortcut: "Alt+A", may, when },
  { id: "offer.decline", group: "conversation", words: { fr: "Décliner ce qui m’est proposé", en: "Decline what I am offered" }, shortcut: "Alt+X", may, when },
);

export function OfferedPlace() {
  const t = useText();
  const offers = useSelect((state) => state.offers);
  return (
    <section class="routed" aria-label={t.routing.offers} role="status" data-testid="offered">
      {offers.map((offer, index) => <Offered key={offer.id} offer={offer} first={index === 0} />)}
    </section>
  );
}

function Offered({ offer, first }: { offer: HeldOffer; first: boolean }) {
  const desk = useDesk();
  const t = useText();
  const left = useCountdown(offer.until, () => desk.offers.drop(offer.id));
  const [busy, setBusy] = useState(false);
  const [declining, setDeclining] = useState(false);
  const focus = useRef((button: HTMLButtonElement | null) => button?.focus());
  const { conversation, case: ofCase } = offer;
  const title = offer.kind === "work" || !offer.from ? t.routing.kind.work : t.routing.kind[offer.kind](offer.from);
  const who = conversation?.customer?.name ?? conversation?.shown_name ?? (ofCase ? t.routing.case(ofCase.number) : "");
  const about = offer.note || conversation?.goal || ofCase?.subject || "";
  const answer = (what: () => Promise<unknown>): void => {
    setBusy(true);
    void what().finally(() => setBusy(false));
  };
  const accept = async (): Promise<void> => {
    const id = await desk.offers.accept(offer);
    if (id) desk.go({ page: "conversations", view: "mine", id });
  };
  // Of several, the keys mean the one that came first.
  useCommand("offer.accept", () => first && !busy && answer(accept));
  useCommand("offer.decline", () => first && setDeclining(true));
  return (
    <article class="routed-card" data-testid="offer">
      <span class="routed-time" style={{ "--left": Math.max(0, Math.min(1, left / offer.seconds)) }} aria-hidden="true" />
      <p class="routed-title"><Icon of={PhoneIncoming} size={16} /><strong>{title}</strong></p>
      {who && <p><bdi>{who}</bdi></p>}
      {about && <p class="quiet offer-about"><bdi>{about}</bdi></p>}
      <p class="routed-actions">
        <button type="button" class="button primary" data-testid="offer-accept" disabled={busy} onClick={() => answer(accept)}>{t.routing.accept}</button>
        <button
          type="button" class="button" data-testid="offer-decline" disabled={busy} aria-expanded={declining}
          onClick={() => setDeclining(!declining)}
        >
          {t.routing.decline}
        </button>
        <span class="quiet" aria-live="off" data-testid="offer-left">{t.routing.left(left)}</span>
      </p>
      {declining && (
        <p class="routed-actions routed-why" role="group" aria-label={t.working.decline.why}>
          {WHY_NOT.map((why, index) => (
            <button
              key={why} ref={index === 0 ? focus.current : undefined} type="button" class="button" data-testid={`decline-${why}`} disabled={busy}
              onClick={() => answer(() => desk.offers.decline(offer, why))}
            >
              {t.working.decline.reasons[why]}
            </button>
          ))}
        </p>
      )}
    </article>
  );
}

/** Whole seconds until then; `over` is called once at the end. */
function useCountdown(until: number, over: () => void): number {
  const of = (): number => Math.max(0, Math.ceil((until - Date.now()) / 1_000));
  const [left, setLeft] = useState(of);
  useEffect(() => {
    const tick = setInterval(() => {
      setLeft(of());
      if (Date.now() >= until) {
        clearInterval(tick);
        over();
      }
    }, 500);
    return () => clearInterval(tick);
  }, [until]);
  return left;
}
