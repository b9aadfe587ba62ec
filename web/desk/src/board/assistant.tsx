// The assistant: what it talks about with how many, and why it handed over.

import { useWords } from "./words";
import { Heading } from "./heading";
import type { BoardState, Defined } from "./types";

export function Assistant({ board, onDefine }: { board: BoardState; onDefine(which: Defined): void }) {
  const words = useWords();
  const reasons = Object.entries(board.assistant.reasons).sort((a, b) => b[1] - a[1]);
  const most = Math.max(1, ...reasons.map(([, many]) => many));
  return (
    <section class="board-part" data-testid="board-assistant">
      <Heading title={words.assistant.title} which="talking" onDefine={onDefine} />
      <p class="board-talking">{words.assistant.talking(board.assistant.talking)}</p>
      <h3 class="quiet">{words.assistant.reasons}</h3>
      {reasons.length === 0 ? <p class="quiet">{words.assistant.none}</p> : (
        <dl class="board-reasons">
          {reasons.map(([reason, many]) => (
            <div key={reason}>
              <dt>{words.reasons[reason] ?? reason.replaceAll("_", " ")}</dt>
              <dd><span class="board-bar-of" style={{ width: `${(100 * many) / most}%` }} aria-hidden="true" />{many}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
