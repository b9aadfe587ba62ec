// What the pages of customers are made of: their words, what is loaded, panels, chips, forms that lose nothing.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Form } from "../admin/parts";
import { useRest } from "../admin/rest";
import { Refused } from "../api";
import { useLanguage } from "../ui/hooks";
import { en, type Words } from "./words.en";
import { fr } from "./words.fr";

export function useWords(): Words {
  return useLanguage() === "fr" ? fr : en;
}

export interface Asked<T> {
  value: T | null;
  /** Why there is none. */
  failed: unknown;
  reload(): void;
  set(change: (value: T) => T): void;
}

/** What the server answers to a path, asked anew when it changes or the agent's language does. */
export function useAsked<T>(path: string | null): Asked<T> {
  const rest = useRest();
  const language = useLanguage();
  const [state, set] = useState<{ path: string | null; value: T | null; failed: unknown }>({ path: null, value: null, failed: null });
  const [times, again] = useState(0);
  useEffect(() => {
    if (path === null) return undefined;
    let alive = true;
    rest.get<T>(path)
      .then((value) => alive && set({ path, value, failed: null }))
      .catch((failed: unknown) => alive && set({ path, value: null, failed }));
    return () => {
      alive = false;
    };
  }, [path, language, times]);
  const current = state.path === path;
  return {
    value: current ? state.value : null, failed: current ? state.failed : null, reload: () => again((n) => n + 1),
    set: (change) => set((known) => (known.value === null ? known : { ...known, value: change(known.value) })),
  };
}

export interface Paged<T> extends Omit<Asked<T[]>, "set"> {
  next: string | null;
  more(): Promise<void>;
  set(change: (items: T[]) => T[]): void;
}

/** A list that comes a page at a time; the key of each keeps one that comes twice from showing twice. */
export function usePaged<T extends { id: string }>(path: string | null): Paged<T> {
  const rest = useRest();
  const asked = useAsked<{ items: T[]; next?: string | null }>(path);
  const busy = useRef(false);
  const next = asked.value?.next ?? null;
  const more = async (): Promise<void> => {
    if (!path || !next || busy.current) return;
    busy.current = true;
    const page = await rest.get<{ items: T[]; next?: string | null }>(`${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(next)}`).catch(() => null);
    busy.current = false;
    if (page) asked.set((known) => ({ ...page, items: [...known.items, ...page.items.filter((one) => !known.items.some(({ id }) => id === one.id))] }));
  };
  return { value: asked.value?.items ?? null, failed: asked.failed, reload: asked.reload, next, more, set: (change) => asked.set((known) => ({ ...known, items: change(known.items) })) };
}

/** What stands in the place of what is not there yet, or cannot be. */
export function Waiting({ asked, rows = 3 }: { asked: Pick<Asked<unknown>, "failed" | "reload">; rows?: number }) {
  const words = useWords();
  if (asked.failed) {
    return (
      <div class="cust-none" role="alert" data-testid="page-failed">
        <p>{asked.failed instanceof Refused && asked.failed.detail ? asked.failed.detail : words.failed}</p>
        <button type="button" class="button" onClick={asked.reload}>{words.retry}</button>
      </div>
    );
  }
  return (
    <div aria-busy="true">
      <span class="sr" role="status">{words.loading}</span>
      {Array.from({ length: rows }, (_, at) => <div key={at} class="skeleton cust-skeleton" aria-hidden="true" />)}
    </div>
  );
}

export function More({ list }: { list: Pick<Paged<unknown>, "next" | "more"> }) {
  const words = useWords();
  return list.next ? <button type="button" class="button cust-more" data-testid="cust-more" onClick={() => void list.more()}>{words.more}</button> : null;
}

const WIDE = "(min-width: 900px)";

/** Whether there is room for two columns. */
export function useWide(): boolean {
  const [wide, set] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const media = matchMedia(WIDE);
    const look = (): void => set(media.matches);
    look();
    media.addEventListener("change", look);
    return () => media.removeEventListener("change", look);
  }, []);
  return wide;
}

interface PanelProps {
  title: string;
  action?: ComponentChildren;
  children: ComponentChildren;
  testId?: string;
}

export function Panel({ title, action, children, testId }: PanelProps) {
  const id = useId();
  return (
    <section class="cust-panel" aria-labelledby={id} data-testid={testId}>
      <header class="cust-panel-top"><h2 id={id}>{title}</h2>{action}</header>
      {children}
    </section>
  );
}

export function Nothing({ title, text }: { title: string; text?: string }) {
  return <div class="cust-none" data-testid="cust-none"><p class="cust-none-title">{title}</p>{text && <p>{text}</p>}</div>;
}

export function Stage({ stage }: { stage: string | null }) {
  const words = useWords();
  const tone = stage === "active" || stage === "new" ? "done" : stage === "lost" || stage === "declining" ? "risk" : "muted";
  return stage ? <span class={`status cust-stage-${tone}`}>{words.stages[stage] ?? stage}</span> : null;
}

export function Vip() {
  return <span class="status status-going">{useWords().vip}</span>;
}

interface CarefulProps<T> {
  row: T;
  read(): Promise<T>;
  save(version: number): Promise<void>;
  /** What the record says now, where it differs from what was begun with. */
  describe(theirs: T): string[];
  /** Throws away what was typed. */
  take(theirs: T): void;
  children: ComponentChildren;
  onCancel(): void;
  fields: string[];
  testId?: string;
  remove?: Parameters<typeof Form>[0]["remove"];
}

/** A form over something with a version: where a colleague was quicker it says what they changed, and keeps what was typed. */
export function Careful<T extends { version: number }>({ row, read, save, describe, take, children, ...rest }: CarefulProps<T>) {
  const words = useWords();
  const [theirs, setTheirs] = useState<T | null>(null);
  const store = async (): Promise<void> => {
    try {
      await save((theirs ?? row).version);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 412) throw error;
      setTheirs(await read());
    }
  };
  const told = theirs ? describe(theirs) : [];
  return (
    <Form {...rest} save={store} {...(theirs && { label: words.stale.keep })}>
      {theirs && (
        <div class="cust-stale" role="alert" data-testid="cust-stale">
          <p>{words.stale.text}</p>
          {told.length > 0 && <p>{words.stale.theirs(told.join(" · "))}</p>}
          <button type="button" class="link" data-testid="cust-take" onClick={() => take(theirs)}>{words.stale.take}</button>
        </div>
      )}
      {children}
    </Form>
  );
}
