// A test message to an address of the administrator's own, and what the platform said to it.

import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { useDesk, useText } from "./hooks";

export function TestForm({ channel, account }: { channel: string; account: string }) {
  const desk = useDesk();
  const t = useText();
  const [to, setTo] = useState("");
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<{ good: boolean; text: string } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !to.trim()) return;
    setBusy(true);
    setAnswer(null);
    try {
      await desk.api.testAccount(channel, account, to.trim());
      setAnswer({ good: true, text: t.channels.testSent });
    } catch (error) {
      setAnswer({ good: false, text: (error instanceof Refused && error.detail) || t.channels.testFailed });
    }
    setBusy(false);
  };
  return (
    <form class="test-form" onSubmit={(event) => void send(event)}>
      <label class="field">
        <span>{t.channels.testTo}</span>
        <input ref={field} value={to} data-testid="test-to" autocomplete="off" spellcheck={false} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <button type="submit" class="button primary" data-testid="test-send" aria-disabled={busy || !to.trim()}>
        {busy ? t.channels.testSending : t.channels.testSend}
      </button>
      <p class={answer ? (answer.good ? "good" : "gate-problem") : "sr"} role="status" data-testid="test-answer">{answer?.text}</p>
    </form>
  );
}
