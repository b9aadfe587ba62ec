// What can be done with the chosen conversations, and what came of it.

import { AlarmClock, CircleCheck, Hand, Tags, UserRoundPlus, X } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { Refused } from "../api";
import { TagPicker } from "../tags/picker";
import type { Summary } from "../types";
import { MOST_AT_ONCE, type BulkAnswer, type BulkWork } from "../types.sorting";
import { Icon, IconButton } from "../ui/bits";
import { useDesk, useLanguage, useSelect } from "../ui/hooks";
import { AssignDialog, CloseDialog, SnoozeDialog } from "./asking";
import { selection, useSelection, type Chosen } from "./selection";
import { words } from "./words";

type Asking = "assign" | "tag" | "snooze" | "close";
/** Refusals that are named; the others are counted. */
const NAMED = 5;

export function BulkBar({ items }: { items: Summary[] }) {
  const w = words[useLanguage()];
  const { all } = useSelection();
  const { run, busy, came, dismiss } = useWork();
  const [asking, setAsking] = useState<Asking | null>(null);
  const { chooseAll, whole } = useWholeView();
  useEffect(() => selection.refresh(items), [items]);
  const none = all.size === 0;
  const ask = (what: Asking) => () => !none && !busy && setAsking(what);
  const act = async (work: BulkWork): Promise<void> => {
    setAsking(null);
    await run(work);
  };
  const buttons = [
    ["take", Hand, () => !none && void run({ do: "take" })], ["assign", UserRoundPlus, ask("assign")], ["tag", Tags, ask("tag")],
    ["snooze", AlarmClock, ask("snooze")], ["close", CircleCheck, ask("close")],
  ] as const;
  return (
    <section class="bulk-bar" aria-label={w.label} data-testid="bulk-bar">
      <p class="bulk-top">
        <strong role="status" data-testid="bulk-count">{busy ? w.working : none ? w.none : w.chosen(all.size)}</strong>
        <IconButton icon={X} label={w.clear} hint="Esc" onClick={() => selection.clear()} />
      </p>
      <div class="bulk-acts">
        {buttons.map(([name, icon, go]) => (
          <button key={name} type="button" class="button" aria-disabled={none || busy} data-testid={`bulk-${name}`} onClick={go}><Icon of={icon} /><span>{w[name]}</span></button>
        ))}
        <button type="button" class="link" aria-disabled={busy} data-testid="bulk-all" onClick={() => void chooseAll()}>{whole ? w.allMost(MOST_AT_ONCE) : w.all}</button>
      </div>
      {came && <Came came={came} onDismiss={dismiss} />}
      {asking === "assign" && <AssignDialog onGo={act} onClose={() => setAsking(null)} />}
      {asking === "snooze" && <SnoozeDialog onGo={act} onClose={() => setAsking(null)} />}
      {asking === "close" && <CloseDialog count={all.size} onGo={act} onClose={() => setAsking(null)} />}
      {asking === "tag" && <TagPicker title={w.addTag} chosen={[]} onChoose={(tag) => act({ do: "tag", add: [tag.id] })} onClose={() => setAsking(null)} />}
    </section>
  );
}

interface Result {
  work: BulkWork["do"];
  answer: BulkAnswer | null;
  /** What the server said of the whole, where it did nothing. */
  trouble: string;
  names: ReadonlyMap<string, Chosen>;
}

function useWork() {
  const desk = useDesk();
  const [busy, setBusy] = useState(false);
  const [came, setCame] = useState<Result | null>(null);
  const run = async (work: BulkWork): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const names = selection.all;
    const chosen = [...names].slice(0, MOST_AT_ONCE).map(([id, { version, seen }]) => ({ id, version, seen }));
    try {
      const answer = await desk.api.bulk(chosen, work);
      // What came of it stays to be read when nothing is chosen any more.
      selection.show(true);
      // What was left undone stays chosen; a tag is often followed by another.
      if (work.do !== "tag") selection.keep(answer.left.map(({ id }) => id));
      setCame({ work: work.do, answer, trouble: "", names });
      await desk.reading.reload();
      if (answer.left.length > 0) selection.reread(desk.store.state.list.items);
    } catch (error) {
      setCame({ work: work.do, answer: null, trouble: error instanceof Refused ? error.detail : "", names });
    }
    setBusy(false);
  };
  return { run, busy, came, dismiss: () => setCame(null) };
}

/** Everything that the view holds, as far as it may be worked on at once. */
function useWholeView() {
  const desk = useDesk();
  const view = useSelect((state) => state.view);
  const query = useSelect((state) => state.query);
  const criteria = useSelect((state) => state.criteria);
  const [whole, setWhole] = useState(false);
  const chooseAll = async (): Promise<void> => {
    try {
      const { items, next } = await desk.api.list({ view, q: query, criteria, limit: MOST_AT_ONCE });
      selection.add(items.filter(({ id }) => selection.has(id) || selection.all.size < MOST_AT_ONCE).slice(0, MOST_AT_ONCE));
      setWhole(next !== null);
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : "" });
    }
  };
  return { chooseAll, whole };
}

function Came({ came: { work, answer, trouble, names }, onDismiss }: { came: Result; onDismiss(): void }) {
  const w = words[useLanguage()];
  const left = answer?.left ?? [];
  return (
    <div class="bulk-came" role="status" data-testid="bulk-came">
      <p>{answer ? w.done[work](answer.done.length) : trouble || w.failed}</p>
      {left.length > 0 && (
        <>
          <p>{w.left(left.length)}</p>
          <ul class="bulk-left">
            {left.slice(0, NAMED).map(({ id, why }) => <li key={id}><bdi>{names.get(id)?.name ?? ""}</bdi> <span class="quiet">{why}</span></li>)}
            {left.length > NAMED && <li class="quiet">{w.others(left.length - NAMED)}</li>}
          </ul>
        </>
      )}
      <button type="button" class="link" onClick={onDismiss}>{w.dismiss}</button>
    </div>
  );
}
