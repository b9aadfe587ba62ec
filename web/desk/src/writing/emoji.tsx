// Choosing an emoji: by a word of either language, with the arrows, with Enter.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { found } from "../folding";
import type { Language } from "../types";
import { useLanguage } from "../ui/hooks";
import { EMOJI } from "./emoji-list";

const SAYS: Record<Language, { find: string; list: string; none: string }> = {
  en: { find: "Find an emoji", list: "Emoji", none: "No emoji by that word" },
  fr: { find: "Chercher un émoji", list: "Émojis", none: "Aucun émoji pour ce mot" },
};
const KEPT = "relais.emoji";
const MOST_RECENT = 8;

interface EmojiPickerProps {
  onChoose(emoji: string): void;
  onClose(): void;
}

export function EmojiPicker({ onChoose, onClose }: EmojiPickerProps) {
  const language = useLanguage();
  const says = SAYS[language];
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);
  const recent = useRef(recently()).current;
  const order = [...recent.flatMap((emoji) => EMOJI.filter((one) => one.emoji === emoji)), ...EMOJI.filter((one) => !recent.includes(one.emoji))];
  const shown = order.filter((one) => found(`${one.fr} ${one.en}`, query.trim()));
  const place = Math.min(at, shown.length - 1);
  useEffect(() => document.getElementById(`${id}-${place}`)?.scrollIntoView?.({ block: "nearest" }), [place]);
  const choose = (emoji: string | undefined): void => {
    if (!emoji) return;
    remember(emoji, recent);
    onChoose(emoji);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const across = columns(grid.current);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
    // Left and right belong to the word while there is one.
    if (step !== undefined && (Math.abs(step) > 1 || !query)) setAt(Math.max(0, Math.min(shown.length - 1, place + step)));
    else if (event.key === "Enter") choose(shown[place]?.emoji);
    else if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else return;
    event.preventDefault();
  };
  return (
    <div class="writing-emoji" data-testid="emoji-picker">
      <input
        ref={field} type="text" role="combobox" value={query} aria-label={says.find} placeholder={says.find} autocomplete="off" spellcheck={false} aria-expanded={shown.length > 0}
        aria-controls={id} aria-activedescendant={shown.length > 0 ? `${id}-${place}` : undefined} aria-autocomplete="list" data-testid="emoji-find" onKeyDown={press}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div ref={grid} id={id} class="writing-grid" role="listbox" aria-label={says.list}>
        {shown.map((one, index) => (
          <button
            key={one.emoji} id={`${id}-${index}`} type="button" tabIndex={-1} class="writing-one" role="option" aria-selected={index === place} aria-label={one[language]} title={one[language]}
            onPointerDown={(event) => event.preventDefault()} onClick={() => choose(one.emoji)}
          >
            {one.emoji}
          </button>
        ))}
      </div>
      {shown.length === 0 && <p class="quiet" role="status">{says.none}</p>}
    </div>
  );
}

/** How many stand side by side. */
function columns(grid: HTMLElement | null): number {
  const template = grid ? getComputedStyle(grid).gridTemplateColumns : "";
  return Math.max(2, template.split(" ").filter(Boolean).length);
}

function recently(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string").slice(0, MOST_RECENT) : [];
  } catch {
    return [];
  }
}

function remember(emoji: string, before: string[]): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify([emoji, ...before.filter((one) => one !== emoji)].slice(0, MOST_RECENT)));
  } catch {
    // A browser that keeps nothing still inserts it.
  }
}
