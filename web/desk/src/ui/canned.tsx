// Replies written once: "/" in the composer finds them, and what nobody filled in yet is shown and never sent.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { CannedReply } from "../types";
import { walked } from "./found";
import { useDesk, useMay, useText } from "./hooks";

/** The placeholders that canned replies know; what else stands in braces is the agent's own affair. */
const KNOWN = /{\s*(?:customer\.(?:first_name|last_name|name)|order\.(?:number|date|total)|agent\.(?:first_name|name)|today)\s*}/g;
/** A slash at the beginning of a line, and what is typed after it. */
const ASKED = /(?:^|\n)\/([^\n]{0,60})$/;
const PAUSE = 150;

export function placeholdersIn(text: string): string[] {
  return [...new Set(text.match(KNOWN) ?? [])];
}

/** What is looked for, where the writing stands just now; null when nothing is. */
export function asked(text: string, place: number): string | null {
  return ASKED.exec(text.slice(0, place))?.[1] ?? null;
}

interface CannedProps {
  id: string;
  text: string;
  field: { current: HTMLTextAreaElement | null };
  onInsert(text: string): void;
}

export function useCanned({ id, text, field, onInsert }: CannedProps) {
  const desk = useDesk();
  const t = useText();
  const reads = useMay("knowledge.read");
  const list = useId();
  const [found, setFound] = useState<CannedReply[]>([]);
  const [at, setAt] = useState(0);
  const [left, setLeft] = useState<string | null>(null);
  const words = reads ? asked(text, field.current?.selectionStart ?? text.length) : null;
  const open = words !== null && words !== left;
  useEffect(() => {
    if (words === null) setLeft(null);
    if (words === null || words === left) return undefined;
    let alive = true;
    const timer = setTimeout(() => {
      desk.api.cannedReplies(id, words.trim()).then(({ items }) => {
        if (!alive) return;
        setFound(items);
        setAt(0);
      }).catch(() => alive && setFound([]));
    }, PAUSE);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [words, left, id]);

  const insert = async (reply: CannedReply): Promise<void> => {
    const box = field.current;
    const place = box?.selectionStart ?? text.length;
    try {
      const filled = await desk.api.filledReply(id, reply.id);
      const before = text.slice(0, place - (words?.length ?? 0) - 1);
      onInsert(before + filled.text + text.slice(place));
      requestAnimationFrame(() => {
        const blank = placeholdersIn(filled.text)[0];
        const start = blank ? before.length + filled.text.indexOf(blank) : before.length + filled.text.length;
        box?.focus();
        box?.setSelectionRange(start, start + (blank?.length ?? 0));
      });
    } catch {
      desk.store.dispatch({ do: "notice", text: t.inbox.cannedFailed });
    }
  };
  return {
    ...walked({ list, open, found, at, onMove: setAt, onTake: (reply) => void insert(reply), onLeave: () => setLeft(words) }),
    list: open && <Found list={list} found={found} at={at} onChoose={(reply) => void insert(reply)} />,
  };
}

interface FoundProps {
  list: string;
  found: CannedReply[];
  at: number;
  onChoose(reply: CannedReply): void;
}

function Found({ list, found, at, onChoose }: FoundProps) {
  const t = useText();
  const shown = useRef<HTMLLIElement>(null);
  useEffect(() => shown.current?.scrollIntoView?.({ block: "nearest" }), [at]);
  if (found.length === 0) return <p class="canned canned-none quiet" role="status" data-testid="canned-none">{t.inbox.cannedNone}</p>;
  return (
    <ul id={list} class="canned" role="listbox" aria-label={t.inbox.canned} data-testid="canned">
      {found.map((reply, index) => (
        <li
          key={reply.id} id={`${list}-${index}`} ref={index === at ? shown : undefined} role="option" aria-selected={index === at} class="canned-one" lang={reply.language}
          onPointerDown={(event) => event.preventDefault()} onClick={() => onChoose(reply)}
        >
          <span class="canned-title"><strong dir="auto">{reply.title}</strong> <span class="quiet">/{reply.shortcut}</span></span>
          <span class="canned-preview quiet" dir="auto">{reply.preview}</span>
        </li>
      ))}
    </ul>
  );
}

/** What is still to be filled in, named under the words; choosing one marks it in the text. */
export function useBlanks(field: { current: HTMLTextAreaElement | null }, unfilled: string[]) {
  const t = useText();
  const mark = (blank: string): void => {
    const box = field.current;
    const start = box?.value.indexOf(blank) ?? -1;
    if (!box || start < 0) return;
    box.focus();
    box.setSelectionRange(start, start + blank.length);
  };
  return {
    first: () => unfilled[0] && mark(unfilled[0]),
    shown: unfilled.length > 0 && (
      <p class="blanks" role="alert" data-testid="blanks">
        <span>{t.inbox.blanks}</span>
        {unfilled.map((blank) => {
          const name = blank.replace(/[{}\s]/g, "");
          return <button key={blank} type="button" class="blank" onClick={() => mark(blank)}>{t.inbox.facts[name] ?? name}</button>;
        })}
      </p>
    ),
  };
}
