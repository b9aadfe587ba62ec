// "@" in a note finds colleagues and teams as one types, and the keyboard chooses one.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { walked } from "../ui/found";
import { useDesk, useText } from "../ui/hooks";
import type { Mentionable } from "../types.notes";
import { folded } from "./markdown";

/** An @ that begins a word, and what is typed after it. */
const ASKED = /(?<![\p{L}\p{N}_.@/+-])@([\p{L}\p{N}_.-]{0,60})$/u;
const MOST = 8;

/** What is looked for, where the writing stands just now; null when nothing is. */
export function asked(text: string, place: number): string | null {
  return ASKED.exec(text.slice(0, place))?.[1] ?? null;
}

/** Those whose handle, or a word of whose name, begins with it; handles first. */
export function matching(people: readonly Mentionable[], words: string): Mentionable[] {
  const wanted = folded(words);
  const begins = (one: Mentionable): boolean => one.handle.startsWith(wanted);
  const named = (one: Mentionable): boolean => folded(one.name).split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted));
  return [...people.filter(begins), ...people.filter((one) => !begins(one) && named(one))].slice(0, MOST);
}

interface MentioningProps {
  text: string;
  field: { current: HTMLTextAreaElement | null };
  onInsert(text: string): void;
}

export function useMentioning({ text, field, onInsert }: MentioningProps) {
  const desk = useDesk();
  const list = useId();
  const [people, setPeople] = useState<Mentionable[]>([]);
  const [at, setAt] = useState(0);
  const [left, setLeft] = useState<string | null>(null);
  const words = asked(text, field.current?.selectionStart ?? text.length);
  const open = words !== null && words !== left;
  const found = open ? matching(people, words) : [];
  useEffect(() => {
    if (words === null) setLeft(null);
    setAt(0);
  }, [words]);
  useEffect(() => {
    if (!open) return;
    desk.notes.mentionable().then(setPeople).catch(() => setPeople([]));
  }, [open]);

  const insert = (one: Mentionable): void => {
    const place = field.current?.selectionStart ?? text.length;
    const before = `${text.slice(0, place - (words?.length ?? 0))}${one.handle} `;
    const whole = before + text.slice(place).replace(/^ /, "");
    const box = field.current;
    if (box) {
      // Here and now: what is looked for is read from where the field stands when this is drawn again.
      box.value = whole;
      box.focus();
      box.setSelectionRange(before.length, before.length);
    }
    onInsert(whole);
  };
  return {
    ...walked({ list, open, found, at, onMove: setAt, onTake: insert, onLeave: () => setLeft(words) }),
    list: open && <Found list={list} found={found} at={at} known={people.length > 0} onChoose={insert} />,
  };
}

interface FoundProps {
  list: string;
  found: Mentionable[];
  at: number;
  known: boolean;
  onChoose(one: Mentionable): void;
}

function Found({ list, found, at, known, onChoose }: FoundProps) {
  const t = useText();
  const shown = useRef<HTMLLIElement>(null);
  useEffect(() => shown.current?.scrollIntoView?.({ block: "nearest" }), [at]);
  if (found.length === 0) return known ? <p class="pnote-people pnote-nobody quiet" role="status">{t.notes.nobody}</p> : null;
  return (
    <ul id={list} class="pnote-people" role="listbox" aria-label={t.notes.people} data-testid="mentionable">
      {found.map((one, index) => (
        <li
          key={one.handle} id={`${list}-${index}`} ref={index === at ? shown : undefined} role="option" aria-selected={index === at} class="pnote-person"
          onPointerDown={(event) => event.preventDefault()} onClick={() => onChoose(one)}
        >
          <strong dir="auto">{one.name}</strong> <span class="quiet">@{one.handle}{one.kind === "team" && ` · ${t.notes.team}`}</span>
        </li>
      ))}
    </ul>
  );
}
