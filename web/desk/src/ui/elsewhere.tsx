// Offering that the conversation goes on elsewhere: a link with a code, put among the words that the agent writes.

import { ArrowRightLeft } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Ways } from "../types";
import { IconButton } from "./bits";
import { useDesk, useText } from "./hooks";

interface ElsewhereProps {
  id: string;
  /** Takes the words with the link and the code. */
  onOffer(words: string): void;
}

export function Elsewhere({ id, onOffer }: ElsewhereProps) {
  const desk = useDesk();
  const t = useText();
  const [ways, setWays] = useState<Ways | null>(null);
  const [busy, setBusy] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  const notice = (text: string): void => desk.store.dispatch({ do: "notice", text });
  useEffect(() => setWays(null), [id]);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await work();
    } catch {
      notice(t.elsewhere.failed);
    }
    setBusy(false);
  };
  const ask = (): Promise<void> => attempt(async () => {
    if (ways) {
      setWays(null);
      return;
    }
    const known = await desk.api.ways(id);
    if (known.ways.length > 0) setWays(known);
    else notice(known.overheard ? t.elsewhere.overheard : t.elsewhere.none);
  });
  const offer = (channel: string): Promise<void> => attempt(async () => {
    const { text } = await desk.api.offerElsewhere(id, channel);
    setWays(null);
    onOffer(text);
  });
  const leave = (): void => {
    setWays(null);
    place.current?.querySelector("button")?.focus();
  };
  return (
    <span class="elsewhere" ref={place} onKeyDown={(event) => event.key === "Escape" && ways && leave()}>
      <IconButton icon={ArrowRightLeft} label={t.elsewhere.offer} pressed={ways !== null} onClick={() => void ask()} testId="elsewhere" />
      {ways && (
        <span class="elsewhere-ways" role="group" aria-label={t.elsewhere.offer}>
          {ways.ways.map(({ channel, label }) => (
            <button type="button" class="link" key={channel} data-testid={`elsewhere-${channel}`} aria-disabled={busy} onClick={() => void offer(channel)}>
              {label}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}
