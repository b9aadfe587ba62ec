// What the figures are held to, and changing it.

import { useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { Refused } from "../requests";
import { Dialog } from "../ui/dialogs";
import type { Targets } from "./types";
import { trouble } from "./watching";
import { useWords } from "./words";

type Name = Exclude<keyof Targets, "version">;

const FIELDS: { name: Name; label: "answered" | "seconds" | "contained" | "repeated" | "satisfaction"; least: number; most: number; step: number }[] = [
  { name: "answered_percent", label: "answered", least: 1, most: 100, step: 1 },
  { name: "answered_seconds", label: "seconds", least: 5, most: 86_400, step: 1 },
  { name: "contained_percent", label: "contained", least: 1, most: 100, step: 1 },
  { name: "repeated_percent", label: "repeated", least: 0, most: 100, step: 1 },
  { name: "satisfaction", label: "satisfaction", least: 1, most: 5, step: 0.1 },
];

export function Aims({ targets, onClose }: { targets: Targets; onClose(): void }) {
  const rest = useRest();
  const words = useWords();
  const [begun] = useState(targets);
  const [typed, type] = useState<Partial<Record<Name, string>>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const save = async (): Promise<void> => {
    const changed = Object.fromEntries(Object.entries(typed).map(([name, text]) => [name, Number(text.replace(",", "."))]));
    try {
      await rest.put("/desk/api/board/targets", { ...changed, version: begun.version });
      onClose();
    } catch (error) {
      setProblems(error instanceof Refused && Object.keys(error.fields).length > 0 ? error.fields : { "": trouble(error, words) });
    }
  };
  return (
    <Dialog title={words.aim.title} onClose={onClose}>
      <form
        noValidate data-testid="aims" onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {FIELDS.map(({ name, label, least, most, step }) => (
          <label key={name} class="field">
            <span>{words.aim[label]}</span>
            <input
              type="number" inputMode="decimal" min={least} max={most} step={step} data-testid={`aim-${name}`} aria-invalid={problems[name] ? true : undefined}
              aria-describedby={problems[name] ? `aim-${name}` : undefined} value={typed[name] ?? String(begun[name])}
              onInput={(event) => type({ ...typed, [name]: event.currentTarget.value })}
            />
            {problems[name] && <p id={`aim-${name}`} class="notes"><span class="problem">{problems[name]}</span></p>}
          </label>
        ))}
        {problems[""] && <p class="gate-problem" role="alert">{problems[""]}</p>}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>{words.aim.cancel}</button>
          <button type="submit" class="button primary" data-testid="save-aims">{words.aim.save}</button>
        </div>
      </form>
    </Dialog>
  );
}
