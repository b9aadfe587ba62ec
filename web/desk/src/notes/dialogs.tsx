// Setting a reminder on a conversation, and the list of one's own: done, put off, opened.

import { Check } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { ahead } from "../format";
import { ChannelIcon, Icon } from "../ui/bits";
import { Dialog } from "../ui/dialogs";
import { useDesk, useLanguage, useNow, useText } from "../ui/hooks";
import { asField, tomorrowMorning } from "../ui/snooze";
import type { Reminder } from "../types.notes";
import { uuid } from "../work/outbox";
import { useReminders } from "./hooks";

const HOUR = 3_600_000;
const LONGEST = 500;

/** The moments that are chosen most, and any other. */
function useMoments(): [string, Date, string][] {
  const t = useText();
  const now = useRef(new Date()).current;
  const week = tomorrowMorning(now);
  week.setDate(week.getDate() + 6);
  return [[t.notes.inAnHour, new Date(now.getTime() + HOUR), "hour"], [t.notes.tomorrow, tomorrowMorning(now), "tomorrow"], [t.notes.nextWeek, week, "week"]];
}

function Moments({ busy, onChoose }: { busy: boolean; onChoose(at: Date): void }) {
  const t = useText();
  const language = useLanguage();
  const moments = useMoments();
  const [at, setAt] = useState(() => asField(tomorrowMorning(new Date())));
  const chosen = new Date(at);
  const far = Date.now() + 366 * 24 * HOUR;
  const fits = !Number.isNaN(chosen.getTime()) && chosen.getTime() > Date.now() && chosen.getTime() <= far;
  return (
    <>
      <ul class="remind-moments">
        {moments.map(([name, when, id]) => (
          <li key={id}>
            <button type="button" class="menu-item" data-testid={`remind-${id}`} aria-disabled={busy} onClick={() => onChoose(when)}>
              <span>{name}</span><span class="quiet remind-when">{ahead(when.toISOString(), language)}</span>
            </button>
          </li>
        ))}
      </ul>
      <div class="remind-at">
        <label class="field">
          <span>{t.notes.another}</span>
          <input type="datetime-local" value={at} data-testid="remind-at" onInput={(event) => setAt(event.currentTarget.value)} />
        </label>
        <button type="button" class="button primary" data-testid="remind-set" aria-disabled={busy || !fits} onClick={() => fits && onChoose(chosen)}>{t.notes.set}</button>
      </div>
      {!fits && <p class="trouble" role="alert">{t.notes.past}</p>}
    </>
  );
}

export function RemindDialog({ id, onClose }: { id: string; onClose(): void }) {
  const desk = useDesk();
  const t = useText();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const key = useRef(uuid());
  const set = async (at: Date): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await desk.reminders.remind(id, key.current, text.trim(), at);
      onClose();
    } catch (error) {
      setTrouble((error instanceof Refused && error.detail) || t.conversation.failed);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t.notes.remind} onClose={onClose}>
      <p class="remind-lead">{t.notes.remindText}</p>
      <label class="field">
        <span>{t.notes.of}</span>
        <input autofocus value={text} maxLength={LONGEST} placeholder={t.notes.example} dir="auto" data-testid="remind-text" onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <h3 class="remind-title">{t.notes.when}</h3>
      <Moments busy={busy} onChoose={(at) => void set(at)} />
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
    </Dialog>
  );
}

export function RemindersDialog({ onClose }: { onClose(): void }) {
  const desk = useDesk();
  const t = useText();
  const all = useReminders();
  const [state, setState] = useState<"loading" | "ready" | "failed">(all.length > 0 ? "ready" : "loading");
  const load = (): void => {
    desk.reminders.load().then(() => setState("ready")).catch(() => setState("failed"));
  };
  useEffect(load, []);
  const open = (one: Reminder): void => {
    desk.go({ page: "conversations", view: "mine", id: one.conversation });
    onClose();
  };
  return (
    <Dialog title={t.notes.mine} onClose={onClose}>
      {state === "loading" && <p role="status">{t.notes.loading}</p>}
      {state === "failed" && <p role="alert">{t.notes.notLoaded} <button type="button" class="link" onClick={load}>{t.notes.retry}</button></p>}
      {state === "ready" && all.length === 0 && <div class="empty"><p class="empty-title">{t.notes.none}</p><p>{t.notes.noneText}</p></div>}
      <ul class="remind-list">
        {all.map((one) => <Listed key={one.id} one={one} onOpen={() => open(one)} />)}
      </ul>
    </Dialog>
  );
}

function Listed({ one, onOpen }: { one: Reminder; onOpen(): void }) {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  const now = useNow(60_000);
  const [putting, setPutting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const late = Date.parse(one.due_at) <= now;
  const run = (work: Promise<void>): void => {
    setBusy(true);
    work.then(() => setPutting(false)).catch((error: unknown) => setTrouble((error instanceof Refused && error.detail) || t.conversation.failed)).finally(() => setBusy(false));
  };
  return (
    <li class={`remind-one ${late ? "remind-late" : ""}`} data-testid="reminder">
      <p class="remind-top">
        <span class="quiet">{one.channel && <ChannelIcon channel={one.channel} />} {ahead(one.due_at, language)}{late && <strong class="remind-due"> · {t.notes.late}</strong>}</span>
        <button type="button" class="link" data-testid="reminder-open" onClick={onOpen}><bdi>{one.customer || t.notes.visitor}</bdi></button>
      </p>
      {one.text && <p dir="auto">{one.text}</p>}
      <p class="remind-acts">
        <button type="button" class="button" data-testid="reminder-finish" aria-disabled={busy} onClick={() => run(desk.reminders.done(one))}><Icon of={Check} size={14} />{t.notes.done}</button>
        <button type="button" class="button" data-testid="reminder-put-off" aria-expanded={putting} onClick={() => setPutting(!putting)}>{t.notes.putOff}</button>
      </p>
      {putting && <Moments busy={busy} onChoose={(at) => run(desk.reminders.putOff(one, at))} />}
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
    </li>
  );
}
