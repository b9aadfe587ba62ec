// The figures of each team, agent, channel, topic or language, side by side.

import { Download } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { Icon, Segments } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { DIMENSIONS, query, type Asked } from "./asked";
import { Panel, useWords, Wide } from "./parts";
import type { Dimension, Divided, Figure } from "./types";
import { told } from "./values";

const SHOWN = [
  "contacts", "handed_over", "containment", "first_response", "wait", "service_level", "handling", "first_contact_resolution",
  "durable_resolution", "repeat_yourself", "satisfaction", "score", "cases", "promises_kept",
];

interface SideBySideProps {
  asked: Asked;
  figures: Figure[];
  onBy(by: Dimension): void;
  onOnly(by: Dimension, key: string): void;
}

export function SideBySide({ asked, figures, onBy, onOnly }: SideBySideProps) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const [found, setFound] = useState<Divided | null>(null);
  const at = query(asked, { by: asked.by });
  useEffect(() => {
    let alive = true;
    rest.get<Divided>(`/desk/api/reports/divided?${at}`).then((answer) => alive && setFound(answer)).catch(() => {});
    return () => {
      alive = false;
    };
  }, [at, language]);
  const known = SHOWN.filter((key) => found?.figures.includes(key)).flatMap((key) => figures.find((one) => one.key === key) ?? []);
  const most = (key: string): number => Math.max(1e-9, ...(found?.parts ?? []).map((part) => part.values[key] ?? 0));
  return (
    <Panel
      title={words.divided} testId="rep-divided"
      action={<a class="button" href={`/desk/api/reports/table.csv?${at}`} download><Icon of={Download} />{words.csv}</a>}
    >
      <div class="rep-by">
        <Segments
          label={words.dividedBy} name="rep-by" testId="rep-by" value={asked.by} onChange={onBy}
          choices={DIMENSIONS.map((one) => ({ value: one, label: words.dims[one] }))}
        />
      </div>
      {found && found.by === asked.by && (
        <Wide label={words.divided}>
          <table class="rep-table" data-testid="rep-divided-table">
            <caption class="sr">{`${words.divided}, ${words.dims[asked.by]}`}</caption>
            <thead><tr><th scope="col">{found.name}</th>{known.map((one) => <th key={one.key} scope="col" class="rep-number">{one.name}</th>)}</tr></thead>
            <tbody>
              {found.parts.map((part) => (
                <tr key={part.key ?? "-"}>
                  <th scope="row">
                    <button type="button" class="link" aria-label={words.only(part.name)} onClick={() => onOnly(asked.by, part.key ?? "-")}>{part.name}</button>
                  </th>
                  {known.map((one) => {
                    const value = part.values[one.key] ?? null;
                    const whole = one.unit === "share" ? 1 : most(one.key);
                    return (
                      <td key={one.key} class="rep-number">
                        {told(value, one.unit, language)}
                        <i class="rep-under" aria-hidden="true"><i style={{ width: `${Math.min(100, (100 * (value ?? 0)) / whole)}%` }} /></i>
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </Panel>
  );
}
