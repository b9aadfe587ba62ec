// Putting a conversation off: in an hour, tomorrow morning, on a day of one's choice, or until the customer writes.

import { AlarmClock, AlarmClockOff } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { ahead } from "../format";
import type { Summary } from "../types";
import { Icon } from "./bits";
import { useCommand } from "./commands";
import { Dialog } from "./dialogs";
import { useDesk, useLanguage, useText } from "./hooks";

const HOUR = 3_600_000;

/** Nine o'clock of the next day, where the agent is. */
export function tomorrowMorning(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 9);
}

/** As the field for a date and a time has it. */
export function asField(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function SnoozeAction({ summary }: { summary: Summary }) {
  const desk = useDesk();
  const t = useText();
  const [asking, setAsking] = useState(false);
  const back = Boolean(summary.snoozed);
  const toggle = (): void => {
    if (back) void desk.wake();
    else setAsking(true);
  };
  useCommand("snooze", toggle);
  const says = back ? t.inbox.wake : t.inbox.snooze;
  return (
    <>
      <button type="button" class="button" data-testid={back ? "wake" : "snooze"} aria-label={says} title={`${says} (z)`} onClick={toggle}>
        <Icon of={back ? AlarmClockOff : AlarmClock} /><span class="label label-wide">{says}</span>
      </button>
      {asking && <SnoozeDialog onEnd={() => setAsking(false)} />}
    </>
  );
}

function SnoozeDialog({ onEnd }: { onEnd(): void }) {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const now = useRef(new Date()).current;
  const [at, setAt] = useState(() => asField(tomorrowMorning(now)));
  const put = async (until: Date | null): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const result = await desk.snooze(until ? until.toISOString() : null);
    setBusy(false);
    if (result !== "failed") onEnd();
  };
  const chosen = new Date(at);
  const fits = !Number.isNaN(chosen.getTime()) && chosen.getTime() > Date.now();
  // The first choice is the commonest, and Enter takes it.
  const first = useRef((button: HTMLButtonElement | null) => button?.focus());
  const inAnHour = new Date(now.getTime() + HOUR);
  const choices: [string, string, Date | null, string][] = [
    [t.inbox.inAnHour, ahead(inAnHour.toISOString(), language), inAnHour, "hour"],
    [t.inbox.tomorrow, ahead(tomorrowMorning(now).toISOString(), language), tomorrowMorning(now), "tomorrow"],
    [t.inbox.untilTheyWrite, t.inbox.noReminder, null, "written"],
  ];
  return (
    <Dialog title={t.inbox.snooze} onClose={onEnd}>
      <p>{t.inbox.snoozeText}</p>
      <ul class="snoozes">
        {choices.map(([name, when, until, id]) => (
          <li key={id}>
            <button ref={id === "hour" ? first.current : undefined} autofocus={id === "hour"} type="button" class="menu-item" data-testid={`snooze-${id}`} aria-disabled={busy} onClick={() => void put(until)}>
              <span>{name}</span><span class="quiet snooze-when">{when}</span>
            </button>
          </li>
        ))}
      </ul>
      <form
        class="snooze-at" onSubmit={(event) => {
          event.preventDefault();
          if (fits) void put(chosen);
        }}
      >
        <label class="field">
          <span>{t.inbox.onADay}</span>
          <input type="datetime-local" value={at} min={asField(now)} data-testid="snooze-at" onInput={(event) => setAt(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button primary" data-testid="snooze-set" aria-disabled={busy || !fits}>{t.inbox.set}</button>
      </form>
      {!fits && <p class="trouble" role="alert">{t.inbox.past}</p>}
    </Dialog>
  );
}
