// What changed between two versions, word by word.

import { useRest } from "../admin/rest";
import type { Language } from "../types";
import { useAsked, useWords, Waiting } from "./parts";
import type { Change } from "./types";

/** Longer stretches that nobody changed are left out but for their ends. */
const KEPT = 160;

interface Props {
  article: string;
  language: Language;
  old: number;
  now: number;
}

export function Difference({ article, language, old, now }: Props) {
  const words = useWords();
  const rest = useRest();
  const asked = useAsked(
    () => rest.get<{ changes: Change[] }>(`/articles/${article}/difference?language=${language}&old=${old}&new=${now}`), [article, language, old, now],
  );
  if (!asked.value) return <Waiting asked={asked} />;
  if (asked.value.changes.length === 0) return <p class="quiet">{words.same}</p>;
  return (
    <dl class="kn-difference" data-testid="kn-difference" lang={language}>
      {asked.value.changes.map((change) => (
        <div key={change.field}>
          <dt lang={words.code}>{words.fields[change.field]}</dt>
          <dd>
            {change.pieces.map((piece, index) => {
              if (piece.kind === "same") return <span key={index}>{shortened(piece.text, index === 0, index === change.pieces.length - 1)}</span>;
              const Tag = piece.kind === "added" ? "ins" : "del";
              return <Tag key={index}><span class="sr" lang={words.code}>{words.pieces[piece.kind]} </span>{piece.text}</Tag>;
            })}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shortened(text: string, first: boolean, last: boolean): string {
  const keep = [first ? 0 : KEPT, last ? 0 : KEPT] as const;
  if (text.length <= keep[0] + keep[1] + 40) return text;
  return `${text.slice(0, keep[0])} […] ${keep[1] ? text.slice(-keep[1]) : ""}`;
}
