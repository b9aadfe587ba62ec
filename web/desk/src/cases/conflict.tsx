// What is said when somebody else changed the same field meanwhile: both values stand there, and the agent decides.

import { useEffect, useRef } from "preact/hooks";
import { whoChanged, type Meanwhile } from "./changing";
import { useWords } from "./parts";
import { useSaid } from "./values";
import type { Settings } from "./types";

interface ConflictProps {
  conflict: Meanwhile;
  settings: Settings;
  onTheirs(): void;
  onMine(): void;
}

export function Conflict({ conflict: { whole, wanted }, settings, onTheirs, onMine }: ConflictProps) {
  const words = useWords();
  const said = useSaid(settings, whole.names);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const fields = Object.keys(wanted) as (keyof typeof wanted)[];
  return (
    <div class="cases-conflict" role="alert" data-testid="case-conflict">
      <p><strong>{words.meanwhile.title}</strong></p>
      {fields.map((field) => (
        <p key={field} dir="auto">{words.meanwhile.text(whoChanged(whole, [field]), (words.field[field] ?? field).toLowerCase(), said(field, whole.case[field]), said(field, wanted[field]))}</p>
      ))}
      <div class="dialog-actions">
        <button ref={first} type="button" class="button" data-testid="conflict-theirs" onClick={onTheirs}>{words.meanwhile.theirs}</button>
        <button type="button" class="button" data-testid="conflict-mine" onClick={onMine}>{words.meanwhile.mine}</button>
      </div>
    </div>
  );
}
