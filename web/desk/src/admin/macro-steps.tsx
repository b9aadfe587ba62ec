// The steps of a macro, as they are written: what is done, and what that needs.

import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-preact";
import type { ComponentChildren } from "preact";
import type { Choice, MacroChoices, SnoozeFor, Step, StepKind } from "../types.sorting";
import type { Language } from "../types";
import { Icon, IconButton } from "../ui/bits";
import { Pick, Text } from "./parts";
import { useWords } from "./words";

const MOST = 12;
const FRESH: Record<StepKind, Step> = {
  insert: { do: "insert", texts: {} }, send: { do: "send", texts: {} }, add_tag: { do: "add_tag" }, remove_tag: { do: "remove_tag" }, set_language: { do: "set_language", language: "fr" },
  open_case: { do: "open_case" }, change_case: { do: "change_case" }, assign: { do: "assign" }, snooze: { do: "snooze", until: "tomorrow" }, close: { do: "close" },
};

interface StepsProps {
  steps: Step[];
  choices: MacroChoices;
  onChange(steps: Step[]): void;
}

export function Steps({ steps, choices, onChange }: StepsProps) {
  const { macros: words } = useWords();
  const put = (index: number, step: Step): void => onChange(steps.map((each, n) => (n === index ? step : each)));
  const swap = (index: number, by: 1 | -1): void => {
    const next = [...steps];
    const [one, other] = [steps[index], steps[index + by]];
    if (!one || !other) return;
    [next[index], next[index + by]] = [other, one];
    onChange(next);
  };
  return (
    <fieldset class="ticks">
      <legend>{words.steps}</legend>
      <p class="quiet">{words.atMost}</p>
      <ol class="macros-steps">
        {steps.map((step, index) => (
          <li key={index} class="macros-step" data-testid="macro-step">
            <p class="macros-step-top">
              <strong>{words.step(index + 1)}</strong>
              {index > 0 && <IconButton icon={ArrowUp} label={words.up} onClick={() => swap(index, -1)} />}
              {index < steps.length - 1 && <IconButton icon={ArrowDown} label={words.down} onClick={() => swap(index, 1)} />}
              {steps.length > 1 && <IconButton icon={Trash2} label={words.removeStep} onClick={() => onChange(steps.filter((_, n) => n !== index))} />}
            </p>
            <Pick
              name={`steps.${index}.do`} label={words.step(index + 1)} value={step.do} onChange={(kind) => put(index, FRESH[kind as StepKind])}
              options={(Object.keys(FRESH) as StepKind[]).map((kind) => ({ value: kind, label: words.kinds[kind] }))}
            />
            <What step={step} at={`steps.${index}`} choices={choices} onChange={(changed) => put(index, changed)} />
          </li>
        ))}
      </ol>
      {steps.length < MOST && <button type="button" class="button" data-testid="add-step" onClick={() => onChange([...steps, FRESH.add_tag])}><Icon of={Plus} />{words.addStep}</button>}
    </fieldset>
  );
}

interface WhatProps {
  step: Step;
  at: string;
  choices: MacroChoices;
  onChange(step: Step): void;
}

function What({ step, at, choices, onChange }: WhatProps) {
  const { macros: words } = useWords();
  const one = (field: keyof Step, label: string, from: Choice[], none = words.choose): ComponentChildren => (
    <Pick
      name={`${at}.${field}`} label={label} value={String(step[field] ?? "")} options={[{ value: "", label: none }, ...from.map(({ key, name }) => ({ value: key, label: name }))]}
      onChange={(value) => onChange({ ...step, [field]: value || undefined })}
    />
  );
  switch (step.do) {
    case "insert":
    case "send":
      return <Words step={step} at={at} choices={choices} onChange={onChange} />;
    case "add_tag":
    case "remove_tag":
      return <>{one("tag", words.tag, choices.tags.map(({ id, name }) => ({ key: id, name })))}</>;
    case "set_language":
      return <Pick name={`${at}.language`} label={words.language} value={step.language ?? "fr"} onChange={(value) => onChange({ ...step, language: value as Language })} options={[{ value: "fr", label: words.fr }, { value: "en", label: words.en }]} />;
    case "open_case":
      return <div class="two">{one("type", words.type, choices.types)}{one("urgency", words.urgency, Object.entries(words.urgencies).map(([key, name]) => ({ key, name })), words.asUsual)}</div>;
    case "change_case":
      return (
        <>
          <div class="two">{one("status", words.status, choices.statuses)}{one("resolution", words.resolution, choices.resolutions, words.nothing)}</div>
          <Text name={`${at}.reason`} label={words.reason} value={step.reason ?? ""} onInput={(reason) => onChange(without({ ...step, reason }))} />
          <Text name={`${at}.summary`} label={words.summary} rows={2} value={step.summary ?? ""} onInput={(summary) => onChange(without({ ...step, summary }))} />
        </>
      );
    case "assign":
      return <To step={step} at={at} choices={choices} onChange={onChange} />;
    case "snooze":
      return <Pick name={`${at}.until`} label={words.until} value={step.until ?? "tomorrow"} onChange={(value) => onChange({ ...step, until: value as SnoozeFor })} options={Object.entries(words.untils).map(([value, label]) => ({ value, label }))} />;
    default:
      return null;
  }
}

/** Without the fields that say nothing. */
function without(step: Step): Step {
  return Object.fromEntries(Object.entries(step).filter(([, value]) => value !== "" && value !== undefined)) as unknown as Step;
}

function To({ step, at, choices, onChange }: WhatProps) {
  const { macros: words } = useWords();
  const value = step.team ? `team:${step.team}` : step.agent ? `agent:${step.agent}` : "";
  const options = [
    { value: "", label: words.choose }, ...choices.teams.map(({ key, name }) => ({ value: `team:${key}`, label: `${words.team} · ${name}` })),
    ...choices.agents.map(({ key, name }) => ({ value: `agent:${key}`, label: `${words.colleague} · ${name}` })),
  ];
  const choose = (chosen: string): void => {
    const key = chosen.slice(chosen.indexOf(":") + 1);
    onChange(chosen.startsWith("team:") ? { do: "assign", team: key } : chosen ? { do: "assign", agent: key } : { do: "assign" });
  };
  return <Pick name={`${at}.team`} label={words.to} value={value} onChange={choose} options={options} />;
}

function Words({ step, at, choices, onChange }: WhatProps) {
  const { macros: words } = useWords();
  const texts = step.texts ?? {};
  const write = (language: Language, text: string): void => {
    const { [language]: _, ...others } = texts;
    onChange({ do: step.do, texts: text ? { ...others, [language]: text } : others });
  };
  return (
    <>
      {choices.replies.length > 0 && (
        <Pick
          name={`${at}.canned`} label={words.words} value={step.canned ?? ""} options={[{ value: "", label: words.own_words }, ...choices.replies.map(({ key, name }) => ({ value: key, label: `${name} /${key}` }))]}
          onChange={(canned) => onChange(canned ? { do: step.do, canned } : { do: step.do, texts: {} })}
        />
      )}
      {step.canned === undefined && (["fr", "en"] as const).map((language) => (
        <div key={language} lang={language}>
          <Text name={`${at}.texts.${language}`} label={language === "fr" ? words.french : words.english} rows={3} value={texts[language] ?? ""} onInput={(text) => write(language, text)} />
          <details class="places">
            <summary>{words.places}</summary>
            <p>{choices.placeholders.map(({ key, name }) => <button key={key} type="button" class="status place-chip" title={`{${key}}`} onClick={() => write(language, `${texts[language] ?? ""}{${key}}`)}>{name}</button>)}</p>
          </details>
        </div>
      ))}
    </>
  );
}
