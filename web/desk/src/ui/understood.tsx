// What the assistant took a message for; who supervises may say what it should have been.

import { useEffect, useState } from "preact/hooks";
import { percent } from "../format";
import type { DeskMessage } from "../types";
import { useDesk, useLanguage, useMay, useSelect, useText } from "./hooks";

export function Understood({ message }: { message: DeskMessage }) {
  const t = useText();
  const language = useLanguage();
  const may = useMay("conversations.supervise");
  const sure = message.confidence === null ? null : percent(message.confidence, language);
  return (
    <div class="understood">
      <p>{t.transcript.understoodAs(message.intent ?? "", sure)}</p>
      {message.corrected && <p data-testid="corrected">{t.transcript.corrected(message.corrected)}</p>}
      {may && message.from === "customer" && <Correction message={message} />}
    </div>
  );
}

function Correction({ message }: { message: DeskMessage }) {
  const t = useText();
  const desk = useDesk();
  const id = useSelect((state) => state.open?.id ?? null);
  const [intents, setIntents] = useState<string[]>([]);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let here = true;
    desk.intents().then((found) => here && setIntents(found), () => here && setFailed(true));
    return () => { here = false; };
  }, [desk]);
  const choose = async (intent: string): Promise<void> => {
    if (!id) return;
    try {
      setFailed(false);
      await desk.correct(id, message.seq, intent || null);
    } catch {
      setFailed(true);
    }
  };
  return (
    <label>
      {t.transcript.correct}{" "}
      <select data-testid="correct" value={message.corrected ?? ""} onChange={(event) => void choose(event.currentTarget.value)}>
        <option value="">{t.transcript.notCorrected}</option>
        {intents.map((intent) => <option key={intent} value={intent}>{intent}</option>)}
      </select>
      {failed && <span role="alert"> {t.transcript.correctionFailed}</span>}
    </label>
  );
}
