// Making one customer of two: who stays, which values are kept, what goes over; and taking it back at once.

import { ArrowLeftRight } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { Refused } from "../api";
import { Icon, Segments } from "../ui/bits";
import { useLanguage, useMay } from "../ui/hooks";
import { Pairs } from "./duplicates";
import { useUndo } from "./merges";
import { Nothing, Panel, useAsked, usePaged, useWords, Waiting } from "./parts";
import { listPath, Told, useRested, walked } from "./search";
import type { Difference, Glance, Pair, Preview, Side, Whole } from "./types";
import { dayName, fullName } from "./values";
import type { Words } from "./words.en";
import { hashOf } from "./where";

interface MergeProps {
  keptId: string;
  /** `choose`: nobody yet. */
  goneId: string;
}

export function MergePage({ keptId, goneId }: MergeProps) {
  const words = useWords();
  const may = useMay("customers.merge");
  const kept = useAsked<Whole>(may ? `/customers/${keptId}` : null);
  if (!may) return <div class="cust-body"><Nothing title={words.merge.noRights} /></div>;
  return (
    <div class="cust-body" data-testid="cust-merge-page">
      <h2 class="cust-title">{words.merge.title}</h2>
      <p class="page-lead">{words.merge.lead}</p>
      {!kept.value ? <Waiting asked={kept} /> : goneId === "choose" ? <Choose kept={kept.value} /> : <Compare kept={kept.value} goneId={goneId} onUndone={kept.reload} />}
    </div>
  );
}

/** Whom to merge with: those suggested first, anybody by name. */
function Choose({ kept }: { kept: Whole }) {
  const words = useWords();
  const [typed, type] = useState(fullName(kept));
  const rested = useRested(typed);
  const pairs = usePaged<Pair>(`/desk/api/duplicates?customer=${kept.id}`);
  const found = usePaged<Glance>(rested.trim().length > 1 ? listPath(rested) : null);
  const suggested = pairs.value?.flatMap((pair) => pair.customers.map(({ id }) => id)) ?? [];
  const others = found.value?.filter((one) => one.id !== kept.id && !suggested.includes(one.id)) ?? [];
  return (
    <>
      {pairs.value && pairs.value.length > 0 && <Panel title={words.card.duplicates(pairs.value.length)}><Pairs list={pairs.value} of={kept.id} /></Panel>}
      <Panel title={words.merge.choose} testId="cust-choose">
        <div onKeyDown={(event) => walked(event, event.currentTarget.querySelector("input"))}>
          <div class="cust-search">
            <input type="search" value={typed} aria-label={words.merge.chooseHint} placeholder={words.merge.chooseHint} maxLength={200} data-testid="cust-choose-field" onInput={(event) => type(event.currentTarget.value)} />
          </div>
          <ul class="cust-hits">
            {others.map((one) => <li key={one.id}><a class="cust-hit" data-testid="cust-hit" href={hashOf({ at: "merge", kept: kept.id, gone: one.id })}><Told one={one} /></a></li>)}
          </ul>
          {found.value && others.length === 0 && <p class="quiet" role="status">{words.search.nothing(rested.trim())}</p>}
        </div>
      </Panel>
    </>
  );
}

interface Made {
  id: string;
}

function Compare({ kept, goneId, onUndone }: { kept: Whole; goneId: string; onUndone(): void }) {
  const rest = useRest();
  const words = useWords();
  const language = useLanguage();
  const undo = useUndo();
  const gone = useAsked<Whole>(`/customers/${goneId}`);
  const [choices, choose] = useState<Record<string, Side>>({});
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const failed = (error: unknown): void => setProblem(error instanceof Refused && error.detail ? error.detail : words.failed);
  useEffect(() => {
    let alive = true;
    rest.post<Preview>(`/customers/${kept.id}/merge-preview`, { gone_id: goneId, choices })
      .then((told) => alive && setPreview(told)).catch((error: unknown) => alive && failed(error));
    return () => {
      alive = false;
    };
  }, [kept.id, goneId, language]);
  if (!gone.value) return <Waiting asked={gone} />;
  const other = gone.value;
  const merge = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem("");
    await rest.post<Made>(`/customers/${kept.id}/merge`, { gone_id: goneId, choices }, kept.version).then(setMade).catch(failed);
    setBusy(false);
  };
  const takeBack = async ({ id }: Made): Promise<void> => {
    if (!(await undo(id))) return;
    setMade(null);
    onUndone();
    gone.reload();
  };
  if (made) {
    const here = hashOf({ at: "customer", id: kept.id, part: "card" });
    return (
      <div class="cust-told" role="status" data-testid="cust-merge-done">
        <p>{words.merge.done(fullName(other) || words.search.nobody)}</p>
        <p class="cust-acts">
          <a class="button primary" href={here}>{fullName(kept) || words.search.nobody}</a>
          <button type="button" class="button" data-testid="cust-merge-undo" onClick={() => void takeBack(made)}>{words.merge.undo}</button>
        </p>
      </div>
    );
  }
  const wins = (one: Difference): Side => choices[one.name] ?? one.wins;
  return (
    <>
      <div class="cust-both">
        <OneSide title={words.merge.kept} one={kept} />
        <a class="button" href={hashOf({ at: "merge", kept: goneId, gone: kept.id })} data-testid="cust-swap"><Icon of={ArrowLeftRight} />{words.merge.swap}</a>
        <OneSide title={words.merge.gone} one={other} />
      </div>
      {problem && <p class="gate-problem" role="alert" data-testid="cust-merge-problem">{problem}</p>}
      {preview && (
        <>
          <Panel title={words.merge.differ} testId="cust-differ">
            {preview.fields.length === 0 ? <p class="quiet">{words.merge.same}</p> : preview.fields.map((one) => (
              <div key={one.name} class="cust-choice">
                <span class="quiet">{fieldName(one.name, words)}</span>
                <Segments
                  label={fieldName(one.name, words)} name={`keep-${one.name}`} testId={`keep-${one.name}`} value={wins(one)} onChange={(side) => choose({ ...choices, [one.name]: side })}
                  choices={(["kept", "gone"] as const).map((side) => ({ value: side, label: valueOf(one[side], one.name, words, language) }))}
                />
              </div>
            ))}
          </Panel>
          <Panel title={words.merge.moves} testId="cust-moves"><Moves preview={preview} /></Panel>
          <p class="cust-acts">
            <button type="button" class="button primary" aria-disabled={busy} data-testid="cust-merge-do" onClick={() => void merge()}>{busy ? words.merge.doing : words.merge.do}</button>
            <a class="button" href={hashOf({ at: "customer", id: kept.id, part: "card" })}>{words.cancel}</a>
          </p>
        </>
      )}
    </>
  );
}

function OneSide({ title, one }: { title: string; one: Whole }) {
  const words = useWords();
  const language = useLanguage();
  const ways = one.identities.filter(({ kind }) => kind === "email" || kind === "phone").map(({ value }) => value);
  const home = one.addresses[0];
  return (
    <section class="cust-both-one">
      <h3 class="quiet">{title}</h3>
      <p class="cust-both-name"><a class="link" href={hashOf({ at: "customer", id: one.id, part: "card" })} dir="auto">{fullName(one) || words.search.nobody}</a></p>
      {one.company && <p dir="auto">{one.company}</p>}
      {ways.map((way) => <p key={way} dir="auto">{way}</p>)}
      {home && <p dir="auto">{[home.line1, home.postcode, home.city].filter(Boolean).join(", ")}</p>}
      <p class="quiet">{words.card.since(dayName(one.created_at, language))}</p>
    </section>
  );
}

function Moves({ preview }: { preview: Preview }) {
  const words = useWords();
  const named = Object.entries(preview.moved).filter(([table, count]) => count > 0 && table in words.merge.tables);
  const rest = Object.entries(preview.moved).filter(([table, count]) => count > 0 && !(table in words.merge.tables)).reduce((sum, [, count]) => sum + count, 0);
  const talks = (preview.moved.conversations ?? 0) > 0;
  return (
    <>
      {named.length === 0 && rest === 0 && <p class="quiet">{words.merge.nothingMoves}</p>}
      <ul class="cust-moves">
        {named.map(([table, count]) => <li key={table}><strong>{count}</strong> {words.merge.tables[table]}</li>)}
        {rest > 0 && <li><strong>{rest}</strong> {words.merge.others}</li>}
      </ul>
      {talks && <p class="quiet">{words.merge.proof}</p>}
      {preview.conversations_left > 0 && <p class="cust-bad">{words.merge.left(preview.conversations_left)}</p>}
    </>
  );
}

export function fieldName(name: string, words: Words): string {
  const own = words.details as Record<string, string>;
  return own[name] ?? name.replace(/^attributes\./, "");
}

/** A value of either of the two, as it is chosen. */
export function valueOf(value: unknown, name: string, words: Words, language: "fr" | "en"): string {
  if (value === null || value === undefined || value === "") return words.merge.empty;
  if (typeof value === "boolean") return value ? words.consents.yes : words.consents.no;
  if (name === "language") return words.languages[value as "fr" | "en"] ?? String(value);
  if (name === "birth_date") return dayName(String(value), language);
  return String(value);
}
