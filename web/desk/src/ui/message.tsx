// One message of the transcript: whose it is, what it says, and what became of it.

import { Check, CheckCheck, Clock, FileText, Package, Sparkles, TriangleAlert } from "lucide-preact";
import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import { clock, full, percent } from "../format";
import { safeUrl } from "../linkify";
import type { Outgoing } from "../state/conversation";
import type { Card, Delivery, DeskMessage } from "../types";
import { Icon, PlainText } from "./bits";
import { emit } from "./commands";
import { useDesk, useLanguage, useSelect, useText } from "./hooks";

interface MessageProps {
  message: DeskMessage;
  /** It follows another of the same speaker closely: no need to say again who it is. */
  together: boolean;
  shown: boolean;
}

export const MessageItem = memo(function MessageItem({ message, together, shown }: MessageProps) {
  const t = useText();
  const language = useLanguage();
  const customer = useSelect((state) => state.open?.summary?.customer?.name ?? null);
  const [understood, setUnderstood] = useState(false);
  const { from, seq } = message;
  const shared = { "data-testid": "message", "data-from": from, "data-seq": seq, tabIndex: -1 };
  if (from === "system") {
    return (
      <li {...shared} class={`system ${shown ? "shown" : ""}`}>
        <span dir="auto">{message.text}</span> <Time at={message.at} />
      </li>
    );
  }
  const name = message.name ?? (from === "customer" ? customer ?? t.list.visitor : t.transcript.assistant);
  const sure = message.confidence === null ? null : percent(message.confidence, language);
  return (
    <li {...shared} class={`message from-${from} ${together ? "together" : ""} ${shown ? "shown" : ""}`}>
      <p class={together ? "sr" : "message-who"}><span dir="auto">{name}</span>{!together && <Time at={message.at} />}</p>
      <div class="message-line">
        <div class="bubble">
          {message.text && <p class="message-text" dir="auto" lang={message.language ?? undefined}><PlainText text={message.text} /></p>}
          {message.cards.map((card, index) => <CardItem key={index} card={card} />)}
        </div>
        <span class="message-side">
          {together && <Time at={message.at} />}
          {from === "agent" && <Ticks delivery={message.delivery} />}
          {from === "bot" && message.delivery === "failed" && <Ticks delivery="failed" />}
          {message.intent && (
            <button
              type="button" class="understood-toggle" aria-expanded={understood} title={t.transcript.understood}
              aria-label={t.transcript.understood} onClick={() => setUnderstood(!understood)}
            >
              <Icon of={Sparkles} size={14} />
            </button>
          )}
        </span>
      </div>
      {message.buttons.length > 0 && (
        <ul class="offered" aria-label={t.transcript.buttons}>
          {message.buttons.map((button) => <li key={button.title} dir="auto">{button.title}</li>)}
        </ul>
      )}
      {understood && message.intent && (
        <p class="understood">{t.transcript.understoodAs(message.intent, sure)}</p>
      )}
    </li>
  );
});

function Time({ at }: { at: string }) {
  const language = useLanguage();
  return <time dateTime={at} title={full(at, language)}>{clock(at, language)}</time>;
}

const TICKS = { queued: Clock, sent: Check, delivered: CheckCheck, read: CheckCheck, failed: TriangleAlert };

function Ticks({ delivery }: { delivery: Delivery | null }) {
  const t = useText();
  if (!delivery) return null;
  const label = t.transcript.delivery[delivery];
  return (
    <span class={`ticks ticks-${delivery}`} title={label} data-delivery={delivery}>
      <Icon of={TICKS[delivery]} size={14} />
      <span class={delivery === "failed" ? "" : "sr"}>{label}</span>
    </span>
  );
}

function CardItem({ card }: { card: Card }) {
  const t = useText();
  const url = safeUrl(card.url);
  return (
    <div class="card">
      <Icon of={card.kind === "order" ? Package : FileText} />
      <div>
        <p class="card-title" dir="auto">
          <span class="sr">{card.kind === "order" ? t.transcript.order : t.transcript.article} </span>
          {url ? <a href={url} target="_blank" rel="noopener noreferrer">{card.title}</a> : card.title}
        </p>
        {card.text && <p dir="auto">{card.text}</p>}
        {card.lines && card.lines.length > 0 && <ul>{card.lines.map((line) => <li key={line} dir="auto">{line}</li>)}</ul>}
      </div>
    </div>
  );
}

export function OutgoingItem({ one, id }: { one: Outgoing; id: string }) {
  const desk = useDesk();
  const t = useText();
  const online = useSelect((state) => state.connection === "online");
  const backToComposer = (): void => {
    const draft = desk.keep.draft(id);
    desk.keep.setDraft(id, draft ? `${one.text}\n${draft}` : one.text);
    desk.outbox.discard(id, one.clientId);
    emit("reply");
  };
  return (
    <div class={`message from-agent outgoing outgoing-${one.state}`} data-testid="message" data-from="agent" data-state={one.state}>
      <div class="message-line">
        <div class="bubble"><p class="message-text" dir="auto"><PlainText text={one.text} /></p></div>
      </div>
      {one.state === "failed" ? (
        <p class="unsent" role="alert">
          <Icon of={TriangleAlert} size={14} />
          <span>{one.reason || t.transcript.notSent}</span>
          <button type="button" class="link" data-testid="retry" onClick={() => desk.outbox.retry(id, one.clientId)}>{t.transcript.retry}</button>
          <button type="button" class="link" onClick={backToComposer}>{t.transcript.discard}</button>
        </p>
      ) : (
        <p class="unsent quiet"><Icon of={Clock} size={14} />{online ? t.transcript.sending : t.transcript.waitingLine}</p>
      )}
    </div>
  );
}
