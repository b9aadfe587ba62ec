// What the pages of administration are made of: lists whose rows open, forms whose fields say what is wrong with them.

import { Check, ChevronRight, Copy } from "lucide-preact";
import { createContext, type ComponentChildren, type JSX, type RefObject } from "preact";
import { useContext, useEffect, useId, useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { Icon } from "../ui/bits";
import { useWords, type Words } from "./words";

export type Problems = Record<string, string>;

const Faults = createContext<Problems>({});

/** What is said of a failed request, by field; under `""` what concerns no field alone. */
export function problemsOf(error: unknown, words: Words): Problems {
  if (!(error instanceof Refused)) return { "": words.common.unreachable };
  if (error.status === 412) return { "": words.common.stale };
  return Object.keys(error.fields).length > 0 ? error.fields : { "": error.detail || words.common.failed };
}

interface FormProps {
  children: ComponentChildren;
  save(): Promise<void>;
  onCancel?(): void;
  /** What that button says, where "Cancel" could be what the form itself does. */
  cancelLabel?: string;
  /** Asked a second time before it is done. */
  remove?: { label: string; sure: string; run(): Promise<void> } | undefined;
  label?: string;
  testId?: string;
  /** The names of the fields in the form: faults of any other are said at its end. */
  fields?: string[];
}

/** A form that shows what the server says of each field, and puts the focus on the first that will not do. */
export function Form({ children, save, onCancel, cancelLabel, remove, label, testId, fields = [] }: FormProps) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [faults, setFaults] = useState<Problems>({});
  const [busy, setBusy] = useState(false);
  useEffect(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), [faults]);
  useKeptFocus(form);
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFaults({});
    try {
      await work();
    } catch (error) {
      setFaults(problemsOf(error, words));
    }
    setBusy(false);
  };
  const base = (name: string): string => name.split(".")[0] ?? name;
  const loose = Object.entries(faults).filter(([name]) => !fields.includes(name) && !fields.includes(base(name)));
  return (
    <Faults.Provider value={faults}>
      <form
        ref={form} class="settings-form admin-form" noValidate data-testid={testId} onSubmit={(event) => {
          event.preventDefault();
          void run(save);
        }}
      >
        {children}
        {loose.map(([name, text]) => <p key={name} class="gate-problem" role="alert">{text}</p>)}
        <div class="dialog-actions admin-actions">
          {remove && <Sure label={remove.label} sure={remove.sure} run={() => run(remove.run)} />}
          {onCancel && <button type="button" class="button" onClick={onCancel}>{cancelLabel ?? words.common.cancel}</button>}
          <button type="submit" class="button primary" data-testid="save" aria-disabled={busy}>{busy ? words.common.saving : label ?? words.common.save}</button>
        </div>
      </form>
    </Faults.Provider>
  );
}

/** What was pressed to open a form may go as it comes, and the form goes when it is done: the focus stays near both. */
function useKeptFocus(form: RefObject<HTMLFormElement>): void {
  useEffect(() => {
    const lost = (): boolean => document.activeElement === null || document.activeElement === document.body;
    const row = form.current?.closest(".admin-row")?.querySelector<HTMLElement>(".admin-row-top");
    if (lost()) form.current?.querySelector<HTMLElement>("input:not(.sr), select, textarea")?.focus();
    return () => void setTimeout(() => lost() && (row?.isConnected ? row : document.querySelector<HTMLElement>("[data-testid=add]"))?.focus());
  }, []);
}

/** A button for what cannot be taken back: it asks once more in its own place. */
export function Sure({ label, sure, run, testId }: { label: string; sure: string; run(): Promise<void>; testId?: string }) {
  const words = useWords();
  const [asking, ask] = useState(false);
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) yes.current?.focus();
  }, [asking]);
  if (!asking) return <button type="button" class="button danger sure-button" data-testid={testId} onClick={() => ask(true)}>{label}</button>;
  return (
    <div class="sure-inline" role="group" aria-label={label}>
      <span>{sure}</span>
      <button ref={yes} type="button" class="button danger" data-testid="sure" onClick={() => void run().finally(() => ask(false))}>{label}</button>
      <button type="button" class="button" onClick={() => ask(false)}>{words.common.no}</button>
    </div>
  );
}

interface FieldProps {
  name: string;
  label: string;
  help?: ComponentChildren;
}

function useField({ name, help }: FieldProps): { id: string; told: JSX.HTMLAttributes; problem: string | undefined; note: ComponentChildren } {
  const id = useId();
  const faults = useContext(Faults);
  const problem = faults[name] ?? Object.entries(faults).find(([key]) => key.startsWith(`${name}.`))?.[1];
  const note = (problem || help) && (
    <p id={`${id}-note`} class="notes">
      {problem && <span class="problem" role="alert">{problem} </span>}
      {help && <span class="quiet">{help}</span>}
    </p>
  );
  return { id, problem, note, told: { "aria-invalid": problem ? true : undefined, "aria-describedby": note ? `${id}-note` : undefined } as JSX.HTMLAttributes };
}

interface TextProps extends FieldProps {
  value: string;
  onInput(value: string): void;
  type?: "text" | "email" | "password" | "number" | "date" | "url" | "time" | "datetime-local";
  rows?: number;
  autocomplete?: string;
  min?: number;
  max?: number;
  required?: boolean;
}

export function Text(props: TextProps) {
  const { name, label, value, onInput, type = "text", rows, autocomplete = "off", min, max, required } = props;
  const { id, told, note } = useField(props);
  const common = { id, name, value, ...told, "data-testid": `field-${name}`, "aria-required": required || undefined };
  return (
    <div class="field setting">
      <label for={id}>{label}</label>
      {rows
        ? <textarea {...(common as object)} rows={rows} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
        : <input {...(common as object)} type={type} min={min} max={max} autocomplete={autocomplete} spellcheck={type === "text"} value={value} onInput={(event) => onInput(event.currentTarget.value)} />}
      {note}
    </div>
  );
}

interface Option {
  value: string;
  label: string;
}

export function Pick(props: FieldProps & { value: string; onChange(value: string): void; options: Option[] }) {
  const { id, told, note } = useField(props);
  return (
    <div class="field setting">
      <label for={id}>{props.label}</label>
      <select {...(told as object)} id={id} value={props.value} data-testid={`field-${props.name}`} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.options.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
      </select>
      {note}
    </div>
  );
}

interface TicksProps extends FieldProps {
  chosen: string[];
  onChange(chosen: string[]): void;
  options: (Option & { disabled?: boolean })[];
  columns?: boolean;
}

/** Any number of several: check boxes under one heading. */
export function Ticks(props: TicksProps) {
  const { told, note } = useField(props);
  const flip = (value: string, on: boolean): void => props.onChange(on ? [...props.chosen, value] : props.chosen.filter((each) => each !== value));
  return (
    <fieldset class={`ticks ${props.columns ? "ticks-columns" : ""}`} aria-describedby={told["aria-describedby"]} data-testid={`field-${props.name}`}>
      <legend>{props.label}</legend>
      {note}
      <div class="ticks-all">
        {props.options.map((one) => (
          <label key={one.value} class="tick">
            <input
              type="checkbox" value={one.value} checked={props.chosen.includes(one.value)} disabled={one.disabled}
              onChange={(event) => flip(one.value, event.currentTarget.checked)}
            />
            <span>{one.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function Switch(props: FieldProps & { on: boolean; onChange(on: boolean): void }) {
  const { id, told, note } = useField(props);
  return (
    <div class="field setting">
      <label class="toggle setting-switch">
        <span>{props.label}</span>
        <input {...(told as object)} id={id} type="checkbox" role="switch" data-testid={`field-${props.name}`} checked={props.on} onChange={(event) => props.onChange(event.currentTarget.checked)} />
      </label>
      {note}
    </div>
  );
}

interface RowProps {
  title: ComponentChildren;
  more?: ComponentChildren;
  marks?: ComponentChildren;
  open: boolean;
  onToggle(): void;
  children?: ComponentChildren;
  testId?: string;
}

/** One thing of a list; pressed, it opens in its place. */
export function Row({ title, more, marks, open, onToggle, children, testId }: RowProps) {
  const id = useId();
  return (
    <li class="admin-row" data-testid={testId ?? "admin-row"}>
      <button type="button" class="admin-row-top" aria-expanded={open} aria-controls={open ? id : undefined} onClick={onToggle}>
        <Icon of={ChevronRight} size={14} />
        <span class="admin-row-words"><span class="admin-row-title">{title}</span>{more && <span class="quiet">{more}</span>}</span>
        <span class="admin-row-marks">{marks}</span>
      </button>
      {open && <div id={id} class="admin-row-body">{children}</div>}
    </li>
  );
}

export function Chip({ kind = "", children }: { kind?: "" | "done" | "late" | "going"; children: ComponentChildren }) {
  return <span class={`status ${kind ? `status-${kind}` : ""}`}>{children}</span>;
}

/** What is shown once and never again: to be copied, or written down. */
export function Secret({ label, text, lines, onDone }: { label: string; text: string; lines?: string[]; onDone(): void }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(text).catch(() => {});
    setCopied(true);
  };
  return (
    <div ref={box} class="secret" tabIndex={-1} role="region" aria-label={label} data-testid="secret">
      <p class="secret-label">{label}</p>
      {lines ? <ul class="secret-lines">{lines.map((each) => <li key={each}><code>{each}</code></li>)}</ul> : <code class="secret-text">{text}</code>}
      <p class="quiet">{words.common.once}</p>
      <div class="dialog-actions">
        {typeof navigator.clipboard !== "undefined" && (
          <button type="button" class="button" onClick={() => void copy()}><Icon of={copied ? Check : Copy} />{copied ? words.common.copied : words.common.copy}</button>
        )}
        <button type="button" class="button primary" data-testid="secret-done" onClick={onDone}>{words.common.kept}</button>
      </div>
    </div>
  );
}

export function Section({ title, lead, action, children }: { title: string; lead: ComponentChildren; action?: ComponentChildren; children: ComponentChildren }) {
  const id = useId();
  return (
    <section aria-labelledby={id} class="admin-section">
      <header class="admin-top"><h2 id={id}>{title}</h2>{action}</header>
      <p class="page-lead admin-lead">{lead}</p>
      {children}
    </section>
  );
}

export function Nothing({ title, text }: { title: string; text: string }) {
  return <div class="empty"><p class="empty-title">{title}</p><p>{text}</p></div>;
}
