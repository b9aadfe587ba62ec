// What the assistant took a message for; who supervises may say what it should have been.

import { useEffect, useState } from "preact/hooks";
import { percent } from "../format";
import type { DeskMessage, Intents } from "../types";
import { useDesk, useLanguage, useMay, useSelect, useText } from "./hooks";

export function Understood({ message }: { message: DeskMessage }) {
  const t = useText();
  const language = useLanguage();
  const may = useMay("conversations.supervise");
  const sure = message.confidence === null ? null : percent(message.confidence, language);
  const { intents, unread } = useIntents(language);
  const named = (intent: string): string => intents?.names[intent] ?? (intents || unread ? intent : "…");
  return (
    <div class="understood">
      <p>{t.transcript.understoodAs(named(message.intent ?? ""), sure)}</p>
      {message.corrected && <p data-testid="corrected">{t.transcript.corrected(named(message.corrected))}</p>}
      {may && message.from === "customer" && <Correction message={message} items={intents?.items ?? []} named={named} unread={unread} />}
    </div>
  );
}

function useIntents(language: string): { intents: Intents | null; unread: boolean } {
  const desk = useDesk();
  const [intents, setIntents] = useState<Intents | null>(null);
  const [unread, setUnread] = useState(false);
  useEffect(() => {
    let here = true;
    desk.messages.intents(language).then((found) => here && setIntents(found), () => here && setUnread(true));
    return () => { here = false; };
  }, [desk, language]);
  return { intents, unread };
}

interface Choices { message: DeskMessage; items: string[]; named: (intent: string) => string; unread: boolean }

function Correction({ message, items, named, unread }: Choices) {
  const t = useText();
  const desk = useDesk();
  const id = useSelect((state) => state.open?.id ?? null);
  const [failed, setFailed] = useState(false);
  const choose = async (intent: string): Promise<void> => {
    if (!id) return;
    try {
      setFailed(false);
      await desk.messages.correct(id, message.seq, intent || null);
    } catch {
      setFailed(true);
    }
  };
  return (
    <label>
      {t.transcript.correct}{" "}
      <select data-testid="correct" value={message.corrected ?? ""} onChange={(event) => void choose(event.currentTarget.value)}>
        <option value="">{t.transcript.notCorrected}</option>
        {items.map((intent) => <option key={intent} value={intent}>{named(intent)}</option>)}
      </select>
      {(failed || unread) && <span role="alert"> {t.transcript.correctionFailed}</span>}
    </label>
  );
}
