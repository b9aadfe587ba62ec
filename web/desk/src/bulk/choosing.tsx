// Choosing several conversations of the list: ticks, keys, and the bar of what can be done with them.

import { ListChecks } from "lucide-preact";
import type { Summary } from "../types";
import { IconButton } from "../ui/bits";
import { register, useCommand } from "../ui/commands";
import { useDesk, useMay, useText } from "../ui/hooks";
import { later } from "../ui/later";
import { nameless } from "./naming";
import { selection, useForgetting, useSelection } from "./selection";

const BulkBar = later(() => import("./bar").then((module) => module.BulkBar));
const WRITES = "conversations.write";

register(
  { id: "bulk.select", group: "move", words: { fr: "Choisir plusieurs conversations", en: "Choose several conversations" }, also: { fr: "sélection lot cocher", en: "select bulk tick" }, shortcut: "b", may: WRITES, when: ({ page }) => page === "conversations" },
  { id: "bulk.toggle", group: "move", words: { fr: "Choisir la ligne", en: "Choose the row" }, shortcut: "x", may: WRITES, local: true },
  { id: "bulk.extend", group: "move", words: { fr: "Étendre le choix", en: "Extend the choice" }, shortcut: ["Shift+ArrowDown", "Shift+ArrowUp"], may: WRITES, local: true },
  { id: "bulk.all", group: "move", words: { fr: "Choisir toutes les lignes", en: "Choose every row" }, shortcut: "Mod+A", may: WRITES, local: true },
);

export function SelectButton() {
  const t = useText();
  const writes = useMay(WRITES);
  const { open } = useSelection();
  const flip = (): void => {
    selection.show(!selection.open);
    if (selection.open) document.querySelector<HTMLElement>("[data-testid=row]")?.focus();
  };
  useCommand("bulk.select", flip);
  if (!writes) return null;
  return <IconButton icon={ListChecks} label={t.sorting.select} hint="b" pressed={open} testId="bulk-select" onClick={flip} />;
}

/** The box beside a row, where rows are being chosen. */
export function Tick({ item, on }: { item: Summary; on: boolean }) {
  const t = useText();
  return (
    <label class="bulk-tick" data-on={on}>
      <input type="checkbox" checked={on} tabIndex={-1} aria-label={t.sorting.pick(nameless(item))} data-testid="tick" onChange={() => selection.toggle(item)} />
    </label>
  );
}

/** The bar, and what the keys of the list do with the choice. */
export function useChoosing(items: Summary[], list: string) {
  const desk = useDesk();
  const writes = useMay(WRITES);
  const { open, all } = useSelection();
  useForgetting(list);
  const rowOf = (target: EventTarget | null): { row: HTMLElement; item: Summary } | null => {
    const row = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-testid=row]") : null;
    const item = items.find(({ id }) => id === row?.dataset.id);
    return row && item ? { row, item } : null;
  };
  const extend = (from: { row: HTMLElement; item: Summary }, step: 1 | -1): void => {
    const next = items[items.indexOf(from.item) + step];
    selection.add(next ? [from.item, next] : [from.item]);
    const row = next && document.querySelector<HTMLElement>(`[data-testid=row][data-id="${next.id}"]`);
    row?.focus();
    row?.scrollIntoView?.({ block: "nearest" });
  };
  const key = (event: KeyboardEvent): void => {
    const from = rowOf(event.target);
    if (!writes || !from || event.isComposing || event.altKey) return;
    const mod = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (mod && letter === "a") selection.add(items);
    else if (mod) return;
    else if (letter === "x" && desk.keep.preferences.letterKeys) selection.toggle(from.item);
    else if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) extend(from, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape" && (open || all.size > 0)) selection.clear();
    else return;
    event.preventDefault();
  };
  const choosing = writes && (open || all.size > 0);
  return { key, choosing, has: (id: string) => all.has(id), bar: choosing && <BulkBar items={items} /> };
}
