// The checklist: what is to be done, ticked off as it is.

import { Plus, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { brief } from "../format";
import { Icon, IconButton } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import type { Shown } from "./changing";
import { named } from "./choosing";
import { serverTime } from "./clocks";
import { Panel, useWords } from "./parts";
import type { Item } from "./types";

export function Items({ whole, writes, reload, trouble }: Shown) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const [adding, add] = useState<{ text: string; required: boolean } | null>(null);
  const [ticked, tick] = useState<Record<string, boolean>>({});
  const field = useRef<HTMLInputElement>(null);
  const open = adding !== null;
  useEffect(() => field.current?.focus(), [open]);
  const at = `/cases/${whole.case.id}/checklist`;
  const doing = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
    } catch (error) {
      trouble(error);
      await reload();
      return false;
    }
    await reload();
    return true;
  };
  const flip = async (item: Item, done: boolean): Promise<void> => {
    tick({ ...ticked, [item.id]: done });
    await doing(() => rest.patch(`${at}/${item.id}`, { done }));
    tick(({ [item.id]: _, ...others }) => others);
  };
  const keep = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = adding?.text.trim();
    if (!adding || !text) return;
    // Written once, read in either language.
    if (await doing(() => rest.post(at, { texts: { fr: text, en: text }, required: adding.required }))) add(null);
  };
  const done = whole.items.filter((item) => ticked[item.id] ?? item.done_at !== null).length;
  if (whole.items.length === 0 && !writes) return null;
  return (
    <Panel
      title={words.checklist} testId="case-items" action={(
        <>
          {whole.items.length > 0 && <span class="quiet">{words.done(done, whole.items.length)}</span>}
          {writes && !adding && <button type="button" class="link" data-testid="item-add" onClick={() => add({ text: "", required: false })}><Icon of={Plus} size={14} />{words.itemAdd}</button>}
        </>
      )}
    >
      {whole.items.length === 0 && !adding && <p class="quiet">{words.noItems}</p>}
      {whole.items.length > 0 && (
        <ul class="cases-items">
          {whole.items.map((item) => {
            const text = named(item.texts, language);
            const who = item.done_by ? whole.names[item.done_by] : undefined;
            return (
              <li key={item.id} data-testid="case-item">
                <label>
                  <input type="checkbox" checked={ticked[item.id] ?? item.done_at !== null} disabled={!writes} onChange={(event) => void flip(item, event.currentTarget.checked)} />
                  <span class="cases-item-text" dir="auto">{text}</span>
                </label>
                {item.required && <span class="cases-required">{words.itemRequired}</span>}
                {item.done_at && <span class="quiet cases-item-by">{who ? words.itemBy(who, brief(item.done_at, serverTime(), language)) : brief(item.done_at, serverTime(), language)}</span>}
                {writes && !item.required && <IconButton icon={X} label={words.itemRemove(text)} onClick={() => void doing(() => rest.remove(`${at}/${item.id}`))} />}
              </li>
            );
          })}
        </ul>
      )}
      {adding && (
        <form class="cases-item-form" onSubmit={(event) => void keep(event)}>
          <input
            value={adding.text} maxLength={300} placeholder={words.itemAdding} aria-label={words.itemAdding} dir="auto" data-testid="item-text"
            ref={field} onInput={(event) => add({ ...adding, text: event.currentTarget.value })}
          />
          <label><input type="checkbox" checked={adding.required} onChange={(event) => add({ ...adding, required: event.currentTarget.checked })} />{words.itemRequired}</label>
          <button type="button" class="button" onClick={() => add(null)}>{words.cancel}</button>
          <button type="submit" class="button primary" aria-disabled={!adding.text.trim()} data-testid="item-save">{words.save}</button>
        </form>
      )}
    </Panel>
  );
}
