// The queues: who waits, since when, and how long somebody would wait who came now.

import { waited } from "../format";
import { useLanguage, useServerNow, useText } from "../ui/hooks";
import { Heading } from "./heading";
import type { BoardState, Defined, Queue, Whose } from "./types";
import { useWords } from "./words";

interface QueuesProps {
  board: BoardState;
  wall: boolean;
  onDefine(which: Defined): void;
  onLook(whose: Whose): void;
}

export function nameOfTeam(queue: Pick<Queue, "team" | "names">, language: "fr" | "en"): string {
  return queue.names[language] ?? queue.team;
}

export function Queues({ board, wall, onDefine, onLook }: QueuesProps) {
  const words = useWords().queues;
  const language = useLanguage();
  return (
    <section class="board-part">
      <Heading title={words.title} which="estimate" onDefine={onDefine} />
      {board.queues.length === 0 ? <p class="quiet">{words.none}</p> : (
        <table class="board-table">
          <thead>
            <tr>
              <th scope="col">{words.team}</th><th scope="col" class="board-count">{words.waiting}</th><th scope="col">{words.longest}</th>
              <th scope="col">{words.estimate}</th><th scope="col" class="board-count">{words.there}</th>
            </tr>
          </thead>
          <tbody>
            {board.queues.map((queue) => (
              <Row
                key={queue.team} queue={queue} name={nameOfTeam(queue, language)} seconds={board.targets.answered_seconds}
                onLook={wall ? null : () => onLook({ kind: "queue", key: queue.team, name: nameOfTeam(queue, language), count: queue.waiting })}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ queue, name, seconds, onLook }: { queue: Queue; name: string; seconds: number; onLook: (() => void) | null }) {
  const all = useWords();
  const words = all.queues;
  const t = useText();
  const now = useServerNow(1_000);
  return (
    <tr data-testid="board-queue" data-team={queue.team}>
      <th scope="row">
        {onLook ? <button type="button" class="link" title={words.open(name)} onClick={onLook}>{name}</button> : name}
        {queue.cases > 0 && <small class="quiet"> {words.cases(queue.cases)}</small>}
      </th>
      <td class="board-count" data-label={words.waiting}><strong>{queue.waiting}</strong></td>
      <td data-label={words.longest}>
        {queue.since ? waited(queue.since, now, t) : all.nothing}
        {queue.late > 0 && <small class="board-bad"> {words.late(queue.late, all.within(seconds))}</small>}
      </td>
      <td data-label={words.estimate}>{queue.minutes === null ? <span class="quiet">{words.unknown}</span> : words.minutes(queue.minutes)}</td>
      <td class="board-count" data-label={words.there}>{queue.there}</td>
    </tr>
  );
}
