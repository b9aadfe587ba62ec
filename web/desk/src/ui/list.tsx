// The first column: views with their counts, search, and the conversations.

import { PanelLeftClose, Search, X } from "lucide-preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Dictionary } from "../i18n";
import { VIEWS, type View } from "../types";
import { AccountMenu } from "./account";
import { Icon, IconButton, Key, Mark } from "./bits";
import { useCommand } from "./commands";
import { useDesk, useSelect, useText } from "./hooks";
import { InboxButton, InboxNow, InboxPanel, useInbox } from "./inbox";
import { Row } from "./row";
import { SelectButton, Tick, useChoosing } from "../bulk/choosing";

export function ListColumn() {
  const { keep } = useDesk();
  const t = useText();
  const inbox = useInbox();
  return (
    <section class="column list" aria-label={t.list.label}>
      <header class="list-top">
        <Mark />
        <span class="brand">{t.product}</span>
        <IconButton
          icon={PanelLeftClose} label={t.list.fold} class="only-wide" onClick={() => keep.prefer({ listFolded: true })}
        />
        <AccountMenu />
      </header>
      <Views />
      <div class="search-line">
        <SearchBox />
        <SelectButton />
        <InboxButton open={inbox.open} onToggle={inbox.toggle} />
      </div>
      {inbox.open && <InboxPanel onClose={inbox.close} />}
      <InboxNow />
      <Rows />
    </section>
  );
}

function Views() {
  const desk = useDesk();
  const t = useText();
  const view = useSelect((state) => state.view);
  const counts = useSelect((state) => state.counts);
  return (
    <nav class="views" aria-label={t.viewsLabel}>
      {VIEWS.map((one, index) => {
        const count = one === "closed" ? null : counts[one] ?? 0;
        return (
          <button
            key={one} type="button" class="view" aria-current={one === view ? "true" : undefined}
            data-testid={`view-${one}`} title={`${t.views[one]} (${index + 1})`} onClick={() => desk.go({ view: one })}
          >
            <span>{t.views[one]}</span>{" "}
            {count !== null && <span class={`count ${one === "waiting" && count > 0 ? "count-waiting" : ""}`}>{count}</span>}
            {count !== null && <span class="sr"> {t.viewCount(count)}</span>}
          </button>
        );
      })}
    </nav>
  );
}

function SearchBox() {
  const desk = useDesk();
  const t = useText();
  const query = useSelect((state) => state.query);
  const [text, setText] = useState(query);
  const box = useRef<HTMLInputElement>(null);
  useCommand("search", () => {
    box.current?.focus();
    box.current?.select();
  });
  useEffect(() => {
    if (text.trim() === query) return undefined;
    const timer = setTimeout(() => desk.reading.search(text.trim()), 220);
    return () => clearTimeout(timer);
  }, [text]);
  const clear = (): void => {
    setText("");
    box.current?.focus();
  };
  return (
    <div class="search" role="search">
      <Icon of={Search} size={14} />
      <input
        ref={box} type="search" value={text} placeholder={t.list.search} aria-label={t.list.search} autocomplete="off"
        spellcheck={false} onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && text) {
            event.stopPropagation();
            clear();
          }
          if (event.key === "ArrowDown") {
            event.preventDefault();
            document.querySelector<HTMLElement>("[data-testid=row]")?.focus();
          }
        }}
      />
      {text ? <IconButton icon={X} label={t.list.clear} onClick={clear} /> : <Key>/</Key>}
    </div>
  );
}

function Rows() {
  const desk = useDesk();
  const t = useText();
  const view = useSelect((state) => state.view);
  const list = useSelect((state) => state.list);
  const openId = useSelect((state) => state.open?.id ?? null);
  const box = useRef<HTMLOListElement>(null);
  useRovingFocus(box, list.items.map((item) => item.id), openId);
  const { choosing, has, key, bar } = useChoosing(list.items, useSelect((state) => `${state.view} ${state.query} ${JSON.stringify(state.criteria)}`));

  if (list.status === "loading") return <Skeletons label={t.list.loading} />;
  if (list.status === "error") {
    return (
      <div class="empty" role="alert">
        <p class="empty-title">{t.list.error}</p>
        <button type="button" class="button" onClick={() => void desk.reading.loadList()}>{t.list.retry}</button>
      </div>
    );
  }
  // The bar stays the same one when the last row goes: what came of it is still read.
  if (list.items.length === 0) return <div class="rows">{bar}<Empty /></div>;
  const more = async (): Promise<void> => {
    await desk.reading.loadMore().catch(() => desk.store.dispatch({ do: "notice", text: t.list.error }));
  };
  return (
    <div class="rows">
      {bar}
      <ol ref={box} aria-label={t.views[view]} class={choosing ? "bulk-choosing" : undefined} onKeyDown={key}>
        {list.items.map((item) => (
          <Row
            key={item.id} item={item} view={view} open={item.id === openId} left={list.held?.id === item.id}
            tick={choosing ? <Tick item={item} on={has(item.id)} /> : undefined}
          />
        ))}
      </ol>
      {list.next && (
        <button type="button" class="button more" aria-disabled={list.loadingMore} onClick={() => void more()}>
          {list.loadingMore ? t.list.loadingMore : t.list.more}
        </button>
      )}
    </div>
  );
}

/** j/k and arrows move the focus from row to row; a row that moves or goes away hands its focus on. */
function useRovingFocus(box: { current: HTMLOListElement | null }, ids: string[], openId: string | null): void {
  const last = useRef<{ id: string; index: number } | null>(null);
  const rows = (): HTMLElement[] => [...(box.current?.querySelectorAll<HTMLElement>("[data-testid=row]") ?? [])];
  const focused = (): number => rows().indexOf(document.activeElement as HTMLElement);

  const move = (step: 1 | -1): void => {
    const all = rows();
    const now = focused();
    const open = ids.indexOf(openId ?? "");
    const from = now >= 0 ? now : open >= 0 ? open : step > 0 ? -1 : all.length;
    const to = all[Math.min(all.length - 1, Math.max(0, from + step))];
    to?.focus();
    to?.scrollIntoView({ block: "nearest" });
  };
  useCommand("next", () => move(1));
  useCommand("previous", () => move(-1));

  useEffect(() => {
    const remember = (): void => {
      const index = focused();
      const id = rows()[index]?.dataset.id;
      last.current = id ? { id, index } : null;
    };
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, []);

  useLayoutEffect(() => {
    // Moving or removing a focused element drops the focus to the page: give it back where it was.
    if (!last.current || document.activeElement !== document.body) return;
    const { id, index } = last.current;
    const all = rows();
    const target = all.find((row) => row.dataset.id === id) ?? all[Math.min(index, all.length - 1)];
    target?.focus({ preventScroll: true });
  }, [ids.join()]);
}

function Skeletons({ label }: { label: string }) {
  return (
    <div class="rows" aria-busy="true">
      <span class="sr" role="status">{label}</span>
      {[62, 44, 70, 52, 38, 58].map((width) => (
        <div key={width} class="row-skeleton" aria-hidden="true">
          <i style={{ width: `${width * 0.6}%` }} />
          <i style={{ width: `${width + 20}%` }} />
        </div>
      ))}
    </div>
  );
}

const OTHER: Record<View, View> = { waiting: "assistant", mine: "waiting", assistant: "waiting", closed: "waiting", team: "waiting", longest: "assistant", risk: "waiting", snoozed: "mine", mentioned: "mine" };

function Empty() {
  const desk = useDesk();
  const t = useText();
  const view = useSelect((state) => state.view);
  const query = useSelect((state) => state.query);
  const narrowed = useSelect((state) => Object.keys(state.criteria).length > 0);
  const words: Dictionary["list"]["empty"][View] = t.list.empty[view];
  if (query) {
    return (
      <div class="empty">
        <p class="empty-title">{t.list.noMatch(query, t.views[view])}</p>
        <p>{t.list.noMatchText}</p>
        <div class="empty-actions">
          {VIEWS.filter((other) => other !== view).map((other) => (
            <button key={other} type="button" class="link" onClick={() => desk.go({ view: other })}>
              {t.list.lookIn(t.views[other])}
            </button>
          ))}
        </div>
      </div>
    );
  }
  if (narrowed) {
    return (
      <div class="empty">
        <p class="empty-title">{t.inbox.nothing}</p>
        <button type="button" class="link" onClick={() => desk.reading.narrow({})}>{t.inbox.clear}</button>
      </div>
    );
  }
  return (
    <div class="empty">
      <p class="empty-title">{words.title}</p>
      <p>{words.text}</p>
      <button type="button" class="link" onClick={() => desk.go({ view: OTHER[view] })}>{words.go}</button>
    </div>
  );
}
