// Cases on a board: a column for each status, and cards that are carried from one to another by pointer or by keys.

import { MoveHorizontal } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { IconButton } from "../ui/bits";
import { useCommand } from "../ui/commands";
import { useLanguage, useMay, useSelect } from "../ui/hooks";
import { caseHash, query, type Asked } from "./asked";
import { asks, barred, beside, neighbour, placed } from "./carry";
import { useCarrying } from "./carrying";
import { nameOf } from "./choosing";
import { WRITES } from "./command";
import { Done, Waiting } from "./list";
import { move, MoveDialog, notMoved } from "./move";
import { Failed } from "./page";
import { ClockMark, PriorityMark, Status, useWords } from "./parts";
import type { Column, Columns, Listed, Row, Settings, Step } from "./types";
import { timed, useCaseNews, useSoon } from "./use";
import { useModal } from "../ui/dialogs";

const HELD = 3_000;

interface Lifted {
  row: Row;
  steps: Step[] | null;
  /** The column that the keys have led to; null while a pointer carries it. */
  at: string | null;
}

export function BoardView({ asked, settings }: { asked: Asked; settings: Settings }) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const writes = useMay(WRITES);
  const place = useRef<HTMLDivElement>(null);
  const { board, set, failed, load, more, pause } = useBoard(asked);
  const [active, setActive] = useState<string | null>(null);
  const [lifted, lift] = useState<Lifted | null>(null);
  const [asking, ask] = useState<{ row: Row; step: Step } | null>(null);
  const [choosing, choose] = useState<Row | null>(null);
  const [says, say] = useState("");
  const [refused, refuse] = useState("");
  const stepsOf = useRef<Promise<Step[]>>(Promise.resolve([]));
  const statusName = (key: string): string => nameOf(settings.statuses, key, language);
  const rowOf = (id: string): Row | undefined => board?.columns.flatMap(({ items }) => items).find((row) => row.id === id);

  const pick = (row: Row, at: string | null): void => {
    refuse("");
    pause(true);
    lift({ row, steps: null, at });
    stepsOf.current = rest.get<{ items: Step[] }>(`/cases/${row.id}/steps`).then(({ items }) => items);
    stepsOf.current.then((steps) => lift((now) => (now?.row.id === row.id ? { ...now, steps } : now))).catch(() => {});
    if (at !== null) say(words.lifted(row.number, statusName(row.status)));
  };
  const back = (row: Row): void => {
    lift(null);
    pause(false);
    say(words.stayed(row.number, statusName(row.status)));
    load();
    focusCard(row.id);
  };
  const done = (row: Row, to: string): void => {
    pause(false);
    say(words.moved(row.number, statusName(to)));
    load();
    focusCard(row.id);
  };
  const drop = async (row: Row, to: string | null): Promise<void> => {
    if (to === null || to === row.status) return back(row);
    lift(null);
    let step: Step | undefined;
    try {
      step = (await stepsOf.current).find((each) => each.to === to);
    } catch {
      refuse(words.unreachable);
      return back(row);
    }
    const why = barred(step, row.status, to);
    if (!step || why === "no step" || why === "not yours") {
      refuse(why === "not yours" ? words.notYours(statusName(to)) : words.noStep(statusName(row.status), statusName(to)));
      return back(row);
    }
    if (why === "missing" || asks(step)) return ask({ row, step });
    // Shown where it goes at once, and put back if the server does not agree.
    const before = board;
    if (before) set(placed(before, { ...row, status: to, stage: step.stage }, to));
    try {
      await move(rest, row, to);
      done(row, to);
    } catch (error) {
      if (before) set(before);
      refuse(notMoved(error, settings, words, language));
      back(row);
    }
  };
  const carried = useCarrying(place, board !== null, {
    picked: (id) => {
      const row = rowOf(id);
      if (row && writes) pick(row, null);
    },
    dropped: (id, over) => {
      const row = rowOf(id);
      if (row && writes) void drop(row, over);
    },
  });
  const holding = useRef<string | null>(null);
  useEffect(() => {
    // A card that moves on the page loses the focus on its way.
    if (holding.current && document.activeElement === document.body) place.current?.querySelector<HTMLElement>(`[data-card="${holding.current}"] a`)?.focus();
  }, [board]);
  const focusCard = (id: string): void => {
    setActive(id);
    holding.current = id;
    // After a moment the focus is the agent's own business again.
    setTimeout(() => (holding.current = null), HELD);
    setTimeout(() => place.current?.querySelector<HTMLElement>(`[data-card="${id}"] a`)?.focus({ preventScroll: false }));
  };
  useCommand("cases.move", () => {
    const row = active ? rowOf(active) : undefined;
    if (row && writes && !lifted) pick(row, row.status);
  });
  const walk = (key: string): void => {
    const first = board?.columns.find(({ items }) => items.length > 0)?.items[0]?.id;
    const inside = document.activeElement?.closest("[data-card]");
    const next = active && inside && board ? neighbour(board.columns, active, key) : active && rowOf(active) ? active : first;
    if (next) focusCard(next);
  };
  useCommand("cases.next", () => walk("ArrowDown"));
  useCommand("cases.previous", () => walk("ArrowUp"));
  const keys = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target as HTMLElement).closest("[data-card]") || !board) return;
    if (lifted && lifted.at !== null) {
      const { row, at, steps } = lifted;
      const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : null;
      if (by && steps) {
        const to = beside(board.columns, steps, row.status, at, by);
        lift({ ...lifted, at: to });
        say(steps.some(({ permitted }) => permitted) ? words.over(statusName(to)) : words.nowhere(statusName(row.status)));
        place.current?.querySelector(`[data-status="${to}"]`)?.scrollIntoView({ inline: "nearest", block: "nearest" });
      } else if (event.key === "Enter" || event.key === " ") void drop(row, at);
      else if (event.key === "Escape" || event.key === "Tab") back(row);
      else if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
      event.preventDefault();
      walk(event.key);
    }
  };
  if (failed && !board) return <Failed retry={load} />;
  if (!board) return <Waiting />;
  const dragging = lifted?.row;
  const first = board.columns.find(({ items }) => items.length > 0)?.items[0]?.id;
  const tabbed = active && rowOf(active) ? active : first;
  return (
    <>
      {writes && <p class="cases-hint quiet">{words.boardHint}</p>}
      <p id="cases-board-help" class="sr">{words.boardHelp}</p>
      <p class="sr" role="status" data-testid="board-says">{says}</p>
      {refused && <p class="trouble cases-refused" role="alert" data-testid="board-refused">{refused}</p>}
      <div ref={place} class={`cases-board ${carried ? "cases-carrying" : ""}`} data-testid="cases-board" onKeyDown={keys}>
        {board.columns.map((column) => (
          <ColumnView
            key={column.status} column={column} settings={settings} tabbed={tabbed ?? null} lifted={lifted} over={carried ? carried.over : lifted?.at ?? null} writes={writes}
            onActive={setActive} onMore={() => more(column)} onChoose={choose}
          />
        ))}
      </div>
      {carried && dragging && (
        <div class="cases-ghost" aria-hidden="true" style={{ transform: `translate(${carried.x + 10}px, ${carried.y + 10}px)` }}>
          <strong>{dragging.number}</strong><span>{dragging.subject}</span>
        </div>
      )}
      {choosing && <StepMenu row={choosing} settings={settings} onClose={() => choose(null)} onChoose={(to) => {
        const row = choosing;
        choose(null);
        pick(row, null);
        void drop(row, to);
      }} />}
      {asking && (
        <MoveDialog
          row={asking.row} step={asking.step} settings={settings} onClose={() => {
            ask(null);
            back(asking.row);
          }}
          onDone={(moved) => {
            ask(null);
            done(asking.row, moved.status);
          }}
        />
      )}
    </>
  );
}

interface ColumnProps {
  column: Column;
  settings: Settings;
  tabbed: string | null;
  lifted: Lifted | null;
  over: string | null;
  writes: boolean;
  onActive(id: string): void;
  onMore(): void;
  onChoose(row: Row): void;
}

function ColumnView({ column, settings, tabbed, lifted, over, writes, onActive, onMore, onChoose }: ColumnProps) {
  const words = useWords();
  const language = useLanguage();
  const { stage = "active" } = settings.statuses.find(({ key }) => key === column.status) ?? {};
  const name = nameOf(settings.statuses, column.status, language);
  const step = lifted?.steps?.find(({ to }) => to === column.status);
  const why = lifted?.steps ? barred(step, lifted.row.status, column.status) : null;
  const closed = why === "no step" || why === "not yours";
  return (
    <section
      class="cases-column" aria-label={words.columnLabel(name, column.count)} data-testid="case-column" data-status={column.status} data-barred={closed || undefined}
      data-over={over === column.status && lifted ? (closed ? "no" : "yes") : undefined}
    >
      <header class="cases-column-top"><h2><Status stage={stage}>{name}</Status></h2><span class="count" aria-hidden="true">{column.count}</span></header>
      {/* A list that scrolls is reached by key through its cards. */}
      {column.items.length === 0 && <p class="cases-column-empty quiet">{words.columnEmpty}</p>}
      {column.items.length > 0 && (
        <ul class="cases-cards">
          {column.items.map((row) => (
            <Card
              key={row.id} row={row} settings={settings} tabbed={tabbed === row.id} lifted={lifted?.row.id === row.id} writes={writes}
              onActive={() => onActive(row.id)} onChoose={() => onChoose(row)}
            />
          ))}
        </ul>
      )}
      {column.next && <button type="button" class="link cases-column-more" data-testid="column-more" onClick={onMore}>{words.more}</button>}
    </section>
  );
}

interface CardProps {
  row: Row;
  settings: Settings;
  tabbed: boolean;
  lifted: boolean;
  writes: boolean;
  onActive(): void;
  onChoose(): void;
}

function Card({ row, settings, tabbed, lifted, writes, onActive, onChoose }: CardProps) {
  const words = useWords();
  const who = settings.agents.find(({ id }) => id === row.agent_id)?.name;
  return (
    <li class="cases-card" data-card={row.id} data-testid="case-card" data-lifted={lifted || undefined}>
      <p class="cases-card-top quiet">
        <PriorityMark priority={row.priority} /><span class="cases-number">{row.number}</span>
        {writes && <IconButton icon={MoveHorizontal} label={words.moveThis(row.number)} class="cases-card-move" onClick={onChoose} testId="card-move" />}
      </p>
      <a href={caseHash(row.id)} tabIndex={tabbed ? 0 : -1} draggable={false} dir="auto" aria-describedby={writes ? "cases-board-help" : undefined} onFocus={onActive}>{row.subject}</a>
      <p class="cases-card-about quiet">
        {row.customer && <span dir="auto">{row.customer.name}</span>}
        <span dir="auto">{who ?? words.nobody}</span>
        {row.items && <Done items={row.items} />}
      </p>
      {row.clock && <ClockMark clock={row.clock} />}
    </li>
  );
}

/** The steps of a card as buttons: for who would not carry it. */
function StepMenu({ row, settings, onChoose, onClose }: { row: Row; settings: Settings; onChoose(to: string): void; onClose(): void }) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const box = useRef<HTMLDialogElement>(null);
  const [steps, set] = useState<Step[] | null>(null);
  useModal(box, onClose);
  useEffect(() => box.current?.querySelector<HTMLElement>(".menu-item")?.focus(), [steps]);
  useEffect(() => {
    rest.get<{ items: Step[] }>(`/cases/${row.id}/steps`).then(({ items }) => set(items.filter(({ permitted }) => permitted))).catch(() => set([]));
  }, []);
  return (
    <dialog ref={box} class="dialog cases-steps-menu" aria-label={words.moveThis(row.number)} data-testid="step-menu" onClick={(event) => event.target === event.currentTarget && onClose()}>
      <div class="dialog-body">
        <p class="cases-steps-title"><strong>{row.number}</strong> <span dir="auto">{row.subject}</span></p>
        {steps === null && <div class="skeleton cases-skeleton" aria-hidden="true" />}
        {steps?.length === 0 && <p class="quiet">{words.stepNone}</p>}
        {steps?.map((step) => (
          <button key={step.to} type="button" class="menu-item" data-testid={`step-${step.to}`} onClick={() => onChoose(step.to)}>{words.step(nameOf(settings.statuses, step.to, language))}</button>
        ))}
        <div class="dialog-actions"><button type="button" class="button" onClick={onClose}>{words.cancel}</button></div>
      </div>
    </dialog>
  );
}

function useBoard(asked: Asked) {
  const rest = useRest();
  const me = useSelect((state) => state.agent?.id ?? "");
  const at = query(asked, me).toString();
  const sorted = (params: string): string => `${params}${params ? "&" : ""}sort=${asked.sort || "priority"}`;
  const [board, set] = useState<Columns | null>(null);
  const [failed, fail] = useState(false);
  const latest = useRef(at);
  latest.current = at;
  // While a card is in somebody's hand the board does not move under it.
  const paused = useRef(false);
  const load = (): void => {
    timed(rest.get<Columns>(`/desk/api/cases/board?${sorted(at)}`)).then((answer) => {
      if (latest.current !== at || paused.current) return;
      set(answer);
      fail(false);
    }).catch(() => latest.current === at && fail(true));
  };
  useEffect(load, [at, asked.sort]);
  const soon = useSoon(load, 1_500);
  useCaseNews(soon);
  const more = (column: Column): void => {
    const params = new URLSearchParams(at);
    params.delete("open");
    params.delete("status");
    const next = `${sorted(params.toString())}&status=${encodeURIComponent(column.status)}&limit=20&cursor=${encodeURIComponent(column.next ?? "")}`;
    timed(rest.get<Listed>(`/desk/api/cases?${next}`)).then(({ items, next: after }) => set((now) => now && {
      ...now,
      columns: now.columns.map((one) => (one.status === column.status ? { ...one, items: [...one.items, ...items.filter(({ id }) => !one.items.some((each) => each.id === id))], next: after } : one)),
    })).catch(() => fail(true));
  };
  return { board, set, failed, load, more, pause: (on: boolean) => (paused.current = on) };
}
