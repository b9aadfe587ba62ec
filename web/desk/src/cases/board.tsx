// Cases on a board: a column for each status, and cards that are carried from one to another by pointer or by keys.

import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { useCommand } from "../ui/commands";
import { useLanguage, useMay } from "../ui/hooks";
import type { Asked } from "./asked";
import { asks, barred, beside, neighbour, placed } from "./carry";
import { useCarrying } from "./carrying";
import { nameOf } from "./choosing";
import { ColumnView, type Lifted } from "./column";
import { WRITES } from "./command";
import { move, MoveDialog, notMoved } from "./move";
import { Failed, useWords, Waiting } from "./parts";
import { StepMenu } from "./step-menu";
import type { Row, Settings, Step } from "./types";
import { useBoard } from "./use-board";

const HELD = 3_000;

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
