// The few numbers that can be read from across the room, each with its target, its course and its definition.

import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { waited } from "../format";
import { Icon } from "../ui/bits";
import { useLanguage, useServerNow, useText } from "../ui/hooks";
import { better, target, value, way, type Way } from "./told";
import type { BoardState, Defined, Figure } from "./types";
import { useWords } from "./words";

const ARROWS = { up: ArrowUpRight, down: ArrowDownRight, same: ArrowRight } satisfies Record<Way, unknown>;

interface NumbersProps {
  board: BoardState;
  onDefine(which: Defined): void;
}

export function Numbers({ board, onDefine }: NumbersProps) {
  const words = useWords();
  return (
    <section class="board-numbers" aria-label={words.glance}>
      <Waiting board={board} onDefine={onDefine} />
      {board.figures.map((figure) => <OneFigure key={figure.key} figure={figure} board={board} onDefine={onDefine} />)}
      <Risk board={board} onDefine={onDefine} />
    </section>
  );
}

function Waiting({ board, onDefine }: NumbersProps) {
  const words = useWords();
  const t = useText();
  const now = useServerNow(1_000);
  const waiting = board.queues.reduce((sum, queue) => sum + queue.waiting, 0);
  const late = board.queues.reduce((sum, queue) => sum + queue.late, 0);
  const since = board.queues.map((queue) => queue.since).filter((at): at is string => at !== null).sort()[0];
  const within = words.within(board.targets.answered_seconds);
  return (
    <Tile which="waiting" name={words.names.waiting} good={waiting === 0 ? null : late === 0} onDefine={onDefine}>
      <strong class="board-value">{waiting}</strong>
      <span class="board-under">{since ? words.longest(waited(since, now, t)) : words.nobodyWaits}</span>
      {late > 0 && <span class="board-under board-bad">{words.queues.late(late, within)}</span>}
    </Tile>
  );
}

function OneFigure({ figure, board, onDefine }: { figure: Figure } & NumbersProps) {
  const words = useWords();
  const language = useLanguage();
  const went = way(figure);
  const news = better(figure);
  return (
    <Tile which={figure.key} name={words.names[figure.key]} good={figure.good} onDefine={onDefine}>
      <strong class="board-value">{value(figure.key, figure.value, language, words)}</strong>
      <span class="board-under">
        {target(figure, board.targets.answered_seconds, language, words)}
        {figure.value !== null && <span class="board-rows"> {words.rows(figure.rows)}</span>}
      </span>
      {went && (
        <span class={`board-under board-way ${news === null ? "" : news ? "board-good" : "board-bad"}`}>
          <Icon of={ARROWS[went]} size={14} />{words.before[figure.span](value(figure.key, figure.before, language, words))}
        </span>
      )}
    </Tile>
  );
}

function Risk({ board, onDefine }: NumbersProps) {
  const words = useWords();
  const { nearly_up: nearly, run_out: over } = board.risk;
  return (
    <Tile which="risk" name={words.names.risk} good={nearly + over === 0 ? null : over === 0} onDefine={onDefine}>
      <strong class="board-value">{nearly}</strong>
      <span class={`board-under ${over > 0 ? "board-bad" : ""}`}>{words.runOut(over)}</span>
    </Tile>
  );
}

interface TileProps {
  which: Defined;
  name: string;
  /** Null where there is nothing good or bad about it. */
  good: boolean | null;
  onDefine(which: Defined): void;
  children: ComponentChildren;
}

function Tile({ which, name, good, onDefine, children }: TileProps) {
  const words = useWords();
  const state = good === null ? "" : good ? "board-tile-good" : "board-tile-bad";
  return (
    <button
      type="button" class={`board-tile ${state}`} data-testid={`figure-${which}`} data-good={good ?? undefined} title={words.define(name)} onClick={() => onDefine(which)}
    >
      <span class="board-name">{name}</span>
      {children}
      {good !== null && <span class="sr">{good ? words.good : words.bad}</span>}
    </button>
  );
}
