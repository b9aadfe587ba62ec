// The title of a part of the board, with its definition one click away.

import { Info } from "lucide-preact";
import { IconButton } from "../ui/bits";
import type { Defined } from "./types";
import { useWords } from "./words";

export function Heading({ title, which, onDefine }: { title: string; which: Defined; onDefine(which: Defined): void }) {
  const words = useWords();
  return (
    <header class="board-heading">
      <h2>{title}</h2>
      <IconButton icon={Info} label={words.define(title)} class="board-define" testId={`define-${which}`} onClick={() => onDefine(which)} />
    </header>
  );
}
