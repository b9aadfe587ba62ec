// What is asked for: the period, what narrows it, the time of the service level.

import { SlidersHorizontal, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { DIMENSIONS, PRESETS, spanOf, today, WITHINS, type Asked, type Preset } from "./asked";
import { useWords } from "./parts";
import type { Report, Step } from "./types";
import { lasting } from "./values";

interface FiltersProps {
  asked: Asked;
  report: Report | null;
  onChange(change: Partial<Asked>): void;
}

export function Filters({ asked, report, onChange }: FiltersProps) {
  const words = useWords();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  const set = Object.values(asked.filters).filter(Boolean).length;
  const period = (to: string): void => {
    if (to === "custom") return onChange({ preset: null });
    const [from, last] = spanOf(to as Preset, today(new Date(), report?.period.zone));
    return onChange({ preset: to as Preset, from, to: last });
  };
  return (
    <form class="rep-filters" data-open={open} onSubmit={(event) => event.preventDefault()}>
      <label class="rep-field">
        <span>{words.period}</span>
        <select data-testid="rep-period" value={asked.preset ?? "custom"} onChange={(event) => period(event.currentTarget.value)}>
          {PRESETS.map((one) => <option key={one} value={one}>{words.presets[one]}</option>)}
          <option value="custom">{words.custom}</option>
        </select>
      </label>
      {asked.preset === null && (["from", "to"] as const).map((name) => (
        <label key={name} class="rep-field">
          <span>{words[name]}</span>
          <input
            type="date" data-testid={`rep-${name}`} value={asked[name]} max="2099-12-31" min="2000-01-01"
            onChange={(event) => {
              const day = event.currentTarget.value;
              if (!day) return;
              const both = { from: asked.from, to: asked.to, [name]: day };
              onChange(both.from <= both.to ? both : { from: day, to: day });
            }}
          />
        </label>
      ))}
      <button type="button" class="button rep-more-filters" aria-expanded={open} onClick={() => setOpen(!open)}><Icon of={SlidersHorizontal} />{words.filters(set)}</button>
      <div class="rep-narrow">
        {DIMENSIONS.map((name) => (
          <label key={name} class="rep-field">
            <span>{words.dims[name]}</span>
            <select
              data-testid={`rep-filter-${name}`} value={asked.filters[name] ?? ""}
              onChange={(event) => onChange({ filters: { ...asked.filters, [name]: event.currentTarget.value } })}
            >
              <option value="">{words.all[name]}</option>
              {choices(asked, report, name).map((one) => <option key={one.key} value={one.key}>{one.name}</option>)}
            </select>
          </label>
        ))}
        <label class="rep-field">
          <span>{words.within}</span>
          <select value={String(asked.within)} onChange={(event) => onChange({ within: Number(event.currentTarget.value) })}>
            {[...new Set([...WITHINS, asked.within])].sort((a, b) => a - b).map((one) => <option key={one} value={String(one)}>{lasting(one, language)}</option>)}
          </select>
        </label>
        <label class="rep-field">
          <span>{words.step}</span>
          <select value={asked.step ?? report?.step ?? "day"} onChange={(event) => onChange({ step: event.currentTarget.value as Step })}>
            {(["day", "week", "month"] as const).map((one) => <option key={one} value={one}>{words.steps[one]}</option>)}
          </select>
        </label>
        {set > 0 && <button type="button" class="button" data-testid="rep-reset" onClick={() => onChange({ filters: {} })}><Icon of={X} />{words.reset}</button>}
      </div>
    </form>
  );
}

/** What can be chosen, with what is chosen already although the period has none of it. */
function choices(asked: Asked, report: Report | null, name: (typeof DIMENSIONS)[number]) {
  const known = report?.choices[name] ?? [];
  const chosen = asked.filters[name];
  if (!chosen || known.some((one) => one.key === chosen)) return known;
  return [...known, { key: chosen, name: chosen === "-" ? "–" : chosen }];
}
