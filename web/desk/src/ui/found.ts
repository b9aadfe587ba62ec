// What is found for what is being written: its list is walked by the arrows, Enter or Tab takes one, Escape leaves it.

interface Finding<T> {
  /** The identifier of the list; that of an entry is followed by its place. */
  list: string;
  open: boolean;
  found: readonly T[];
  at: number;
  onMove(at: number): void;
  onTake(one: T): void;
  onLeave(): void;
}

/** What the field hears and says; `key` tells whether a key was meant for the list. */
export function walked<T>({ list, open, found, at, onMove, onTake, onLeave }: Finding<T>) {
  const key = (event: KeyboardEvent): boolean => {
    if (!open || event.isComposing) return false;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const chosen = found[at];
    if (step && found.length > 0) onMove((at + step + found.length) % found.length);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen && !event.shiftKey && !event.ctrlKey && !event.metaKey) onTake(chosen);
    else if (event.key === "Escape") onLeave();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const aria = open ? { "aria-controls": list, "aria-activedescendant": found[at] ? `${list}-${at}` : undefined, "aria-autocomplete": "list" as const } : {};
  return { key, aria };
}
