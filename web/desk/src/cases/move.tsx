// Taking a step: what it needs is asked for, what has to be done before is told, and the server decides.

import { useEffect, useRef, useState } from "preact/hooks";
import { useRest, type Rest } from "../admin/rest";
import { useLanguage } from "../ui/hooks";
import { Dialog } from "../ui/dialogs";
import { upon, Meanwhile, whoChanged } from "./changing";
import { nameOf, options } from "./choosing";
import { fieldsOf, Line, Pick, troubleOf, useWords } from "./parts";
import type { Case, Row, Settings, Step } from "./types";
import type { Words } from "./words.en";

export interface Saying {
  reason?: string;
  resolution_code?: string;
  resolution_summary?: string;
}

type Movable = Pick_<Row, "id" | "number" | "status" | "version">;
type Pick_<T, K extends keyof T> = { [Key in K]: T[Key] };

/** Moves a case, also where something else of it changed meanwhile. Raises Meanwhile where somebody moved it. */
export function move(rest: Rest, row: Movable, to: string, saying: Saying = {}): Promise<Case> {
  const body = { to, ...Object.fromEntries(Object.entries(saying).filter(([, value]) => value)) };
  return upon(rest, row as Case, { status: to }, ["status"], (version) => rest.post<Case>(`/cases/${row.id}/move`, body, version));
}

/** Why a move did not happen, in a sentence. */
export function notMoved(error: unknown, settings: Settings, words: Words, language: "fr" | "en"): string {
  if (!(error instanceof Meanwhile)) return troubleOf(error, words);
  const { whole } = error;
  return words.meanwhile.status(whoChanged(whole, ["status"]), nameOf(settings.statuses, whole.case.status, language));
}

interface MoveProps {
  row: Movable;
  step: Step;
  settings: Settings;
  onDone(moved: Case): void;
  onClose(): void;
}

/** Asks for what the step needs. Where something has to be done before, it says so instead. */
export function MoveDialog({ row, step, settings, onDone, onClose }: MoveProps) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const [saying, say] = useState<Saying>({});
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("select, textarea")?.focus(), []);
  const to = nameOf(settings.statuses, step.to, language);
  const needs = (what: keyof Saying): boolean => step.needs.includes(what);
  const tell = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const empty = (["reason", "resolution_code", "resolution_summary"] as const).filter((what) => needs(what) && !saying[what]?.trim());
    setFaults(Object.fromEntries(empty.map((what) => [what, words.needed])));
    setTrouble("");
    if (empty.length > 0) return;
    setBusy(true);
    try {
      onDone(await move(rest, row, step.to, saying));
    } catch (error) {
      const told = fieldsOf(error);
      setFaults(told);
      if (Object.keys(told).length === 0) setTrouble(notMoved(error, settings, words, language));
      setBusy(false);
    }
  };
  const missing = step.missing.map((what) => words.missing[what] ?? what).join(", ");
  return (
    <Dialog title={`${row.number} · ${words.step(to)}`} onClose={onClose}>
      {step.missing.length > 0
        ? (
          <div class="cases-form" data-testid="move-missing">
            <p>{words.missingText(to, missing)}</p>
            <div class="dialog-actions">
              <button type="button" class="button" onClick={onClose}>{words.close}</button>
            </div>
          </div>
        )
        : (
          <form ref={form} class="cases-form" noValidate data-testid="move-form" onSubmit={(event) => void tell(event)}>
            {needs("resolution_code") && (
              <Pick
                label={words.code} value={saying.resolution_code ?? ""} none={words.choose} choices={options(settings.resolutions, language)} testId="move-code" problem={faults.resolution_code}
                onChange={(resolution_code) => say({ ...saying, resolution_code })}
              />
            )}
            {needs("resolution_summary") && (
              <Line label={words.summary} value={saying.resolution_summary ?? ""} rows={3} most={4000} testId="move-summary" problem={faults.resolution_summary} required onInput={(resolution_summary) => say({ ...saying, resolution_summary })} />
            )}
            {needs("reason") && (
              <Line label={words.why} value={saying.reason ?? ""} rows={2} most={4000} help={words.whyHelp} testId="move-reason" problem={faults.reason} required onInput={(reason) => say({ ...saying, reason })} />
            )}
            {trouble && <p class="trouble" role="alert">{trouble}</p>}
            <div class="dialog-actions">
              <button type="button" class="button" onClick={onClose}>{words.cancel}</button>
              <button type="submit" class="button primary" aria-disabled={busy} data-testid="move-confirm">{words.step(to)}</button>
            </div>
          </form>
        )}
    </Dialog>
  );
}
