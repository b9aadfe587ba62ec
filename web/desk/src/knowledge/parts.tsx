// What the pages of knowledge are made of: words, rights, who wrote, what is loaded, the frame of a page.

import { ArrowLeft } from "lucide-preact";
import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import type { Language } from "../types";
import { IconButton, Loading } from "../ui/bits";
import { useDesk, useLanguage, useMay, useSelect, useText } from "../ui/hooks";
import { OWN, PROPOSES, PUBLISHES, WRITES } from "./command";
import { toHash, type Place } from "./place";
import type { Article, Category, Status, Version } from "./types";
import { en, type Words } from "./words.en";
import { fr } from "./words.fr";

export function useWords(): Words {
  return useLanguage() === "fr" ? fr : en;
}

export interface Rights {
  me: string;
  proposes: boolean;
  writes: boolean;
  publishes: boolean;
  own: boolean;
}

export function useRights(): Rights {
  const id = useSelect((state) => state.agent?.id ?? "");
  return { me: `agent:${id}`, proposes: useMay(PROPOSES), writes: useMay(WRITES), publishes: useMay(PUBLISHES), own: useMay(OWN) };
}

/** Whether somebody may work on a version: their own, or with the right everybody's. */
export const mayTouch = (rights: Rights, { writers }: Version): boolean => rights.writes || (rights.proposes && writers.includes(rights.me));
/** Whether somebody may approve it: not what they wrote themselves, unless their role lets them. */
export const mayApprove = (rights: Rights, { writers }: Version): boolean => rights.publishes && (rights.own || !writers.includes(rights.me));

interface Around {
  categories: Category[];
  names: ReadonlyMap<string, string>;
}

export const AroundContext = createContext<Around>({ categories: [], names: new Map() });
export const useAround = (): Around => useContext(AroundContext);

/** Who an actor is: an agent by name, anything else as what it is. */
export function useWho(): (actor: string) => string {
  const { names } = useAround();
  const words = useWords();
  return (actor) => names.get(actor.replace(/^agent:/, "")) ?? (actor.startsWith("agent:") ? words.somebody : words.machine);
}

export function useCategoryName(): (key: string) => string {
  const { categories } = useAround();
  const language = useLanguage();
  return (key) => {
    const found = categories.find((each) => each.key === key);
    return found?.names[language] || found?.names[language === "fr" ? "en" : "fr"] || key;
  };
}

/** The title of an article in a language, else in the other. */
export function titleOf(article: Article, language: Language): string {
  return (article.languages.find((side) => side.language === language) ?? article.languages[0])?.title ?? article.key;
}

export interface Asked<T> {
  value: T | null;
  failed: boolean;
  reload(): Promise<void>;
}

/** What the server says to `load`, asked again whenever `about` changes; what was known stays until then. */
export function useAsked<T>(load: () => Promise<T>, about: unknown[]): Asked<T> {
  const [state, set] = useState<{ value: T | null; failed: boolean }>({ value: null, failed: false });
  const turn = useRef(0);
  const reload = async (): Promise<void> => {
    const mine = ++turn.current;
    try {
      const value = await load();
      if (mine === turn.current) set({ value, failed: false });
    } catch {
      if (mine === turn.current) set((known) => ({ ...known, failed: true }));
    }
  };
  useEffect(() => {
    void reload();
    return () => void (turn.current += 1);
  }, about);
  return { ...state, reload };
}

export function Waiting({ asked }: { asked: Asked<unknown> }) {
  const words = useWords();
  const t = useText();
  if (asked.failed) {
    return (
      <div class="empty" role="alert" data-testid="page-failed">
        <p class="empty-title">{words.failed}</p>
        <button type="button" class="button" onClick={() => void asked.reload()}>{t.pages.retry}</button>
      </div>
    );
  }
  return <div aria-busy="true"><Loading /></div>;
}

export function StatusChip({ status }: { status: Status }) {
  const words = useWords();
  const kind = status === "published" ? "status-done" : status === "in_review" || status === "scheduled" ? "status-going" : "";
  return <span class={`status ${kind}`}>{words.statuses[status]}</span>;
}

/** A way to another place of these pages. */
export function Go({ to, children, testId, class: name = "" }: { to: Place; children: ComponentChildren; testId?: string; class?: string }) {
  return <a class={name} href={toHash(to)} data-testid={testId}>{children}</a>;
}

export const go = (place: Place): void => {
  location.hash = toHash(place);
};

interface FrameProps {
  place: Place;
  waiting: number;
  children: ComponentChildren;
}

export function Frame({ place, waiting, children }: FrameProps) {
  const desk = useDesk();
  const t = useText();
  const words = useWords();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const back = (): void => (place.show === "shelf" ? desk.go({}) : go({ show: "shelf" }));
  const tabs = [["shelf", words.shelf], ["review", words.review.title], ["gaps", words.gaps.title], ["categories", words.shelves.title]] as const;
  return (
    <main class="page kn-page" aria-label={words.title} data-testid="page-knowledge">
      <header class="bar">
        <IconButton icon={ArrowLeft} label={place.show === "shelf" ? t.pages.back : words.back} {...(place.show === "shelf" && { hint: "Esc" })} testId="page-back" onClick={back} />
        <h1 ref={title} tabIndex={-1} class="bar-title">{words.title}</h1>
        <nav class="page-tabs" aria-label={words.title}>
          {tabs.map(([show, name]) => (
            <a key={show} class="page-tab" href={toHash({ show })} aria-current={place.show === show ? "page" : undefined} data-testid={`kn-tab-${show}`}>
              {name}{show === "review" && waiting > 0 && <span class="kn-count">{waiting}</span>}
            </a>
          ))}
        </nav>
      </header>
      <div class="page-scroll"><div class="kn-body">{children}</div></div>
    </main>
  );
}

export function useColleagues(): ReadonlyMap<string, string> {
  const rest = useRest();
  const asked = useAsked(() => rest.all<{ id: string; name: string }>("/agents"), []);
  return new Map((asked.value ?? []).map((agent) => [agent.id, agent.name]));
}
