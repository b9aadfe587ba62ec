// The categories that articles stand in: made, named in both languages, put in order, emptied and taken away.

import { ArrowDown, ArrowUp, PenLine, Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Form, Pick, Sure, Text } from "../admin/parts";
import { Refused } from "../api";
import { useRest } from "../admin/rest";
import type { Language } from "../types";
import { Icon, IconButton } from "../ui/bits";
import { useDesk, useLanguage } from "../ui/hooks";
import { useRights, useWords, Waiting, type Asked } from "./parts";
import { Nothing } from "./shelf";
import type { Category } from "./types";
import { slugOf } from "./working";

const STEP = 10;

export interface Standing {
  category: Category;
  depth: number;
  /** Those beside it, in their order. */
  among: Category[];
  inside: number;
}

/** The categories as a tree is read: each before those that stand in it. */
export function tree(categories: readonly Category[], parent: string | null = null, depth = 0): Standing[] {
  const among = categories.filter((each) => each.parent_id === parent).sort((a, b) => a.position - b.position || (a.key < b.key ? -1 : 1));
  return among.flatMap((category) => {
    const below = tree(categories, category.id, depth + 1);
    return [{ category, depth, among, inside: below.length }, ...below];
  });
}

/** The places that change when one of `among` goes a step up or down. */
export function moved(among: readonly Category[], id: string, by: -1 | 1): { category: Category; position: number }[] {
  const order = [...among];
  const at = order.findIndex((each) => each.id === id);
  const [taken] = order.splice(at, 1);
  if (taken) order.splice(at + by, 0, taken);
  return order.map((category, place) => ({ category, position: (place + 1) * STEP })).filter(({ category, position }) => category.position !== position);
}

export function Categories({ asked }: { asked: Asked<Category[]> }) {
  const words = useWords();
  const rights = useRights();
  const [open, setOpen] = useState<string | null>(null);
  if (!asked.value) return <Waiting asked={asked} />;
  const rows = tree(asked.value);
  const done = async (): Promise<void> => {
    await asked.reload();
    setOpen(null);
  };
  return (
    <section aria-label={words.shelves.title}>
      <p class="kn-lead quiet">{words.shelves.lead}</p>
      {rights.writes && open !== "new" && <button type="button" class="button primary" data-testid="add" onClick={() => setOpen("new")}><Icon of={Plus} />{words.shelves.add}</button>}
      {open === "new" && <div class="kn-narrow"><Naming category={null} all={asked.value} onDone={done} onCancel={() => setOpen(null)} /></div>}
      {rows.length === 0 && open !== "new" && <Nothing title={words.shelves.none} text={words.shelves.noneText} />}
      <ul class="kn-list" data-testid="kn-categories">
        {rows.map((row) => (
          <Row key={row.category.id} row={row} all={asked.value ?? []} open={open === row.category.id} onToggle={() => setOpen(open === row.category.id ? null : row.category.id)} onDone={done} onChange={asked.reload} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  row: Standing;
  all: Category[];
  open: boolean;
  onToggle(): void;
  onDone(): Promise<void>;
  onChange(): Promise<void>;
}

function Row({ row, all, open, onToggle, onDone, onChange }: RowProps) {
  const words = useWords();
  const rest = useRest();
  const own = useLanguage();
  const rights = useRights();
  const run = useTold();
  const { category, depth, among } = row;
  const name = category.names[own] ?? category.key;
  const at = among.indexOf(category);
  const [busy, setBusy] = useState(false);
  const swap = async (by: -1 | 1): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await run(async () => {
      for (const each of moved(among, category.id, by)) {
        await rest.patch<Category>(`/article-categories/${each.category.id}`, { position: each.position }, each.category.version);
      }
    }, onChange);
    setBusy(false);
  };
  return (
    <li class="kn-category" style={{ "--kn-depth": depth }} data-testid="kn-category-row">
      <div class="kn-category-top">
        <span class="kn-category-name"><strong>{name}</strong> <span class="quiet"><span lang={other(own)}>{category.names[other(own)]}</span> · {words.shelves.articles(category.articles)}</span></span>
        {rights.writes && (
          <span class="kn-category-acts">
            {at > 0 ? <IconButton icon={ArrowUp} label={words.shelves.up(name)} testId="kn-up" onClick={() => void swap(-1)} /> : <span class="kn-no-button" />}
            {at < among.length - 1 ? <IconButton icon={ArrowDown} label={words.shelves.down(name)} testId="kn-down" onClick={() => void swap(1)} /> : <span class="kn-no-button" />}
            <button type="button" class="button" aria-expanded={open} data-testid="kn-category-edit" onClick={onToggle}><Icon of={PenLine} />{words.edit}<span class="sr"> {name}</span></button>
          </span>
        )}
      </div>
      {open && (
        <div class="kn-narrow kn-category-open">
          <Naming category={category} all={all} onDone={onDone} onCancel={onToggle} />
          {category.articles > 0 && <Emptying category={category} all={all} onDone={onDone} />}
          <Removal row={row} onDone={onDone} />
        </div>
      )}
    </li>
  );
}

const other = (language: Language): Language => (language === "fr" ? "en" : "fr");

/** Does something, says why where it is refused, and looks again either way: somebody else may have been quicker. */
function useTold(): (work: () => Promise<void>, after: () => Promise<void>) => Promise<void> {
  const desk = useDesk();
  const words = useWords();
  return async (work, after) => {
    try {
      await work();
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : words.failed });
    }
    await after();
  };
}

interface NamingProps {
  category: Category | null;
  all: Category[];
  onDone(): Promise<void>;
  onCancel(): void;
}

function Naming({ category, all, onDone, onCancel }: NamingProps) {
  const words = useWords();
  const rest = useRest();
  const own = useLanguage();
  const [names, setNames] = useState({ fr: category?.names.fr ?? "", en: category?.names.en ?? "" });
  const [key, setKey] = useState<string | null>(null);
  const [parent, setParent] = useState(category?.parent_id ?? "");
  const below = new Set(category ? [category.id, ...tree(all, category.id).map((each) => each.category.id)] : []);
  const parents = tree(all).filter((each) => !below.has(each.category.id));
  const save = async (): Promise<void> => {
    const given = { names, parent_id: parent || null };
    const last = Math.max(0, ...all.filter((each) => each.parent_id === given.parent_id).map((each) => each.position));
    if (category) await rest.patch<Category>(`/article-categories/${category.id}`, given, category.version);
    else await rest.post<Category>("/article-categories", { ...given, key: key ?? slugOf(names.en), position: last + STEP });
    await onDone();
  };
  return (
    <Form save={save} onCancel={onCancel} testId="kn-category-form" fields={["names.fr", "names.en", "key", "parent_id"]}>
      {([own, other(own)] as const).map((each) => (
        <Text key={each} name={`names.${each}`} label={words.shelves.names[each]} value={names[each]} onInput={(to) => setNames((known) => ({ ...known, [each]: to }))} required />
      ))}
      {!category && <Text name="key" label={words.shelves.key} help={words.shelves.keyHelp} value={key ?? slugOf(names.en)} onInput={setKey} required />}
      <Pick
        name="parent_id" label={words.shelves.parent} value={parent} onChange={setParent}
        options={[{ value: "", label: words.shelves.top }, ...parents.map((each) => ({ value: each.category.id, label: `${"– ".repeat(each.depth)}${each.category.names[own] ?? each.category.key}` }))]}
      />
    </Form>
  );
}

function Emptying({ category, all, onDone }: { category: Category; all: Category[]; onDone(): Promise<void> }) {
  const words = useWords();
  const rest = useRest();
  const desk = useDesk();
  const own = useLanguage();
  const others = tree(all).map((each) => each.category).filter((each) => each.id !== category.id);
  const [to, setTo] = useState(others[0]?.key ?? "");
  if (others.length === 0) return null;
  const save = async (): Promise<void> => {
    const { articles } = await rest.post<{ articles: number }>(`/article-categories/${category.id}/move-articles`, { to });
    desk.store.dispatch({ do: "notice", text: words.shelves.moved(articles) });
    await onDone();
  };
  return (
    <details class="kn-filing" data-testid="kn-emptying">
      <summary>{words.shelves.move}</summary>
      <Form save={save} label={words.shelves.moveNow(category.articles)} fields={["to"]}>
        <Pick name="to" label={words.shelves.moveTo} value={to} onChange={setTo} options={others.map((each) => ({ value: each.key, label: each.names[own] ?? each.key }))} />
      </Form>
    </details>
  );
}

function Removal({ row, onDone }: { row: Standing; onDone(): Promise<void> }) {
  const words = useWords();
  const rest = useRest();
  const run = useTold();
  const { category, inside } = row;
  if (category.articles + inside > 0) return <p class="quiet kn-note">{words.shelves.notEmpty}</p>;
  return <Sure label={words.shelves.remove} sure={words.shelves.removeSure} testId="kn-category-remove" run={() => run(() => rest.remove(`/article-categories/${category.id}`, category.version), onDone)} />;
}
