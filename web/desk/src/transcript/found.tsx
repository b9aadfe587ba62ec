// What was looked for in the list, in the conversation that was opened from there: how often it was said, and the way from one place to the next.

import { ChevronDown, ChevronUp, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { takesText } from "../keys";
import { IconButton } from "../ui/bits";
import { register, useCommand } from "../ui/commands";
import { useDesk, useSelect, useText } from "../ui/hooks";
import type { State } from "../state/state";

const FEWEST = 2;
const looking = ({ page, open, query }: State): boolean => page === "conversations" && open !== null && query.trim().length >= FEWEST;

register(
  { id: "found.previous", group: "conversation", words: { fr: "Mots cherchés\u00a0: l’occurrence d’avant", en: "Words searched for: the one before" }, shortcut: "[", may: "conversations.read", when: looking },
  { id: "found.next", group: "conversation", words: { fr: "Mots cherchés\u00a0: l’occurrence d’après", en: "Words searched for: the next one" }, shortcut: "]", may: "conversations.read", when: looking },
);

export function FoundHere({ id, onShow }: { id: string; onShow(seq: number): void }) {
  const desk = useDesk();
  const { found: words } = useText().working;
  const query = useSelect((state) => state.query.trim());
  const [places, set] = useState<number[]>([]);
  const [at, go] = useState(0);
  const show = useRef(onShow);
  show.current = onShow;
  useEffect(() => {
    set([]);
    if (query.length < FEWEST) return undefined;
    let alive = true;
    // Typing goes on; and who looked for a name has found it.
    const timer = setTimeout(() => desk.api.found(id, query).then(({ seqs }) => {
      const last = seqs[seqs.length - 1];
      if (!alive || last === undefined) return;
      set(seqs);
      go(seqs.length - 1);
      // Whoever is still typing keeps the focus.
      if (!takesText(document.activeElement)) show.current(last);
    }).catch(() => {}), 300);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [id, query]);
  const step = (by: 1 | -1): void => {
    const next = Math.min(Math.max(at + by, 0), places.length - 1);
    const seq = places[next];
    if (seq === undefined) return;
    go(next);
    show.current(seq);
  };
  useCommand("found.previous", () => step(-1));
  useCommand("found.next", () => step(1));
  if (places.length === 0) return null;
  return (
    <div class="found-here" role="group" aria-label={words.label(query)} data-testid="found-here">
      <span role="status"><span dir="auto">{words.quoted(query)}</span> {words.of(at + 1, places.length)}</span>
      <IconButton icon={ChevronUp} label={words.previous} hint="[" testId="found-previous" onClick={() => step(-1)} />
      <IconButton icon={ChevronDown} label={words.next} hint="]" testId="found-next" onClick={() => step(1)} />
      <IconButton icon={X} label={words.end} onClick={() => set([])} />
    </div>
  );
}
