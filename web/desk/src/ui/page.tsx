// The frame of a page beside the conversations: the way back, its title, and what it says while there is nothing to show.

import { ArrowLeft } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Agent } from "../types";
import { IconButton, Loading } from "./bits";
import { useDesk, useSelect, useText } from "./hooks";

type PageName = "channels" | "undelivered";

const NEEDS: Record<PageName, string> = { channels: "channels.configure", undelivered: "deliveries.manage" };

/** What opens a part of administration: one of them is enough for the page, each part asks for its own. */
export const ADMINISTERS = [
  "agents.configure", "keys.configure", "webhooks.configure", "privacy.configure", "service_levels.configure", "knowledge.write", "conversations.configure", "routing.configure", "channels.configure", "cases.configure", "audit.read",
];

export function mayOpen(page: PageName | "admin", agent: Agent | null): boolean {
  const needs = page === "admin" ? ADMINISTERS : [NEEDS[page]];
  return needs.some((each) => agent?.permissions.includes(each)) ?? false;
}

export function Page({ name, children }: { name: PageName; children: ComponentChildren }) {
  const desk = useDesk();
  const t = useText();
  const agent = useSelect((state) => state.agent);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const others = (["channels", "undelivered"] as const).filter((page) => mayOpen(page, agent));
  return (
    <main class="page" aria-label={t.pages[name]} data-testid={`page-${name}`}>
      <header class="bar">
        <IconButton icon={ArrowLeft} label={t.pages.back} hint="Esc" testId="page-back" onClick={() => desk.go({})} />
        <h1 ref={title} tabIndex={-1} class="bar-title">{t.pages[name]}</h1>
        {others.length > 1 && (
          <nav class="page-nav">
            {others.map((page) => (
              <button key={page} type="button" class="page-tab" aria-current={page === name ? "page" : undefined} onClick={() => desk.go({ page })}>{t.pages[page]}</button>
            ))}
          </nav>
        )}
      </header>
      <div class="page-scroll">
        <div class="page-body">{mayOpen(name, agent) ? children : <NoRights name={name} />}</div>
      </div>
    </main>
  );
}

function NoRights({ name }: { name: PageName }) {
  const t = useText();
  return (
    <div class="empty" data-testid="no-rights">
      <p class="empty-title">{t.pages.noRights}</p>
      <p>{t.pages.noRightsText[name]}</p>
    </div>
  );
}

export interface Loaded<T> {
  value: T | null;
  failed: boolean;
  reload(): Promise<void>;
  set(change: (value: T) => T): void;
}

/** What a page asks the server for: once when it opens, and again when the agent's language changes. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const language = useSelect((state) => state.language);
  const [value, setValue] = useState<T | null>(null);
  const [failed, setFailed] = useState(false);
  const alive = useRef(true);
  const reload = async (): Promise<void> => {
    setFailed(false);
    try {
      const loaded = await load();
      if (alive.current) setValue(loaded);
    } catch {
      if (alive.current) setFailed(true);
    }
  };
  useEffect(() => void reload(), [language]);
  useEffect(() => () => {
    alive.current = false;
  }, []);
  return { value, failed, reload, set: (change) => setValue((known) => (known === null ? known : change(known))) };
}

export function Waiting({ loaded }: { loaded: Loaded<unknown> }) {
  const t = useText();
  if (loaded.failed) {
    return (
      <div class="empty" role="alert" data-testid="page-failed">
        <p class="empty-title">{t.pages.failed}</p>
        <p>{t.pages.failedText}</p>
        <button type="button" class="button" onClick={() => void loaded.reload()}>{t.pages.retry}</button>
      </div>
    );
  }
  return <div aria-busy="true"><Loading /></div>;
}
