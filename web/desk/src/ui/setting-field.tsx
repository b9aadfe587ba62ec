// One setting: its title, what it is for, and the control that suits its kind.

import { KeyRound } from "lucide-preact";
import { useId } from "preact/hooks";
import type { Field } from "../types";
import { Icon } from "./bits";
import { useText } from "./hooks";
import type { Value } from "./settings-form";

interface SettingFieldProps {
  field: Field;
  value: Value;
  onChange(value: Value): void;
  problem: string | undefined;
  /** A secret that the server holds. */
  isSet?: boolean;
  removed?: boolean;
  onRemove?(removed: boolean): void;
}

export function SettingField({ field, value, onChange, problem, isSet = false, removed = false, onRemove }: SettingFieldProps) {
  const t = useText();
  const id = useId();
  const named = (choice: unknown): string => field.labels[String(choice)] ?? String(choice);
  const usual = field.kind !== "switch" && !field.secret && field.default !== null && field.default !== "" && !Array.isArray(field.default);
  const notes = [
    field.help, field.kind === "list" && t.channels.oneALine, usual && field.kind !== "choice" && t.channels.byDefault(String(field.default)),
    field.secret && isSet && t.channels.secretHelp,
  ].filter(Boolean).join(" ");
  const common = {
    id, "data-testid": `setting-${field.name.trim()}`, "aria-invalid": problem ? true : undefined, "aria-describedby": `${id}-notes`,
    "aria-required": field.required && !isSet ? true : undefined,
  };
  if (field.kind === "switch") {
    return (
      <div class="field setting">
        <label class="toggle setting-switch">
          <span>{field.title}</span>
          <input {...common} type="checkbox" role="switch" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
        </label>
        <Notes id={id} notes={notes} problem={problem} />
      </div>
    );
  }
  const text = String(value);
  return (
    <div class="field setting">
      <label for={id}>{field.title}{field.required && !isSet && <span class="quiet"> ({t.channels.required})</span>}</label>
      {field.kind === "choice" && (
        <select {...common} value={text} onChange={(event) => onChange(event.currentTarget.value)}>
          {!field.required && <option value="">{t.channels.noChoice}{usual && ` (${named(field.default)})`}</option>}
          {field.choices.map((choice) => <option key={choice} value={choice}>{named(choice)}</option>)}
        </select>
      )}
      {field.kind === "list" && <textarea {...common} rows={3} value={text} spellcheck={false} onInput={(event) => onChange(event.currentTarget.value)} />}
      {(field.kind === "text" || field.kind === "number") && (
        <input
          {...common} value={text} type={field.secret ? "password" : "text"} inputMode={field.kind === "number" ? "decimal" : undefined}
          autocomplete={field.secret ? "new-password" : "off"} spellcheck={false} disabled={removed} onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {field.secret && isSet && (
        <p class="secret-set">
          <Icon of={KeyRound} size={14} /><span>{removed ? t.channels.secretGone : t.channels.secretSet}</span>
          {!field.required && (
            <button type="button" class="link" onClick={() => onRemove?.(!removed)}>{removed ? t.channels.secretKeep : t.channels.secretRemove}</button>
          )}
        </p>
      )}
      <Notes id={id} notes={notes} problem={problem} />
    </div>
  );
}

function Notes({ id, notes, problem }: { id: string; notes: string; problem: string | undefined }) {
  return (
    <p id={`${id}-notes`} class="notes">
      {problem && <span class="problem" role="alert">{problem} </span>}
      <span class="quiet">{notes}</span>
    </p>
  );
}
