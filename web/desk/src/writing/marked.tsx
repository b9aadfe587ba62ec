// A message with what its agent marked in it.

import type { ComponentChildren } from "preact";
import type { Mark } from "../types";
import { PlainText } from "../ui/bits";

/** The words, in bold and in italics where a mark says so. Marks that hold others come first. */
export function Marked({ text, marks }: { text: string; marks?: readonly Mark[] | undefined }) {
  if (!marks?.length) return <PlainText text={text} />;
  const letters = [...text];
  return <>{within(letters, 0, letters.length, marks)}</>;
}

function within(letters: string[], from: number, to: number, marks: readonly Mark[]): ComponentChildren[] {
  const found: ComponentChildren[] = [];
  let at = from;
  for (const [kind, start, length] of marks) {
    if (start < at || start + length > to) continue;
    found.push(<PlainText text={letters.slice(at, start).join("")} />);
    at = start + length;
    const inner = marks.filter((mark) => mark[1] >= start && mark[1] + mark[2] <= at && (mark[0] !== kind || mark[2] < length));
    const inside = within(letters, start, at, inner);
    found.push(kind === "bold" ? <strong>{inside}</strong> : <em>{inside}</em>);
  }
  return [...found, <PlainText text={letters.slice(at, to).join("")} />];
}
