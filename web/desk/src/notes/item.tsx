// A private note among the messages: whose it is, what it says, and changing it for who may.

import { Lock, Pencil, Trash2 } from "lucide-preact";
import { memo } from "preact/compat";
import { useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { clock, full } from "../format";
import { sends } from "../keys";
import { Icon, IconButton } from "../ui/bits";
import { useDesk, useLanguage, useMay, useSelect, useText } from "../ui/hooks";
import type { PrivateNote } from "../types.notes";
import { Markdown } from "./markdown";

const CHANGEABLE = 24 * 3_600_000;

export const NoteItem = memo(function NoteItem({ note }: { note: PrivateNote }) {
  const t = useText();
  const language = useLanguage();
  const [doing, setDoing] = useState<"edit" | "remove" | null>(null);
  const done = (): void => setDoing(null);
  return (
    <li class="pnote" data-testid="note" tabIndex={-1}>
      <p class="pnote-head">
        <Icon of={Lock} size={14} /><span>{t.notes.mark}</span> <strong dir="auto">{note.author.name}</strong>{" "}
        <time dateTime={note.at} title={full(note.at, language)}>{clock(note.at, language)}</time>
        {note.edited_at && <span title={full(note.edited_at, language)}>{t.notes.edited}</span>}
        {doing === null && <Means note={note} onChoose={setDoing} />}
      </p>
      {doing === "edit" ? <Edit note={note} onEnd={done} /> : <div class="pnote-text"><Markdown text={note.text} handles={note.handles} /></div>}
      {doing === "remove" && <Remove note={note} onEnd={done} />}
    </li>
  );
});

function Means({ note, onChoose }: { note: PrivateNote; onChoose(what: "edit" | "remove"): void }) {
  const t = useText();
  const me = useSelect((state) => state.agent?.id);
  const writes = useMay("conversations.write");
  const supervises = useMay("conversations.supervise");
  const own = writes && note.author.id === me && Date.now() - Date.parse(note.at) < CHANGEABLE;
  if (!own && !(writes && supervises)) return null;
  return (
    <span class="pnote-means">
      {own && <IconButton icon={Pencil} label={t.notes.edit} testId="note-edit" onClick={() => onChoose("edit")} />}
      <IconButton icon={Trash2} label={t.notes.remove} testId="note-remove" onClick={() => onChoose("remove")} />
    </span>
  );
}

function useTrying(): { busy: boolean; trouble: string | null; run(work: () => Promise<void>): Promise<void> } {
  const t = useText();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setTrouble(null);
    try {
      await work();
    } catch (error) {
      setTrouble((error instanceof Refused && error.detail) || t.conversation.failed);
    }
    setBusy(false);
  };
  return { busy, trouble, run };
}

function Edit({ note, onEnd }: { note: PrivateNote; onEnd(): void }) {
  const desk = useDesk();
  const t = useText();
  const [text, setText] = useState(note.text);
  const { busy, trouble, run } = useTrying();
  const focus = useRef((field: HTMLTextAreaElement | null) => field?.focus());
  const save = (): Promise<void> => run(async () => {
    if (text.trim() && text.trim() !== note.text) await desk.notes.edit(note, text.trim());
    onEnd();
  });
  return (
    <form
      class="pnote-form" onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={focus.current} rows={3} value={text} maxLength={5_000} aria-label={t.notes.label} data-testid="note-edit-text" dir="auto"
        onInput={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onEnd();
          } else if (sends(event, false)) void save();
        }}
      />
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
      <p class="pnote-acts">
        <button type="submit" class="button" data-testid="note-save" aria-disabled={busy}>{t.notes.save}</button>
        <button type="button" class="button" onClick={onEnd}>{t.notes.cancel}</button>
      </p>
    </form>
  );
}

function Remove({ note, onEnd }: { note: PrivateNote; onEnd(): void }) {
  const desk = useDesk();
  const t = useText();
  const { busy, trouble, run } = useTrying();
  const focus = useRef((button: HTMLButtonElement | null) => button?.focus());
  return (
    <div class="pnote-acts" role="group" aria-label={t.notes.removeSure}>
      <span>{t.notes.removeSure}</span>
      <button ref={focus.current} type="button" class="button danger" data-testid="note-remove-yes" aria-disabled={busy} onClick={() => void run(() => desk.notes.remove(note))}>{t.notes.yes}</button>
      <button type="button" class="button" onClick={onEnd}>{t.notes.no}</button>
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
    </div>
  );
}
