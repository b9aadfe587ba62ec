// Finding a macro by a few letters, seeing what it would do here, and running it with Enter.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { found } from "../folding";
import type { Summary } from "../types";
import type { Macro, StepDone } from "../types.sorting";
import { Dialog } from "../ui/dialogs";
import { useDesk, useLanguage } from "../ui/hooks";
import { uuid } from "../work/outbox";
import { words } from "./words";

const PAUSE = 180;

interface MacroDialogProps {
  summary: Summary;
  onClose(): void;
  /** It was run; `insert` says that the composer has something new. */
  onDone(insert: boolean): void;
}

export function MacroDialog({ summary, onClose, onDone }: MacroDialogProps) {
  const desk = useDesk();
  const w = words[useLanguage()];
  const [macros, setMacros] = useState<Macro[] | null>(null);
  const [trouble, setTrouble] = useState("");
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    desk.api.macros().then(({ items }) => setMacros(items)).catch(() => setTrouble(w.failed));
    field.current?.focus();
  }, []);
  const shown = (macros ?? []).filter((macro) => found(macro.name, query.trim()));
  const chosen = shown[Math.min(at, shown.length - 1)];
  // As it was when the dialog opened: it lies over the transcript.
  const [seen] = useState(() => desk.seen(summary));
  const preview = usePreview(summary, chosen?.id ?? null, seen);
  const { busy, run } = useRun(summary, seen, onDone, setTrouble);
  const press = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && shown.length > 0) setAt((Math.min(at, shown.length - 1) + step + shown.length) % shown.length);
    else if (event.key === "Enter") void run(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={w.title} onClose={onClose} wide>
      <input
        ref={field} class="macros-find" type="text" role="combobox" value={query} aria-label={w.find} placeholder={w.find} autocomplete="off" spellcheck={false}
        aria-expanded={shown.length > 0} aria-controls={list} aria-activedescendant={chosen ? `${list}-${chosen.id}` : undefined} aria-autocomplete="list" data-testid="macros-find"
        onKeyDown={press} onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
      />
      <ul id={list} class="macros-list" role="listbox" aria-label={w.list}>
        {shown.map((macro, index) => <One key={macro.id} id={`${list}-${macro.id}`} macro={macro} on={macro === chosen} onChoose={() => setAt(index)} />)}
      </ul>
      {macros && shown.length === 0 && <p class="quiet" role="status">{macros.length === 0 ? w.none : w.nothing}</p>}
      {chosen && <Preview steps={preview} />}
      {trouble && <p class="trouble" role="alert" data-testid="macros-trouble">{trouble}</p>}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>{w.cancel}</button>
        <button type="button" class="button primary" data-testid="macros-run" aria-disabled={!chosen || busy || refusedIn(preview)} onClick={() => void run(chosen)}>{busy ? w.running : w.run}</button>
      </div>
    </Dialog>
  );
}

const refusedIn = (steps: StepDone[] | null): boolean => Boolean(steps?.some((step) => step.why !== null));

function One({ id, macro, on, onChoose }: { id: string; macro: Macro; on: boolean; onChoose(): void }) {
  const w = words[useLanguage()];
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (on) row.current?.scrollIntoView?.({ block: "nearest" });
  }, [on]);
  return (
    <li ref={row} id={id} class="macros-one" role="option" aria-selected={on} data-testid="macro" onPointerDown={(event) => event.preventDefault()} onClick={onChoose}>
      <span><strong dir="auto">{macro.name}</strong>{!macro.shared && <span class="quiet"> {w.own}</span>}</span>
      <span class="macros-does">{macro.steps.map((step) => w.steps[step.do](step.what ?? "")).join(" · ")}</span>
    </li>
  );
}

/** What a macro would do here and now; null until that is known. */
function usePreview(summary: Summary, macro: string | null, seen: number | undefined): StepDone[] | null {
  const desk = useDesk();
  const [shown, setShown] = useState<{ macro: string; steps: StepDone[] } | null>(null);
  useEffect(() => {
    if (macro === null) return undefined;
    let alive = true;
    const timer = setTimeout(() => {
      desk.api.previewMacro(summary.id, macro, summary.version, uuid(), seen).then(({ steps }) => alive && setShown({ macro, steps })).catch(() => {});
    }, PAUSE);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [macro, summary.id, summary.version]);
  return shown?.macro === macro ? shown.steps : null;
}

function Preview({ steps }: { steps: StepDone[] | null }) {
  const w = words[useLanguage()];
  return (
    <section class="macros-preview" aria-label={w.preview} aria-live="polite" data-testid="macros-preview">
      {steps === null ? <p class="quiet">{w.previewing}</p> : <Steps steps={steps} />}
      {refusedIn(steps) && <p class="macros-why">{w.refused}</p>}
    </section>
  );
}

function Steps({ steps }: { steps: StepDone[] }) {
  const w = words[useLanguage()];
  return (
    <ol>
      {steps.map((step, index) => (
        <li key={index}>
          {w.steps[step.do](step.what ?? "")}
          {step.text !== null && <span class="macros-text" dir="auto">{step.text}</span>}
          {step.missing.length > 0 && <span class="macros-why"> {w.missing(step.missing.join(", "))}</span>}
          {step.why !== null && step.missing.length === 0 && <span class="macros-why"> {step.why}</span>}
        </li>
      ))}
    </ol>
  );
}

function useRun(summary: Summary, seen: number | undefined, onDone: (insert: boolean) => void, setTrouble: (text: string) => void) {
  const desk = useDesk();
  const w = words[useLanguage()];
  const [busy, setBusy] = useState(false);
  // The same until it is known what came of it: a second press says nothing twice.
  const client = useRef(uuid());
  const run = async (macro: Macro | undefined): Promise<void> => {
    if (!macro || busy) return;
    setBusy(true);
    setTrouble("");
    try {
      const { done, steps, insert, conversation } = await desk.api.runMacro(summary.id, macro.id, summary.version, client.current, seen);
      client.current = uuid();
      const refused = steps.find((step) => step.why !== null);
      if (!done) return setTrouble(refused ? `${w.nothingDone} ${w.because(w.steps[refused.do](refused.what ?? ""), refused.why ?? "")}` : w.nothingDone);
      if (insert) desk.drafts.add(summary.id, insert);
      desk.store.dispatch({ do: "conversation", summary: conversation });
      await desk.reading.loadOpen(summary.id);
      desk.store.dispatch({ do: "notice", text: w.done(macro.name) });
      onDone(Boolean(insert));
    } catch (error) {
      setTrouble(error instanceof Refused ? error.detail : w.failed);
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}
