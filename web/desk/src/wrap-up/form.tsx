// What the agent notes when a conversation is over: a reason, a summary read over, and what is still to be done.

import { ClipboardList } from "lucide-preact";
import { useId, useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { useRest } from "../admin/rest";
import type { WrapUp } from "../types.closing";
import { Icon } from "../ui/bits";
import { useCommand } from "../ui/commands";
import { useNow } from "../ui/hooks";
import { asField, tomorrowMorning } from "../ui/snooze";
import { useClosingWords } from "./words";

interface Typed {
  reason: string;
  summary: string;
  follows: boolean;
  kind: "reminder" | "case";
  what: string;
  when: string;
}

/** What was typed and not yet kept, by wrap-up: the agent may look elsewhere in between. */
const drafts = new Map<string, Typed>();
const LONGEST = 2_000;

interface FormProps {
  row: WrapUp;
  until: number;
  /** With what was stored; null when it was left as it is, or has changed elsewhere. */
  onDone(found: { items: WrapUp[] } | null): void;
  onCancel: (() => void) | null;
}

export function WrapUpForm({ row, until, onDone, onCancel }: FormProps) {
  const words = useClosingWords();
  const rest = useRest();
  const [typed, setTyped] = useState<Typed>(() => drafts.get(row.id) ?? begun(row));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLSelectElement & HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useCommand("wrap-up", () => first.current?.focus());
  const type = (change: Partial<Typed>): void => {
    const next = { ...typed, ...change };
    drafts.set(row.id, next);
    setTyped(next);
  };
  const path = `/desk/api/wrap-ups/${row.id}`;
  const over = (found: { items: WrapUp[] } | null): void => {
    drafts.delete(row.id);
    onDone(found);
  };
  const run = async (work: () => Promise<{ items: WrapUp[] } | null>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblems({});
    try {
      over(await work());
    } catch (error) {
      setBusy(false);
      if (error instanceof Refused && error.status === 412) {
        over(null);
        return;
      }
      const told = error instanceof Refused ? error.fields : {};
      setProblems(Object.keys(told).length > 0 ? told : { "": error instanceof Refused ? error.detail : words.unreachable });
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    }
  };
  const save = (event: Event): void => {
    event.preventDefault();
    const found = missing(row, typed, words);
    setProblems(found);
    if (Object.keys(found).length > 0) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    void run(() => rest.put<{ items: WrapUp[] }>(path, {
      version: row.version, summary: typed.summary, reason_id: typed.reason || null,
      follow_up: typed.follows ? { kind: typed.kind, subject: typed.what, due_at: new Date(typed.when).toISOString() } : null,
    }));
  };
  const skip = (): void => void run(async () => {
    await rest.post(`${path}/skip`);
    return null;
  });
  const { reasons } = row;
  const followed = row.case !== null || row.reminder_at !== null;
  return (
    <section class="wrapup" aria-label={words.wrapUp} data-testid="wrap-up">
      <form
        ref={form} noValidate onSubmit={save} onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(event);
        }}
      >
        <p class="wrapup-top"><Icon of={ClipboardList} size={16} /><strong>{words.wrapUp}</strong><Room until={until} /></p>
        {reasons.length > 0 && (
          <Field label={words.reason} problem={problems.reason_id}>
            {(told) => (
              <select ref={first} {...told} value={typed.reason} data-testid="wrap-up-reason" aria-required={row.required} onChange={(event) => type({ reason: event.currentTarget.value })}>
                <option value="">{words.noReason}</option>
                {reasons.map(({ id, path: names }) => <option key={id} value={id}>{names.join(" › ")}</option>)}
              </select>
            )}
          </Field>
        )}
        <Field label={words.summary} problem={problems.summary} help={words.lead}>
          {(told) => (
            <textarea
              ref={reasons.length === 0 ? first : null} {...told} rows={4} maxLength={LONGEST} dir="auto" value={typed.summary} data-testid="wrap-up-summary"
              onInput={(event) => type({ summary: event.currentTarget.value })}
            />
          )}
        </Field>
        {!followed && (
          <label class="toggle">
            <input type="checkbox" checked={typed.follows} data-testid="wrap-up-follows" onChange={(event) => type({ follows: event.currentTarget.checked })} />
            <span>{words.followUp}</span>
          </label>
        )}
        {typed.follows && !followed && <FollowUp typed={typed} problems={problems} onType={type} />}
        {problems[""] && <p class="trouble" role="alert">{problems[""]}</p>}
        <p class="wrapup-actions">
          {onCancel && <button type="button" class="button" onClick={onCancel}>{words.skip}</button>}
          {!onCancel && !(row.required && reasons.length > 0) && (
            <button type="button" class="button" data-testid="wrap-up-skip" aria-disabled={busy} onClick={skip}>{words.skip}</button>
          )}
          <button type="submit" class="button primary" data-testid="wrap-up-save" aria-disabled={busy}>{busy ? words.saving : words.save}</button>
        </p>
      </form>
    </section>
  );
}

function FollowUp({ typed, problems, onType }: { typed: Typed; problems: Record<string, string>; onType(change: Partial<Typed>): void }) {
  const words = useClosingWords();
  return (
    <div class="wrapup-follow">
      <Field label={words.what} problem={problems.subject}>
        {(told) => <input {...told} type="text" maxLength={200} value={typed.what} data-testid="wrap-up-what" onInput={(event) => onType({ what: event.currentTarget.value })} />}
      </Field>
      <Field label={words.when} problem={problems.due_at}>
        {(told) => <input {...told} type="datetime-local" value={typed.when} min={asField(new Date())} data-testid="wrap-up-when" onInput={(event) => onType({ when: event.currentTarget.value })} />}
      </Field>
      <Field label={words.kind} problem={undefined}>
        {(told) => (
          <select {...told} value={typed.kind} data-testid="wrap-up-kind" onChange={(event) => onType({ kind: event.currentTarget.value as Typed["kind"] })}>
            <option value="reminder">{words.reminder}</option>
            <option value="case">{words.case}</option>
          </select>
        )}
      </Field>
    </div>
  );
}

interface Told {
  id: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
}

interface FieldProps {
  label: string;
  problem: string | undefined;
  help?: string;
  children(told: Told): preact.JSX.Element;
}

function Field({ label, problem, help, children }: FieldProps) {
  const id = useId();
  const note = problem ?? help;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, ...(problem && { "aria-invalid": true as const }), ...(note && { "aria-describedby": `${id}-note` }) })}
      {note && <p id={`${id}-note`} class={problem ? "trouble" : "quiet"} role={problem ? "alert" : undefined}>{note}</p>}
    </div>
  );
}

/** For how long the conversation still counts as in hand; nothing once it does not. */
function Room({ until }: { until: number }) {
  const words = useClosingWords();
  const left = Math.ceil((until - useNow(1_000)) / 1_000);
  if (left <= 0) return null;
  return <span class="wrapup-room quiet" data-testid="wrap-up-room">{words.room(`${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`)}</span>;
}

const begun = (row: WrapUp): Typed => ({
  reason: row.reason_id ?? "", summary: row.summary, follows: false, kind: "reminder", what: "", when: asField(tomorrowMorning(new Date())),
});

/** What the server would refuse, told at once. */
function missing(row: WrapUp, typed: Typed, words: ReturnType<typeof useClosingWords>): Record<string, string> {
  const found: Record<string, string> = {};
  if (row.required && row.reasons.length > 0 && !typed.reason) found.reason_id = words.needed;
  if (typed.follows && !typed.what.trim()) found.subject = words.whatNeeded;
  const when = new Date(typed.when).getTime();
  if (typed.follows && !(when > Date.now())) found.due_at = words.past;
  return found;
}
