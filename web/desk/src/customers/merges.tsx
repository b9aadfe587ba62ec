// What was merged into this customer, and undoing it.

import { useState } from "preact/hooks";
import { Sure } from "../admin/parts";
import { useRest } from "../admin/rest";
import { Refused } from "../api";
import { useDesk, useLanguage, useMay } from "../ui/hooks";
import { Nothing, useAsked, useWords, Waiting } from "./parts";
import type { Known, Merged } from "./types";
import { moment } from "./values";
import { hashOf } from "./where";

interface Undone {
  gone_id: string;
  outcome: Merged["outcome"];
}

/** How many things an undoing left where they were. */
export function stayed(outcome: Merged["outcome"]): number {
  const counts = [...Object.values(outcome?.changed_since ?? {}), ...Object.values(outcome?.added_since ?? {})];
  return counts.reduce((sum, one) => sum + one, 0);
}

/** Undoes a merge, and says so unless the page does; a sentence of the server's where it cannot be. */
export function useUndo(silent = false): (merge: string) => Promise<Undone | null> {
  const rest = useRest();
  const desk = useDesk();
  const words = useWords();
  return async (merge) => {
    try {
      const undone = await rest.post<Undone>(`/merges/${merge}/undo`);
      if (!silent) desk.store.dispatch({ do: "notice", text: words.merges.done });
      return undone;
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : "" });
      return null;
    }
  };
}

export function Merges({ customer, reload }: Known) {
  const words = useWords();
  const language = useLanguage();
  const may = useMay("customers.merge");
  const undo = useUndo(true);
  const asked = useAsked<{ items: Merged[] }>(`/desk/api/customers/${customer.id}/merges`);
  const [other, setOther] = useState<string | null>(null);
  const run = async (merge: string): Promise<void> => {
    const undone = await undo(merge);
    if (undone) setOther(undone.gone_id);
    asked.reload();
    reload();
  };
  if (!asked.value) return <Waiting asked={asked} />;
  return (
    <>
      {other && <p class="cust-told" role="status" data-testid="cust-undone"><span>{words.merges.done}</span> <a class="link" href={hashOf({ at: "customer", id: other, part: "card" })}>{words.merges.openOther}</a></p>}
      {asked.value.items.length === 0 && <Nothing title={words.merges.none} />}
      <ul class="cust-list">
        {asked.value.items.map((one) => (
          <li key={one.id} class="cust-merged" data-testid="cust-merged-row">
            <p><strong dir="auto">{words.merges.was(one.gone === "" ? words.merges.nobody : one.gone)}</strong></p>
            <p class="quiet">{words.merges.by(one.by ?? words.notes.system, moment(one.at, language))}</p>
            {one.undone_at && (
              <p class="quiet">
                {words.merges.undone(one.undone_by ?? words.notes.system, moment(one.undone_at, language))}
                {stayed(one.outcome) > 0 && <> {words.merges.stayed(stayed(one.outcome))}</>}
              </p>
            )}
            {may && one.undoable && <Sure label={words.merges.undo} sure={words.merges.undoSure} testId="cust-undo" run={() => run(one.id)} />}
            {may && !one.undoable && !one.undone_at && one.gone !== null && <p class="quiet">{words.merges.later}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}
