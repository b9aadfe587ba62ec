// The fields that a template asks for, each as its kind wants.

import { useLanguage } from "../ui/hooks";
import { named } from "./choosing";
import { Line, Pick, useWords } from "./parts";
import type { TemplateField, Value } from "./types";

interface TemplateFieldsProps {
  fields: TemplateField[];
  values: Record<string, Value>;
  onChange(values: Record<string, Value>): void;
  problems?: Record<string, string>;
}

export function TemplateFields({ fields, values, onChange, problems = {} }: TemplateFieldsProps) {
  const words = useWords();
  const language = useLanguage();
  return (
    <>
      {fields.map(({ key, names, kind, required, choices }) => {
        const label = `${named(names, language, key)}${required ? "\u00a0*" : ""}`;
        const value = values[key] ?? null;
        const set = (given: Value): void => {
          const { [key]: _, ...others } = values;
          onChange(given === null || given === "" ? others : { ...others, [key]: given });
        };
        const problem = problems[`fields.${key}`];
        if (kind === "boolean") {
          return (
            <Pick
              key={key} label={label} value={value === null ? "" : String(value)} none="–" choices={[{ value: "true", label: words.yes }, { value: "false", label: words.no }]} problem={problem}
              testId={`detail-${key}`} onChange={(given) => set(given === "" ? null : given === "true")}
            />
          );
        }
        if (kind === "choice") {
          return <Pick key={key} label={label} value={String(value ?? "")} none="–" choices={choices.map((one) => ({ value: one, label: one }))} problem={problem} testId={`detail-${key}`} onChange={set} />;
        }
        return (
          <Line
            key={key} label={label} value={value === null ? "" : String(value)} type={kind} most={2000} required={required} problem={problem} testId={`detail-${key}`}
            onInput={(given) => set(kind === "number" && given !== "" ? Number(given) : given)}
          />
        );
      })}
    </>
  );
}
