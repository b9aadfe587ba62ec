// One message of the transcript: whose it is, what it says, and what became of it.

import { Bot, Check, CheckCheck, Clock, Images, Sparkles, TriangleAlert } from "lucide-preact";
import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import { Marked } from "../writing/marked";
import { clock, full } from "../format";
import type { Dictionary } from "../i18n";
import type { Delivery, DeskMessage } from "../types";
import { BewareNotes } from "./beware";
import { ChannelIcon, Icon } from "./bits";
import { Carried, Quote, Reactions } from "./carried";
import { CopiesNote } from "./copies";
import { useDesk, useLanguage, useMay, useSelect, useText } from "./hooks";
import { MailHead, ThreadNote } from "./mail";
import { MailNotes, ReadBefore, WrittenOn } from "./notes";
import { Understood } from "./understood";
import { SetAside, WayNote } from "./way";

interface MessageProps {
  message: DeskMessage;
  /** It follows another of the same speaker closely: no need to say again who it is. */
  together: boolean;
  shown: boolean;
  /** The talk moves to another channel or account here. */
  moved: boolean;
  /** Its subject is not that of the mail before. */
  newSubject: boolean;
  /** It was written on another page of the site than the one before. */
  newPage: boolean;
}

/** Not answered by the assistant, and all the more in need of somebody's eyes. */
const FOR_PEOPLE = ["too_large", "encrypted", "too_many", "unsupported", "for_case"];
/** The rest of what is answered as one. */
const FURTHER = "album";

export const MessageItem = memo(function MessageItem({ message, together, shown, moved, newSubject, newPage }: MessageProps) {
  const t = useText();
  const { from, seq } = message;
  const shared = { "data-testid": "message", "data-from": from, "data-seq": seq, tabIndex: -1 };
  if (from === "system") {
    return (
      <li {...shared} class={`system ${shown ? "shown" : ""}`}>
        <span dir="auto">{message.text}</span> <Time at={message.at} />
      </li>
    );
  }
  const faint = message.automatic && message.automatic !== FURTHER && !FOR_PEOPLE.includes(message.automatic);
  const marks = `${together ? "together" : ""} ${shown ? "shown" : ""} ${faint ? "automatic" : ""}`;
  return (
    <li {...shared} class={`message from-${from} ${marks}`} data-automatic={message.automatic ?? undefined}>
      <Who message={message} together={together} moved={moved} />
      <MailHead message={message} showSubject={newSubject} />
      {message.automatic && <Automatic reason={message.automatic} />}
      <Line message={message} together={together} />
      <Reactions list={message.reactions} />
      {message.buttons.length > 0 && (
        <ul class="offered" aria-label={t.transcript.buttons}>
          {message.buttons.map((button) => <li key={button.title} dir="auto">{button.title}</li>)}
        </ul>
      )}
      {newPage && <WrittenOn message={message} />}
      <ReadBefore message={message} />
      <MailNotes message={message} />
      {from === "customer" && <ThreadNote message={message} />}
      {from === "customer" && <BewareNotes reasons={message.beware} />}
      {from === "agent" && <CopiesNote message={message} />}
      {from !== "customer" && <WayNote message={message} />}
      {from !== "customer" && message.delivery === "failed" && <NotDelivered message={message} />}
    </li>
  );
});

/** How a customer nobody knows calls themselves is a name to speak of them by, and no more. */
export function speakerName(message: DeskMessage, customer: string | null, t: Dictionary): string {
  if (message.name) return message.name;
  return message.from === "customer" ? customer ?? message.sender_name ?? t.list.visitor : t.transcript.assistant;
}

function Who({ message, together, moved }: { message: DeskMessage; together: boolean; moved: boolean }) {
  const t = useText();
  const customer = useSelect((state) => state.open?.summary?.customer?.name ?? null);
  const claimed = message.from === "customer" && !customer ? message.sender_name : null;
  return (
    <p class={together ? "sr" : "message-who"}>
      <span dir="auto" title={claimed ? t.shared.callsThemselves(claimed) : undefined}>{speakerName(message, customer, t)}</span>
      {moved && (
        <span class="moved" data-testid="moved"><ChannelIcon channel={message.channel} words />{message.account !== "main" && <span dir="auto">{message.account}</span>}</span>
      )}
      {!together && <Time at={message.at} />}
    </p>
  );
}

function Line({ message, together }: { message: DeskMessage; together: boolean }) {
  const t = useText();
  const [understood, setUnderstood] = useState(false);
  return (
    <>
      <div class="message-line">
        <div class={`bubble ${message.deleted ? "bubble-deleted" : ""}`}>
          {message.quote !== null && <Quote seq={message.quote} />}
          {message.deleted && <p class="message-text">{t.shared.deleted}</p>}
          {message.text && !message.deleted && (
            <p class="message-text" dir="auto" lang={message.language ?? undefined}>
              <Marked text={message.text} marks={message.marks} />{message.edited && <span class="edited"> {t.shared.edited}</span>}
            </p>
          )}
          {!message.deleted && <Carried message={message} />}
        </div>
        <span class="message-side">
          {together && <Time at={message.at} />}
          {message.from === "agent" && message.delivery !== "failed" && <Ticks delivery={message.delivery} />}
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
      {understood && message.intent && <Understood message={message} />}
    </>
  );
}

function Automatic({ reason }: { reason: string }) {
  const t = useText();
  const reasons: Record<string, string> = t.automatic;
  if (reason === FURTHER) return <p class="automatic-why"><Icon of={Images} size={14} /><span>{t.automatic.album}</span></p>;
  return <p class="automatic-why"><Icon of={Bot} size={14} /><span>{reasons[reason] ?? t.automatic.other}. {t.automatic.note}</span></p>;
}

function NotDelivered({ message }: { message: DeskMessage }) {
  const desk = useDesk();
  const t = useText();
  const id = useSelect((state) => state.open?.id ?? "");
  const answers = useMay("conversations.write");
  const [busy, setBusy] = useState(false);
  const again = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await desk.messages.resend(id, message.seq);
      desk.store.dispatch({ do: "notice", text: t.delivery.queued });
    } catch {
      desk.store.dispatch({ do: "notice", text: t.delivery.notQueued });
    }
    setBusy(false);
  };
  const aside = async (why: string): Promise<void> => {
    try {
      await desk.messages.setAside(id, message.seq, why);
      desk.store.dispatch({ do: "notice", text: t.aside.done });
    } catch {
      desk.store.dispatch({ do: "notice", text: t.aside.failed });
    }
  };
  return (
    <div class="unsent not-delivered" data-testid="not-delivered">
      <Icon of={TriangleAlert} size={14} />
      <span>
        <span dir="auto">{message.error ? t.delivery.failedBecause(message.error) : t.delivery.failed}</span>{" "}
        {answers && <button type="button" class="link" data-testid="resend" aria-disabled={busy} onClick={() => void again()}>{t.delivery.again}</button>}{" "}
        {message.aside && <span dir="auto">{t.aside.told(message.aside.by, message.aside.why)}</span>}
        {!message.aside && answers && <SetAside run={aside} />}
      </span>
    </div>
  );
}

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
    <span class={`sent-ticks ticks-${delivery}`} title={label} data-delivery={delivery}>
      <Icon of={TICKS[delivery]} size={14} />
      <span class="sr">{label}</span>
    </span>
  );
}
