// One conversation in the list: who, what it is about, how long they have waited.

import { AlarmClock, Flag } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { memo } from "preact/compat";
import { ahead, brief, full, urgency, waited } from "../format";
import { toHash } from "../work/route";
import { TagChips } from "../tags/chips";
import type { Summary, View } from "../types";
import { ChannelIcon, Icon, UpsetMark } from "./bits";
import { useDesk, useLanguage, useServerNow, useText } from "./hooks";
import { Name } from "./who";

interface RowProps {
  item: Summary;
  view: View;
  open: boolean;
  /** It no longer belongs in this view, and stays only while it is open. */
  left: boolean;
  /** The box to choose it by, while rows are being chosen. */
  tick?: ComponentChildren;
}

export const Row = memo(function Row({ item, view, open, left, tick }: RowProps) {
  const t = useText();
  const desk = useDesk();
  const href = toHash({ view, id: item.id, context: false });
  const subject = item.goal ?? item.last?.text ?? t.list.noSubject;
  return (
    <li>
      {tick}
      <a
        href={href} class="row" data-testid="row" data-id={item.id} aria-current={open ? "true" : undefined}
        data-unread={item.unread > 0} onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          desk.go({ view, id: item.id, context: false });
        }}
      >
        <span class="row-dot">{item.unread > 0 && <span class="sr">{t.list.unread(item.unread)}</span>}</span>
        <span class="row-who" dir="auto"><Name summary={item} /></span>
        <span class="row-when"><When item={item} view={view} /></span>
        <span class="row-what" dir="auto">
          {!left && item.returned_at && <span class="row-left row-back" data-testid="returned">{t.inbox.back}</span>}
          {left && <span class="row-left">{leftLabel(item, desk.store.state.agent?.id, t)}</span>}
          <TagChips tags={item.tags} />
          {item.note ? <><span class="row-noted" data-testid="noted">{t.notes.mark}</span>{item.note.text}</> : subject}
        </span>
        <span class="row-marks">
          {item.priority !== "normal" && item.priority !== "low" && (
            <span class="flag" title={t.list.priority}><Icon of={Flag} size={14} /><span class="sr">{t.list.priority}</span></span>
          )}
          {item.mood === "upset" && <UpsetMark />}
          <ChannelIcon channel={item.channel} />
          <abbr class="tag" title={t.languageName[item.language]}>{t.languageTag[item.language]}</abbr>
        </span>
      </a>
    </li>
  );
});

function leftLabel(item: Summary, me: string | undefined, t: ReturnType<typeof useText>): string {
  const { kind, id, name } = item.owner;
  return kind === "agent" && id !== me ? t.list.takenBy(name) : t.list.leftFor[kind];
}

function When({ item, view }: { item: Summary; view: View }) {
  if (view === "snoozed" && item.snoozed) return <BackAt at={item.snoozed.until} />;
  const live = item.waiting_since !== null && view !== "assistant" && view !== "closed" && view !== "snoozed";
  return live ? <Wait since={item.waiting_since ?? ""} /> : <LastAt at={item.last?.at ?? item.created_at} />;
}

export function Wait({ since }: { since: string }) {
  const t = useText();
  const language = useLanguage();
  const now = useServerNow(1000);
  const time = waited(since, now, t);
  return (
    <time class={`wait wait-${urgency(since, now)}`} dateTime={since} title={full(since, language)}>
      <span class="sr">{t.list.waits(time)}</span>
      <span aria-hidden="true">{time}</span>
    </time>
  );
}

/** When it comes back. */
function BackAt({ at }: { at: string | null }) {
  const t = useText();
  const language = useLanguage();
  if (!at) return <span>{t.inbox.onWriting}</span>;
  const says = full(at, language);
  return <time class="row-ahead" dateTime={at} title={says}><Icon of={AlarmClock} size={14} /> <span class="sr">{t.inbox.backAt}</span> {ahead(at, language)}</time>;
}

function LastAt({ at }: { at: string }) {
  const language = useLanguage();
  const now = useServerNow(60_000);
  return <time dateTime={at} title={full(at, language)}>{brief(at, now, language)}</time>;
}
