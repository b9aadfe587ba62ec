// What a number means: what it counts, among what, over which time; and what is behind it.

import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { clock } from "../format";
import { Dialog } from "../ui/dialogs";
import { useLanguage, useText } from "../ui/hooks";
import type { Defined, Definition, Repeated } from "./types";
import { useWords } from "./words";

interface DefineProps {
  which: Defined;
  onListen(id: string): void;
  onClose(): void;
}

/** Definitions that belong together are told together. */
const ALONG: Partial<Record<Defined, Defined[]>> = { waiting: ["longest"], repeat_yourself: ["told_again"], talking: ["handed_over"], estimate: ["waiting", "longest"] };

export function Define({ which, onListen, onClose }: DefineProps) {
  const rest = useRest();
  const words = useWords();
  const t = useText();
  const language = useLanguage();
  const [known, set] = useState<Definition[] | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    rest.get<{ items: Definition[] }>("/desk/api/board/definitions").then(({ items }) => set(items)).catch(() => setFailed(true));
  }, [language]);
  const told = [which, ...(ALONG[which] ?? [])].map((key) => known?.find((each) => each.key === key)).filter((each): each is Definition => Boolean(each));
  return (
    <Dialog title={told[0]?.name ?? t.pages.loading} onClose={onClose}>
      {failed && <p role="alert">{words.unreachable}</p>}
      <div data-testid="definition">
        {told.map((each, place) => (
          <section key={each.key} class="board-definition">
            {place > 0 && <h3>{each.name}</h3>}
            <dl>
              <Line name={words.definition.counts} text={each.counts} />
              <Line name={words.definition.among} text={each.among} />
              <Line name={words.definition.without} text={each.without} />
              <Line name={words.definition.span} text={each.span} />
              <Line name={words.definition.source} text={each.source} />
            </dl>
          </section>
        ))}
      </div>
      {which === "repeat_yourself" && <Behind onListen={onListen} />}
    </Dialog>
  );
}

function Line({ name, text }: { name: string; text: string }) {
  return text ? <div><dt>{name}</dt><dd>{text}</dd></div> : null;
}

/** The questions behind the rate, newest first. */
function Behind({ onListen }: { onListen(id: string): void }) {
  const rest = useRest();
  const words = useWords();
  const language = useLanguage();
  const [rows, set] = useState<Repeated[] | null>(null);
  useEffect(() => {
    rest.get<{ items: Repeated[] }>("/desk/api/board/repeats").then(({ items }) => set(items)).catch(() => set([]));
  }, [language]);
  return (
    <section class="board-definition">
      <h3>{words.definition.rows}</h3>
      {rows?.length === 0 && <p class="quiet">{words.definition.noRows}</p>}
      <ul class="board-behind">
        {rows?.map((row, place) => (
          <li key={place} data-testid="repeated">
            <p><time dateTime={row.at}>{clock(row.at, language)}</time> {row.agent} {words.definition[row.kind]} <strong>{row.label}</strong></p>
            <button type="button" class="link" dir="auto" title={words.people.listen} onClick={() => onListen(row.conversation)}>{row.words}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
