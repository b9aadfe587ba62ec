// Who waits in a queue, or whom an agent has: to listen in, and to move those who wait to another team.

import { Headphones } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { waited } from "../format";
import type { Summary } from "../types";
import { ChannelIcon, Icon, UpsetMark } from "../ui/bits";
import { Dialog } from "../ui/dialogs";
import { useLanguage, useServerNow, useText } from "../ui/hooks";
import { nameOf } from "../ui/who";
import { nameOfTeam } from "./queues";
import type { BoardState, Whose } from "./types";
import { trouble } from "./watching";
import { useWords } from "./words";

interface PeopleProps {
  whose: Whose;
  board: BoardState;
  onListen(id: string): void;
  onClose(): void;
}

export function People({ whose, board, onListen, onClose }: PeopleProps) {
  const rest = useRest();
  const words = useWords();
  const t = useText();
  const [items, set] = useState<Summary[] | null>(null);
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [said, say] = useState("");
  const base = `/desk/api/board/${whose.kind === "queue" ? "queues" : "agents"}/${encodeURIComponent(whose.key)}`;
  useEffect(() => {
    rest.get<{ items: Summary[] }>(`${base}/conversations`).then(({ items: found }) => set(found)).catch((error: unknown) => say(trouble(error, words)));
  }, [base, whose.count]);
  const title = whose.kind === "queue" ? words.queues.open(whose.name) : words.agents.open(whose.name);
  const there = new Set(items?.map(({ id }) => id));
  const picked = [...chosen].filter((id) => there.has(id));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  const move = async (to: string): Promise<void> => {
    try {
      const { moved } = await rest.post<{ moved: string[] }>(`${base}/move`, { to, ...(picked.length > 0 && { conversations: picked }) });
      set((known) => known?.filter(({ id }) => !moved.includes(id)) ?? null);
      choose(new Set());
      say(words.people.moved(moved.length));
    } catch (error) {
      say(trouble(error, words));
    }
  };
  return (
    <Dialog title={title} onClose={onClose} wide>
      <div data-testid="board-people">
        {items === null && !said && (
          <div aria-busy="true"><span class="sr" role="status">{t.pages.loading}</span>{[1, 2, 3].slice(0, Math.max(1, whose.count)).map((one) => <div key={one} class="skeleton board-person-skeleton" aria-hidden="true" />)}</div>
        )}
        {items?.length === 0 && <p class="quiet">{words.people.none}</p>}
        <ul class="board-people">
          {items?.map((summary) => (
            <Person key={summary.id} summary={summary} chosen={chosen.has(summary.id)} onChoose={whose.kind === "queue" ? () => toggle(summary.id) : null} onListen={() => onListen(summary.id)} />
          ))}
        </ul>
        <p class="board-said" role="status">{said}</p>
        {whose.kind === "queue" && items && items.length > 0 && <Move from={whose.key} board={board} count={picked.length} onMove={move} />}
      </div>
    </Dialog>
  );
}

interface PersonProps {
  summary: Summary;
  chosen: boolean;
  onChoose: (() => void) | null;
  onListen(): void;
}

function Person({ summary, chosen, onChoose, onListen }: PersonProps) {
  const words = useWords();
  const t = useText();
  const now = useServerNow(1_000);
  const name = nameOf(summary, t);
  return (
    <li data-testid="board-person" data-id={summary.id}>
      {onChoose && <input type="checkbox" aria-label={words.people.choose(name)} checked={chosen} onChange={onChoose} />}
      <div class="board-person">
        <strong dir="auto">{name}</strong> <ChannelIcon channel={summary.channel} />{summary.mood === "upset" && <UpsetMark />}
        {summary.waiting_since && <span class="quiet"> {waited(summary.waiting_since, now, t)}</span>}
        {summary.goal && <p class="board-goal" dir="auto">{summary.goal}</p>}
      </div>
      <button type="button" class="button" data-testid="listen" onClick={onListen}><Icon of={Headphones} />{words.people.listen}<span class="sr"> {name}</span></button>
    </li>
  );
}

function Move({ from, board, count, onMove }: { from: string; board: BoardState; count: number; onMove(to: string): Promise<void> }) {
  const words = useWords();
  const language = useLanguage();
  // Only teams that somebody made can be moved to: they have names.
  const others = board.queues.filter(({ team, names }) => team !== from && Object.keys(names).length > 0);
  const [to, setTo] = useState(others[0]?.team ?? "");
  if (others.length === 0) return <p class="quiet">{words.people.noOther}</p>;
  return (
    <form
      class="board-move" onSubmit={(event) => {
        event.preventDefault();
        void onMove(to);
      }}
    >
      <label class="field">
        <span>{words.people.move(count)}</span>
        <select value={to} data-testid="move-to" onChange={(event) => setTo(event.currentTarget.value)}>
          {others.map((queue) => <option key={queue.team} value={queue.team}>{nameOfTeam(queue, language)}</option>)}
        </select>
      </label>
      <button type="submit" class="button primary" data-testid="move">{words.people.doMove}</button>
    </form>
  );
}
