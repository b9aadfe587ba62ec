// Choosing tags: type to find one, Enter puts it on or takes it off.

import { Check } from "lucide-preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { found } from "../folding";
import type { Tag } from "../types.sorting";
import { Icon } from "../ui/bits";
import { Dialog } from "../ui/dialogs";
import { useDesk, useLanguage } from "../ui/hooks";
import { words } from "./words";

interface TagPickerProps {
  title: string;
  /** Those that are on already. */
  chosen: string[];
  onChoose(tag: Tag, on: boolean): Promise<void>;
  onClose(): void;
}

export function TagPicker({ title, chosen, onChoose, onClose }: TagPickerProps) {
  const desk = useDesk();
  const w = words[useLanguage()];
  const [tags, setTags] = useState<Tag[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const busy = useRef(false);
  const list = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    desk.api.tags().then(({ items }) => setTags(items)).catch(() => setFailed(true));
    field.current?.focus();
  }, []);
  const shown = (tags ?? []).filter((tag) => (!tag.retired || chosen.includes(tag.id)) && found(tag.name, query.trim()));
  const place = Math.min(at, shown.length - 1);
  const choose = async (tag: Tag | undefined): Promise<void> => {
    if (!tag || busy.current) return;
    busy.current = true;
    await onChoose(tag, !chosen.includes(tag.id));
    busy.current = false;
  };
  const press = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && shown.length > 0) setAt((place + step + shown.length) % shown.length);
    else if (event.key === "Enter") void choose(shown[place]);
    else return;
    event.preventDefault();
  };
  useEffect(() => document.getElementById(`${list}-${place}`)?.scrollIntoView?.({ block: "nearest" }), [place]);
  return (
    <Dialog title={title} onClose={onClose}>
      <input
        ref={field} class="tags-find" type="text" role="combobox" value={query} aria-label={w.find} placeholder={w.find} autocomplete="off" spellcheck={false}
        aria-expanded={shown.length > 0} aria-controls={list} aria-activedescendant={shown[place] ? `${list}-${place}` : undefined} aria-autocomplete="list"
        data-testid="tags-find" onKeyDown={press} onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
      />
      <ul id={list} class="tags-list" role="listbox" aria-multiselectable="true" aria-label={w.list}>
        {shown.map((tag, index) => (
          <li
            key={tag.id} id={`${list}-${index}`} class="tags-option" role="option" aria-selected={chosen.includes(tag.id)} data-at={index === place} data-testid="tag-option"
            onPointerDown={(event) => event.preventDefault()} onClick={() => void choose(tag)}
          >
            <span class={`tags-chip tags-${tag.colour}`} dir="auto">{tag.name}</span>
            {chosen.includes(tag.id) && <Icon of={Check} />}
          </li>
        ))}
      </ul>
      <p class="quiet" role="status">{failed ? w.failed : tags?.length === 0 ? w.none : tags && shown.length === 0 ? w.nothing : w.hint}</p>
      <div class="dialog-actions"><button type="button" class="button" data-testid="tags-done" onClick={onClose}>{w.done}</button></div>
    </Dialog>
  );
}
