// The rows behind a figure: which count and which do not, each with the way to its conversation.

import { Check, Download } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { Icon, Segments } from "../ui/bits";
import { Dialog } from "../ui/dialogs";
import { useLanguage, useMay } from "../ui/hooks";
import { query, type Asked } from "./asked";
import { Stars } from "./beside";
import { useWords, Wide } from "./parts";
import type { Figure, Row, Rows } from "./types";
import { moment, spanName, told } from "./values";

type Which = "all" | "counted" | "others";

interface BehindProps {
  asked: Asked;
  figure: Figure;
  onClose(): void;
}

export function Behind({ asked, figure, onClose }: BehindProps) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const [which, choose] = useState<Which>("all");
  const [found, setFound] = useState<Rows | null>(null);
  const [failed, fail] = useState(false);
  const load = async (before: string | null): Promise<void> => {
    try {
      const page = await rest.get<Rows>(`/desk/api/reports/rows?${query(asked, { figure: figure.key, which, before })}`);
      setFound((known) => (before && known ? { ...page, items: [...known.items, ...page.items] } : page));
    } catch {
      fail(true);
    }
  };
  useEffect(() => {
    setFound(null);
    fail(false);
    void load(null);
  }, [which, language]);
  return (
    <Dialog wide title={words.behind(figure.name)} onClose={onClose}>
      <div class="rep-behind-top">
        <span class="quiet">{spanName(asked.from, asked.to, language)}</span>
        {figure.fold === "share" && (
          <Segments
            label={words.whichLabel} name="rep-which" testId="rep-which" value={which} onChange={(to) => choose(to)}
            choices={(["all", "counted", "others"] as const).map((one) => ({ value: one, label: words.which[one] }))}
          />
        )}
        <a class="button" href={`/desk/api/reports/rows.csv?${query(asked, { figure: figure.key, which })}`} download><Icon of={Download} />{words.csv}</a>
      </div>
      {failed && <p role="alert">{words.failed}</p>}
      {!found && !failed && <p role="status" class="quiet">{words.loading}</p>}
      {found?.items.length === 0 && <p class="quiet">{words.noRows}</p>}
      {found && found.items.length > 0 && (
        <Wide label={words.behind(figure.name)}>
          <Listed rows={found} figure={figure} />
        </Wide>
      )}
      {found?.next && <button type="button" class="button" data-testid="rep-more" onClick={() => void load(found.next)}>{words.more}</button>}
    </Dialog>
  );
}

function Listed({ rows, figure }: { rows: Rows; figure: Figure }) {
  const words = useWords();
  const language = useLanguage();
  const has = (part: (row: Row) => unknown): boolean => rows.items.some((row) => part(row) !== null && part(row) !== "");
  const named = has((row) => row.conversation ?? row.name ?? row.number);
  return (
    <table class="rep-table" data-testid="rep-rows">
      <caption class="sr">{words.behind(figure.name)}</caption>
      <thead>
        <tr>
          <th scope="col">{words.columns.at}</th>
          {named && <th scope="col">{words.columns.who}</th>}
          {rows.unit && <th scope="col" class="rep-number">{words.columns.value}</th>}
          {rows.dims.map((dim) => <th key={dim.key} scope="col">{dim.name}</th>)}
          {has((row) => row.note) && <th scope="col">{words.columns.note}</th>}
          {has((row) => row.words) && <th scope="col">{words.columns.words}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.items.map((row) => (
          <tr key={row.id}>
            <th scope="row" class="rep-when">
              {moment(row.at, language)}
              {figure.fold === "share" && row.counted && <span class="rep-counted" title={words.counted}><Icon of={Check} size={14} /><span class="sr">{words.counted}</span></span>}
            </th>
            {named && <td><Whose row={row} /></td>}
            {rows.unit && <td class="rep-number">{told(row.value, rows.unit, language)}</td>}
            {rows.dims.map((dim) => <td key={dim.key}>{row.dims[dim.key]}</td>)}
            {has((each) => each.note) && <td>{row.note}</td>}
            {has((each) => each.words) && <td class="rep-words">{row.score !== null && figure.unit !== "number" && <Stars score={row.score} />}{row.words}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Whose({ row }: { row: Row }) {
  const words = useWords();
  const opens = useMay("conversations.read");
  const name = row.name ?? row.number ?? words.nobody;
  if (row.conversation && opens) return <a class="link" href={`#/closed/${row.conversation}`}>{name}</a>;
  return <>{row.conversation || row.case ? name : words.gone}</>;
}
