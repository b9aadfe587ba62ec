// The page of the board: its numbers, its queues and agents, and the wall that shows nothing else.

import { ArrowLeft, Monitor, Target, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "../ui/bits";
import { useCommand } from "../ui/commands";
import { useDesk, useMay, useSelect, useText } from "../ui/hooks";
import { Agents } from "./agents";
import { Aims } from "./aims";
import { Assistant } from "./assistant";
import { Define } from "./define";
import { Listening } from "./listening";
import { Numbers } from "./numbers";
import { People } from "./people";
import { Queues } from "./queues";
import type { BoardState, Defined, Whose } from "./types";
import { useBoard } from "./watching";
import { useWords, type Words } from "./words";

const TILES = [1, 2, 3, 4, 5];
const ROWS = [1, 2, 3];
export const SUPERVISES = "conversations.supervise";

export function Board() {
  const desk = useDesk();
  const t = useText();
  const words = useWords();
  const may = useMay(SUPERVISES);
  const title = useRef<HTMLHeadingElement>(null);
  const page = useRef<HTMLElement>(null);
  const [wall, setWall] = useWall(page);
  const [aiming, setAiming] = useState(false);
  const sets = useMay("service_levels.configure");
  useEffect(() => title.current?.focus(), []);
  useCommand("board.wall", () => setWall(!wall));
  return (
    <main ref={page} class={`page board ${wall ? "board-wall" : ""}`} aria-label={words.title} data-testid="page-board">
      <header class="bar">
        {!wall && <IconButton icon={ArrowLeft} label={t.pages.back} hint="Esc" testId="page-back" onClick={() => desk.go({})} />}
        <h1 ref={title} tabIndex={-1} class="bar-title">{words.title}</h1>
        <div class="board-bar">
          {!wall && sets && <IconButton icon={Target} label={words.aims} testId="board-aims" onClick={() => setAiming(true)} />}
          <IconButton icon={wall ? X : Monitor} label={wall ? words.leaveWall : words.wall} hint="w" testId="board-wall" onClick={() => setWall(!wall)} />
        </div>
      </header>
      <div class="page-scroll">
        {may ? <Standing wall={wall} words={words} aiming={aiming} aimed={() => setAiming(false)} /> : (
          <div class="empty" data-testid="no-rights"><p class="empty-title">{t.pages.noRights}</p><p>{words.noRights}</p></div>
        )}
      </div>
    </main>
  );
}

interface StandingProps {
  wall: boolean;
  words: Words;
  aiming: boolean;
  aimed(): void;
}

function Standing({ wall, words, aiming, aimed }: StandingProps) {
  const t = useText();
  const { board, failed, reload } = useBoard();
  const offline = useSelect((state) => state.connection === "offline");
  const [defined, define] = useState<Defined | null>(null);
  const [whose, look] = useState<Whose | null>(null);
  const [listening, listen] = useState<string | null>(null);
  if (!board) {
    return failed ? (
      <div class="empty" role="alert">
        <p class="empty-title">{t.pages.failed}</p>
        <button type="button" class="button" onClick={reload}>{t.pages.retry}</button>
      </div>
    ) : <Coming words={words} />;
  }
  return (
    <div class="board-body">
      {offline && <p class="board-note" role="status">{words.stopped}</p>}
      {board.behind && <p class="board-note" role="status">{words.behind}</p>}
      <Numbers board={board} onDefine={define} />
      <div class="board-parts">
        <Queues board={board} wall={wall} onDefine={define} onLook={look} />
        <Assistant board={board} onDefine={define} />
        <Agents board={board} wall={wall} onDefine={define} onLook={look} />
      </div>
      {defined && <Define which={defined} onClose={() => define(null)} onListen={listen} />}
      {whose && <People whose={current(whose, board)} board={board} onListen={listen} onClose={() => look(null)} />}
      {listening && <Listening id={listening} onClose={() => listen(null)} />}
      {aiming && <Aims targets={board.targets} onClose={aimed} />}
    </div>
  );
}

/** What is to come, in its place: numbers, two tables beside each other, the agents under them. */
function Coming({ words }: { words: Words }) {
  return (
    <div class="board-body" aria-busy="true" data-testid="board-coming">
      <span class="sr" role="status">{words.loading}</span>
      <div class="board-numbers" aria-hidden="true">{TILES.map((one) => <div key={one} class="skeleton board-tile-skeleton" />)}</div>
      <div class="board-parts" aria-hidden="true">
        {["", "", "board-wide"].map((wide, at) => <div key={at} class={`board-part ${wide}`}><div class="skeleton board-heading-skeleton" />{ROWS.map((one) => <div key={one} class="skeleton board-row-skeleton" />)}</div>)}
      </div>
    </div>
  );
}

/** Who is looked at, with the numbers of this second: the list is read again when they change. */
function current(whose: Whose, board: BoardState): Whose {
  const count = whose.kind === "queue"
    ? board.queues.find(({ team }) => team === whose.key)?.waiting
    : board.agents.find(({ id }) => id === whose.key)?.conversations;
  return { ...whose, count: count ?? 0 };
}

/** The wall fills the screen; leaving full screen by the browser's own key leaves the wall. */
function useWall(page: { current: HTMLElement | null }): [boolean, (on: boolean) => void] {
  const [wall, set] = useState(false);
  useEffect(() => {
    if (!wall) return undefined;
    const left = (): void => {
      if (!document.fullscreenElement) set(false);
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      set(false);
    };
    document.addEventListener("fullscreenchange", left);
    document.addEventListener("keydown", escape, true);
    return () => {
      document.removeEventListener("fullscreenchange", left);
      document.removeEventListener("keydown", escape, true);
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
    };
  }, [wall]);
  const turn = (on: boolean): void => {
    set(on);
    // A browser that will not fill the screen shows the wall in its window.
    if (on) void page.current?.requestFullscreen?.().catch(() => {});
  };
  return [wall, turn];
}
