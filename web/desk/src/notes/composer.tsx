// Where a private note is written. It knows no way to a customer: what it sends goes to the address of notes only.

import { Lock } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { sends } from "../keys";
import { Icon } from "../ui/bits";
import { useDesk, useGrowing, usePreferences, useText } from "../ui/hooks";
import { uuid } from "../work/outbox";
import { useMentioning } from "./mentioning";

const LONGEST = 5_000;

/** Under which the note that is being written is kept in this browser; never where drafts of answers are. */
export const keptUnder = (id: string): string => `note:${id}`;

export function NoteComposer({ id, onLeave }: { id: string; onLeave(): void }) {
  const desk = useDesk();
  const t = useText();
  const { enterSends } = usePreferences();
  const [text, setText] = useState(() => desk.keep.draft(keptUnder(id)));
  const [busy, setBusy] = useState(false);
  const [says, setSays] = useState<{ text: string; bad: boolean } | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  // The same until it is there: a repeat is never a second note.
  const key = useRef(uuid());
  const write = (value: string): void => {
    setText(value);
    setSays(null);
    desk.keep.setDraft(keptUnder(id), value);
  };
  const mentioning = useMentioning({ text, field, onInsert: write });
  useEffect(() => field.current?.focus(), []);
  useGrowing(field, text);

  const add = async (): Promise<void> => {
    if (busy || !text.trim()) return;
    setBusy(true);
    try {
      await desk.notes.write(id, key.current, text.trim());
      key.current = uuid();
      write("");
      setSays({ text: t.notes.added, bad: false });
    } catch (error) {
      setSays({ text: (error instanceof Refused && error.detail) || t.notes.failed, bad: true });
    }
    setBusy(false);
    // It stays a note until the agent says otherwise: a second one must not become an answer.
    field.current?.focus();
  };
  return (
    <form
      class="composer pnote-composer" data-testid="note-composer" onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <p class="pnote-never"><Icon of={Lock} size={14} />{t.notes.never}</p>
      {mentioning.list}
      <textarea
        ref={field} rows={1} value={text} maxLength={LONGEST} dir="auto" spellcheck data-testid="note-text" aria-label={t.notes.label} placeholder={t.notes.placeholder}
        {...mentioning.aria} onInput={(event) => write(event.currentTarget.value)} onKeyDown={(event) => {
          if (mentioning.key(event)) return;
          if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            onLeave();
          } else if (sends(event, enterSends)) {
            event.preventDefault();
            void add();
          }
        }}
      />
      <div class="composer-foot">
        <p class={says?.bad ? "trouble" : "quiet"} role="status">{says?.text ?? (enterSends ? t.notes.enter : t.notes.ctrlEnter)}</p>
        <button type="submit" class="button pnote-add" data-testid="note-add" aria-disabled={busy || !text.trim()}>
          <Icon of={Lock} size={14} /><span>{busy ? t.notes.adding : t.notes.add}</span>
        </button>
      </div>
    </form>
  );
}
