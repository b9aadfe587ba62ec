// The place under a conversation: an answer to the customer, or a private note, never both and never unclear which.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Segments } from "../ui/bits";
import { useCommand } from "../ui/commands";
import { Composer, NotMine } from "../ui/composer";
import { useMay, useText } from "../ui/hooks";
import { useUploads } from "../ui/attach";
import type { Summary } from "../types";
import { NoteComposer } from "./composer";
import { ReminderStrip } from "./strip";

export function Writing({ id, summary, mine }: { id: string; summary: Summary; mine: boolean }) {
  const t = useText();
  const may = useMay("conversations.write");
  const [note, setNote] = useState(false);
  const uploads = useUploads(id).length;
  const before = useRef(uploads);
  const left = useRef(false);
  const focus = (name: string): void => document.querySelector<HTMLElement>(`[data-testid="${name}"]`)?.focus();
  const answer = (): void => {
    left.current = note;
    setNote(false);
  };
  useCommand("note", () => {
    if (!may) return;
    if (note) focus("note-text");
    setNote(true);
  });
  useLayoutEffect(() => {
    if (!note && left.current) focus("composer");
    left.current = false;
  }, [note]);
  useCommand("reply", answer);
  useCommand("attach", answer);
  useEffect(() => {
    // A file that was dropped goes with an answer: that must be in sight.
    if (uploads > before.current) setNote(false);
    before.current = uploads;
  }, [uploads]);
  return (
    <>
      <ReminderStrip id={id} />
      {may && (
        <div class="pnote-switch">
          <Segments
            label={t.notes.what} name="writing" testId="writing" value={note ? "note" : "answer"} onChange={(to) => setNote(to === "note")}
            choices={[{ value: "answer", label: t.notes.answer }, { value: "note", label: t.notes.write }]}
          />
        </div>
      )}
      {/* Kept as it is while a note is written: files, copies and words wait there. */}
      <div hidden={note}>{mine ? <Composer id={id} summary={summary} /> : <NotMine summary={summary} />}</div>
      {note && <NoteComposer id={id} onLeave={answer} />}
    </>
  );
}
