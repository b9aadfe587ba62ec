// Where an answer goes when it is not where the customer wrote, and setting aside one that goes nowhere.

import { Clock, Mail } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import type { DeskMessage, Summary } from "../types";
import { Icon, useChannelName } from "./bits";
import { useText } from "./hooks";

/** Above the composer: the next answer leaves by another way. */
export function AnswerBy({ summary }: { summary: Summary }) {
  const t = useText();
  const named = useChannelName();
  if (!summary.answer_by) return null;
  return (
    <p class="answer-by" data-testid="answer-by">
      <Icon of={Mail} size={14} /><span dir="auto">{t.way.answerBy(named(summary.answer_by.channel), summary.answer_by.to)}</span>
    </p>
  );
}

/** Under an answer of ours: what it waits for, or how it went. */
export function WayNote({ message }: { message: DeskMessage }) {
  const t = useText();
  const named = useChannelName();
  if (message.waits && message.delivery === "queued") {
    return <p class="note" data-testid="waits"><Icon of={Clock} size={14} />{t.way.waits}</p>;
  }
  if (!message.instead) return null;
  return (
    <p class="note" data-testid="instead">
      <Icon of={Mail} size={14} /><span dir="auto">{t.way.instead(named(message.instead.channel), message.instead.to)}</span>
    </p>
  );
}

/** A reason, asked for when the button is pressed. `run` takes it and may fail. */
export function SetAside({ run }: { run(why: string): Promise<void> }) {
  const t = useText();
  const [why, setWhy] = useState<string | null>(null);
  const focus = useRef((field: HTMLInputElement | null) => field?.focus());
  const [busy, setBusy] = useState(false);
  if (why === null) return <button type="button" class="link" data-testid="set-aside" onClick={() => setWhy("")}>{t.aside.act}</button>;
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !why.trim()) return;
    setBusy(true);
    await run(why.trim());
    setBusy(false);
  };
  return (
    <form class="aside-form" onSubmit={(event) => void go(event)}>
      <label class="field">
        <span>{t.aside.why}</span>
        <input
          value={why} maxLength={500} data-testid="aside-why" ref={focus.current}
          onInput={(event) => setWhy(event.currentTarget.value)}
        />
      </label>
      <span class="sure">
        <button type="submit" class="button primary" data-testid="aside-confirm" aria-disabled={busy || !why.trim()}>{t.aside.confirm}</button>
        <button type="button" class="button" onClick={() => setWhy(null)}>{t.aside.cancel}</button>
      </span>
    </form>
  );
}
