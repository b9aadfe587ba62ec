// The command palette: everything that can be done now, and whatever the server finds, by a few letters.

import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import type { Dictionary } from "../i18n";
import { perform, shortcutsOf } from "../ui/commands";
import { useModal } from "../ui/dialogs";
import { useDesk, useLanguage, useMay, useText } from "../ui/hooks";
import { nameOf } from "../ui/who";
import type { Found } from "../types.working";
import { learn } from "../work/first";
import { fitting } from "./finding";
import { Keycaps } from "./keycaps";

const WAIT = 140;
const FEWEST = 2;
const MOST_COMMANDS = 8;
const REMEMBERED = 6;
const recent: string[] = [];

interface Item {
  key: string;
  group: string;
  label: string;
  detail?: string;
  keys?: readonly string[];
  disabled?: boolean;
  run(): void;
}

export function Palette({ onClose }: { onClose(): void }) {
  const desk = useDesk();
  const t = useText();
  const [words, setWords] = useState("");
  const { found, searching, failed } = useFound(words);
  const items = useItems(words, found, onClose);
  const [at, setAt] = useState(0);
  const chosen = Math.min(at, items.length - 1);
  const id = useId();
  const box = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);

  useModal(box, onClose);
  useEffect(() => learn(desk.keep, "palette"), []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen, items]);

  const press = (event: KeyboardEvent): void => {
    if (event.isComposing || items.length === 0) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((chosen + step + items.length) % items.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const item = items[chosen];
      if (item && !item.disabled) item.run();
    }
  };

  const w = t.working.palette;
  const wanted = words.trim();
  return (
    <dialog
      ref={box} class="palette" aria-label={w.title} data-testid="palette"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <input
        class="palette-field" type="text" role="combobox" aria-expanded="true" aria-controls={`${id}-list`} aria-autocomplete="list"
        aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined} aria-label={w.field} placeholder={w.hint} value={words}
        autocomplete="off" spellcheck={false} maxLength={200} autofocus data-testid="palette-field"
        onInput={(event) => {
          setWords(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div class="palette-list" role="listbox" id={`${id}-list`} aria-label={w.title} ref={list} tabIndex={-1}>
        {items.map((item, index) => (
          <Choice key={item.key} item={item} id={`${id}-${index}`} first={items[index - 1]?.group !== item.group} selected={index === chosen} onPoint={() => setAt(index)} />
        ))}
      </div>
      <p class="palette-foot" role="status">
        {failed ? w.failed : searching ? w.searching : items.length === 0 ? w.none(wanted) : <span class="sr">{w.results(items.length)}</span>}
      </p>
    </dialog>
  );
}

function Choice({ item, id, first, selected, onPoint }: { item: Item; id: string; first: boolean; selected: boolean; onPoint(): void }) {
  return (
    <>
      {first && <p class="palette-group" role="presentation">{item.group}</p>}
      <div
        role="option" id={id} class="palette-item" aria-selected={selected} aria-disabled={item.disabled} data-testid="palette-item" data-key={item.key}
        onPointerMove={() => selected || onPoint()} onClick={() => item.disabled || item.run()}
      >
        <span class="palette-label"><bdi>{item.label}</bdi>{item.detail && <span class="quiet palette-detail"><bdi>{item.detail}</bdi></span>}</span>
        {item.keys && item.keys.length > 0 && <span class="palette-keys"><Keycaps shortcuts={item.keys.slice(0, 1)} /></span>}
      </div>
    </>
  );
}

function useItems(words: string, found: Found | null, onClose: () => void): Item[] {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  return useMemo(() => {
    const w = t.working.palette;
    const after = (run: () => void) => (): void => {
      onClose();
      // The dialog gives the focus back first; what is done may want it elsewhere.
      setTimeout(run);
    };
    const wanted = words.trim();
    const commands = fitting(wanted, desk.store.state, language, recent).slice(0, wanted ? MOST_COMMANDS : undefined).map((command): Item => ({
      key: command.id, group: w.commands, label: command.words[language], keys: shortcutsOf(command),
      run: after(() => {
        remember(command.id);
        perform(command, desk);
      }),
    }));
    const open = (id: string | null) => after(() => id && desk.go({ page: "conversations", id }));
    const go = (hash: string) => after(() => {
      location.hash = hash;
    });
    return [...commands, ...(found ? foundItems(found, t, open, go) : [])];
  }, [words, found, language]);
}

function foundItems({ conversations, notes, customers, orders, cases }: Found, t: Dictionary, open: (id: string | null) => () => void, go: (hash: string) => () => void): Item[] {
  const w = t.working.palette;
  const entry = (kind: string, id: string, group: string, label: string, detail: string, conversation: string | null): Item => ({
    key: `${kind}:${id}`, group, label, disabled: conversation === null, run: open(conversation),
    detail: [detail, conversation === null ? w.nothingToOpen : ""].filter(Boolean).join(" · "),
  });
  return [
    ...customers.map((one): Item => ({
      key: `customer:${one.id}`, group: w.customers, label: one.name, detail: [one.company, one.value].filter(Boolean).join(" · "), run: go(`#/customers/${one.id}`),
    })),
    ...orders.map((one) => entry("order", one.id, w.orders, one.number, one.about, one.conversation)),
    ...cases.map((one): Item => ({ key: `case:${one.id}`, group: w.cases, label: one.number, detail: one.about, run: go(`#/cases/${one.id}`) })),
    ...conversations.map((one) => entry("conversation", one.id, w.conversations, nameOf(one, t), one.goal ?? one.last?.text ?? "", one.id)),
    ...notes.map((one) => entry("note", one.id, w.notes, one.text, one.author, one.conversation)),
  ];
}

/** What the server finds, once the fingers rest; an answer to earlier words is thrown away. */
function useFound(words: string): { found: Found | null; searching: boolean; failed: boolean } {
  const desk = useDesk();
  const reads = useMay("conversations.read");
  const [state, set] = useState<{ found: Found | null; searching: boolean; failed: boolean }>({ found: null, searching: false, failed: false });
  const wanted = words.trim();
  useEffect(() => {
    if (!reads || wanted.length < FEWEST) {
      set({ found: null, searching: false, failed: false });
      return undefined;
    }
    let alive = true;
    set((before) => ({ ...before, searching: true, failed: false }));
    const timer = setTimeout(() => {
      desk.api.find(wanted)
        .then((found) => alive && set({ found, searching: false, failed: false }))
        .catch(() => alive && set({ found: null, searching: false, failed: true }));
    }, WAIT);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [wanted, reads]);
  return state;
}

function remember(id: string): void {
  const at = recent.indexOf(id);
  if (at >= 0) recent.splice(at, 1);
  recent.unshift(id);
  recent.length = Math.min(recent.length, REMEMBERED);
}
