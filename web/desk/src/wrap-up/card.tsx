// The wrap-up of a closed conversation: to be filled in by whoever closed it, to be read by everybody else.

import { ClipboardList } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { ahead } from "../format";
import "../style/closing.css";
import type { WrapUp } from "../types.closing";
import { Icon } from "../ui/bits";
import { focusConversation } from "../ui/actions";
import { useDesk, useLanguage } from "../ui/hooks";
import { WrapUpForm } from "./form";
import { useClosingWords } from "./words";

interface Known {
  row: WrapUp;
  /** When the agent's room is free again. */
  until: number;
}

const known = ({ items }: { items: WrapUp[] }): Known | null => {
  const row = items[0];
  return row ? { row, until: Date.now() + row.seconds_left * 1_000 } : null;
};

export function WrapUpCard({ id }: { id: string }) {
  const desk = useDesk();
  const rest = useRest();
  const [shown, setShown] = useState<Known | null>(null);
  const [correcting, setCorrecting] = useState(false);
  const load = (): Promise<void> => rest.get<{ items: WrapUp[] }>(`/desk/api/conversations/${id}/wrap-ups`).then((found) => setShown(known(found)));
  useEffect(() => void load().catch(() => {}), [id]);
  if (!shown) return null;
  const { row, until } = shown;
  const asked = row.mine && row.ended_by === null;
  const done = (found: { items: WrapUp[] } | null): void => {
    setCorrecting(false);
    if (found) setShown(known(found));
    else void load().catch(() => {});
    if (desk.store.state.open?.id === id) focusConversation();
  };
  if (asked || correcting) {
    return <WrapUpForm key={row.version} row={row} until={until} onDone={done} onCancel={asked ? null : () => setCorrecting(false)} />;
  }
  return <Noted row={row} onCorrect={row.mine ? () => setCorrecting(true) : null} />;
}

function Noted({ row, onCorrect }: { row: WrapUp; onCorrect: (() => void) | null }) {
  const words = useClosingWords();
  const language = useLanguage();
  const says = row.ended_by === "done" && row.agent ? words.by(row.agent) : words.drawn;
  if (!row.summary && !row.reason) return null;
  return (
    <section class="wrapup wrapup-noted" aria-label={words.wrapUp} data-testid="wrap-up-noted">
      <p class="wrapup-top"><Icon of={ClipboardList} size={16} /><strong>{row.reason ? row.reason.join(" › ") : words.wrapUp}</strong></p>
      {row.summary && <p class="wrapup-summary" dir="auto">{row.summary}</p>}
      <p class="wrapup-foot quiet">
        <span>{says}</span>
        {row.case && <span>{words.caseOpened(row.case)}</span>}
        {row.reminder_at && <span>{words.remindedAt(ahead(row.reminder_at, language))}</span>}
        {onCorrect && <button type="button" class="link" data-testid="wrap-up-correct" onClick={onCorrect}>{words.edit}</button>}
      </p>
    </section>
  );
}
