// Small parts of the pages of cases: words, marks, clocks, and what is said of a request that failed.

import { AlarmClock, AlarmClockCheck, ChevronDown, ChevronUp, ChevronsUp, CirclePause, Equal, ListChecks, Timer, type LucideIcon } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Refused } from "../api";
import { useLanguage, useNow } from "../ui/hooks";
import { Icon } from "../ui/bits";
import { serverTime, standing, type Tone } from "./clocks";
import { full } from "../format";
import type { Clock, Priority, Stage } from "./types";
import { en, type Words } from "./words.en";
import { fr } from "./words.fr";

export function useWords(): Words {
  return useLanguage() === "fr" ? fr : en;
}

const STAGES: Record<Stage, string> = { active: "going", waiting_customer: "muted", waiting_other: "muted", resolved: "done", closed: "muted" };

export function Status({ stage, children }: { stage: Stage; children: ComponentChildren }) {
  return <span class={`status status-${STAGES[stage]} cases-status`}>{children}</span>;
}

const SHAPES: Record<Priority, LucideIcon> = { urgent: ChevronsUp, high: ChevronUp, normal: Equal, low: ChevronDown };

/** `words` spells it out; without it the mark carries its name. */
export function PriorityMark({ priority, words: spelt = false }: { priority: Priority; words?: boolean }) {
  const words = useWords();
  const name = words.priorities[priority];
  return (
    <span class={`cases-priority cases-priority-${priority}`} title={words.priority(name)}>
      <Icon of={SHAPES[priority]} size={16} />
      {spelt ? name : <span class="sr">{words.priority(name)}</span>}
    </span>
  );
}

const CLOCKS: Record<Tone, LucideIcon> = { going: Timer, risk: Timer, late: AlarmClock, paused: CirclePause, met: AlarmClockCheck, missed: AlarmClockCheck };

/** A clock as it counts down, second by second; with `kind` it says what was promised. */
export function ClockMark({ clock, kind = false }: { clock: Clock; kind?: boolean }) {
  const words = useWords();
  const language = useLanguage();
  const told = standing(clock, serverTime(useNow(1000)), language);
  if (!told) return null;
  const { tone, time } = told;
  const says = tone === "going" || tone === "risk" || tone === "late" ? (time === null ? words.tones.none : words.tones[tone](time)) : words.tones[tone];
  const help = [words.kinds[clock.kind], words.toneHelp[tone], clock.due_at && words.due(full(clock.due_at, language))].filter(Boolean).join(" · ");
  return (
    <span class={`cases-clock cases-clock-${tone}`} title={help} data-testid="case-clock" data-tone={tone}>
      <Icon of={CLOCKS[tone]} size={14} />
      {kind ? <span class="cases-clock-kind">{words.kinds[clock.kind]}</span> : <span class="sr">{words.kinds[clock.kind]}: </span>}
      <span class="cases-clock-time">{says}</span>
    </span>
  );
}

interface PickProps {
  label: string;
  value: string;
  choices: { value: string; label: string }[];
  onChange(value: string): void;
  /** What stands for no choice; without it there has to be one. */
  none?: string | undefined;
  testId?: string;
  disabled?: boolean;
  problem?: string | undefined;
}

/** A labelled list to choose from. */
export function Pick({ label, value, choices, onChange, none, testId, disabled, problem }: PickProps) {
  const note = useId();
  const box = useRef<HTMLSelectElement>(null);
  // What was refused is not left standing as if it were chosen.
  useLayoutEffect(() => {
    if (box.current && box.current.value !== value) box.current.value = value;
  });
  return (
    <label class="cases-field">
      <span>{label}</span>
      <select
        ref={box} value={value} disabled={disabled} data-testid={testId} aria-invalid={problem ? true : undefined} aria-describedby={problem ? note : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {none !== undefined && <option value="">{none}</option>}
        {choices.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
      </select>
      {problem && <span id={note} class="cases-problem" role="alert">{problem}</span>}
    </label>
  );
}

interface LineProps {
  label: string;
  value: string;
  onInput(value: string): void;
  rows?: number;
  type?: "text" | "number" | "date";
  most?: number;
  placeholder?: string | undefined;
  help?: string | undefined;
  problem?: string | undefined;
  required?: boolean;
  testId?: string;
}

/** A labelled field for words. */
export function Line({ label, value, onInput, rows, type = "text", most = 200, placeholder, help, problem, required, testId }: LineProps) {
  const note = useId();
  const common = {
    value, maxLength: most, placeholder, dir: "auto" as const, "data-testid": testId, "aria-required": required || undefined, "aria-invalid": problem ? true : undefined,
    "aria-describedby": problem || help ? note : undefined,
  };
  return (
    <label class="cases-field">
      <span>{label}</span>
      {rows
        ? <textarea {...(common as object)} value={value} rows={rows} onInput={(event) => onInput(event.currentTarget.value)} />
        : <input {...(common as object)} value={value} type={type} onInput={(event) => onInput(event.currentTarget.value)} />}
      {(problem || help) && <span id={note} class={problem ? "cases-problem" : "quiet"} role={problem ? "alert" : undefined}>{problem ?? help}</span>}
    </label>
  );
}

/** A sentence for what became of a request. */
export function troubleOf(error: unknown, words: Words): string {
  if (!(error instanceof Refused)) return words.unreachable;
  return Object.values(error.fields)[0] || error.detail || words.wrong;
}

export function fieldsOf(error: unknown): Record<string, string> {
  return error instanceof Refused ? error.fields : {};
}

export function Panel({ title, action, children, testId, quiet = false }: { title: string; action?: ComponentChildren; children: ComponentChildren; testId?: string; quiet?: boolean }) {
  const id = useId();
  return (
    <section class={`cases-panel ${quiet ? "cases-panel-quiet" : ""}`} aria-labelledby={id} data-testid={testId}>
      <header class="cases-panel-top"><h2 id={id}>{title}</h2>{action}</header>
      {children}
    </section>
  );
}

export function Done({ items }: { items: { done: number; all: number } }) {
  const words = useWords();
  return (
    <span class="cases-done quiet" title={words.done(items.done, items.all)}>
      <Icon of={ListChecks} size={14} /><span aria-hidden="true">{items.done}/{items.all}</span><span class="sr">{words.done(items.done, items.all)}</span>
    </span>
  );
}

export function Waiting() {
  const words = useWords();
  return (
    <div class="cases-waiting" aria-busy="true">
      <span class="sr" role="status">{words.loading}</span>
      {[1, 2, 3, 4, 5, 6].map((one) => <div key={one} class="skeleton cases-skeleton" aria-hidden="true" />)}
    </div>
  );
}

export function Failed({ retry }: { retry(): void }) {
  const words = useWords();
  return (
    <div class="empty" role="alert" data-testid="page-failed">
      <p class="empty-title">{words.failed}</p>
      <p>{words.failedText}</p>
      <button type="button" class="button" onClick={retry}>{words.retry}</button>
    </div>
  );
}
