// The shelf: articles by words and by category, with what each language lacks.

import { Plus, Search } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { useRest, type Many } from "../admin/rest";
import { folded } from "../folding";
import type { Language } from "../types";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { Go, StatusChip, titleOf, useAround, useAsked, useCategoryName, useRights, useWords, Waiting } from "./parts";
import type { Article, Found, Notice } from "./types";

const PAUSE = 250;
const PAGE = 60;

/** Filters outlive a look at an article. */
let last = { wanted: "", category: "", status: "" };

export function Shelf() {
  const words = useWords();
  const rights = useRights();
  const { categories } = useAround();
  const nameOf = useCategoryName();
  const [filters, setFilters] = useState(last);
  const { wanted, category, status } = filters;
  const set = (part: Partial<typeof last>): void => setFilters((last = { ...filters, ...part }));
  const settled = useSettled(wanted.trim());
  return (
    <>
      <div class="kn-filters" role="search">
        <label class="kn-search">
          <span class="sr">{words.search}</span><Icon of={Search} />
          <input type="search" value={wanted} placeholder={words.searchHint} data-testid="kn-search" onInput={(event) => set({ wanted: event.currentTarget.value })} />
        </label>
        <label class="kn-pick">
          <span>{words.category}</span>
          <select value={category} data-testid="kn-category" onChange={(event) => set({ category: event.currentTarget.value })}>
            <option value="">{words.allCategories}</option>
            {categories.map((each) => <option key={each.id} value={each.key}>{nameOf(each.key)}</option>)}
          </select>
        </label>
        <label class="kn-pick">
          <span>{words.state}</span>
          <select value={status} data-testid="kn-state" onChange={(event) => set({ status: event.currentTarget.value })}>
            <option value="">{words.all}</option>
            {(["published", "draft", "archived"] as const).map((one) => <option key={one} value={one}>{words.articleStatuses[one]}</option>)}
            <option value="behind">{words.behind}</option>
          </select>
        </label>
        {rights.proposes && <Go to={{ show: "new" }} class="button primary" testId="kn-new"><Icon of={Plus} />{words.newArticle}</Go>}
      </div>
      {settled && <ByWords key={`${settled} ${category}`} wanted={settled} category={category} status={status} />}
      {!settled && status === "behind" && <Behind category={category} />}
      {!settled && status !== "behind" && <Listed key={`${category} ${status}`} category={category} status={status} />}
    </>
  );
}

function useSettled(value: string): string {
  const [settled, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function Listed({ category, status }: { category: string; status: string }) {
  const words = useWords();
  const rest = useRest();
  const [more, setMore] = useState<Article[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const path = `/articles?sort=-updated_at&limit=${PAGE}${category ? `&category=${category}` : ""}${status ? `&status=${status}` : ""}`;
  const asked = useAsked(() => rest.get<Many<Article>>(path), [path]);
  const notices = useAsked(() => rest.get<Many<Notice>>("/twin-notices"), []);
  if (!asked.value) return <Waiting asked={asked} />;
  const cursor = next === undefined ? asked.value.next : next;
  const on = async (): Promise<void> => {
    const page = await rest.get<Many<Article>>(`${path}&cursor=${encodeURIComponent(cursor ?? "")}`);
    setMore((known) => [...known, ...page.items]);
    setNext(page.next ?? null);
  };
  const found = [...asked.value.items, ...more];
  if (found.length === 0) return <Nothing title={words.nothing} text={words.nothingText} />;
  return (
    <>
      <ul class="kn-list" data-testid="kn-list">{found.map((article) => <Row key={article.id} article={article} notices={notices.value?.items ?? []} />)}</ul>
      {cursor && <button type="button" class="button kn-more" onClick={() => void on()}>{words.more}</button>}
    </>
  );
}

function Row({ article, notices }: { article: Article; notices: Notice[] }) {
  const words = useWords();
  const language = useLanguage();
  const nameOf = useCategoryName();
  const own = notices.filter((notice) => notice.article_id === article.id);
  const open = [...new Set(article.languages.map((side) => side.open_status).filter((each) => each !== null))];
  return (
    <li class="kn-row" data-testid="kn-row">
      <Go to={{ show: "article", of: article.id, language: null, doing: "read" }} class="kn-row-title">{titleOf(article, language)}</Go>
      <span class="kn-row-more quiet">
        {nameOf(article.category)}{article.audience === "agents" && ` · ${words.audiences.agents}`}
      </span>
      <span class="kn-marks">
        {article.status !== "published" && <StatusChip status={article.status} />}
        {open.filter((each) => each !== article.status).map((each) => <StatusChip key={each} status={each} />)}
        {own.map((notice) => <span key={notice.language + notice.kind} class="status kn-behind">{words.notices[notice.kind](notice.language)}</span>)}
      </span>
    </li>
  );
}

/** Found by wording and meaning in the agent's language, then in the other; articles that are not published by their title. */
function ByWords({ wanted, category, status }: { wanted: string; category: string; status: string }) {
  const words = useWords();
  const rest = useRest();
  const language = useLanguage();
  const nameOf = useCategoryName();
  const asked = useAsked(async () => {
    const other: Language = language === "fr" ? "en" : "fr";
    const search = (of: Language): Promise<Many<Found>> => rest.get(`/knowledge/search?q=${encodeURIComponent(wanted.slice(0, 500))}&language=${of}&limit=20`);
    const unpublished = status === "" || status === "draft" || status === "archived"
      ? rest.all<Article>(`/articles?status=${status || "draft"}`, 400) : Promise.resolve([]);
    const [own, twin, drafts] = await Promise.all([search(language), search(other), unpublished]);
    const seen = new Set(own.items.map((one) => one.key));
    const published = status === "draft" || status === "archived" ? [] : own.items.length > 0 ? own.items : twin.items.filter((one) => !seen.has(one.key));
    return { published, drafts: drafts.filter((article) => fits(article, wanted)) };
  }, [wanted, status, language]);
  if (!asked.value) return <Waiting asked={asked} />;
  const inside = <T extends { category: string }>(rows: T[]): T[] => rows.filter((row) => !category || row.category === category);
  const [found, drafts] = [inside(asked.value.published), inside(asked.value.drafts)];
  if (found.length + drafts.length === 0) return <Nothing title={words.notFound} text={words.notFoundText} />;
  return (
    <ul class="kn-list" data-testid="kn-list">
      {drafts.map((article) => <Row key={article.id} article={article} notices={[]} />)}
      {found.map((one) => (
        <li key={one.key} class="kn-row kn-found" data-testid="kn-row">
          <Go to={{ show: "article", of: one.key, language: null, doing: "read" }} class="kn-row-title">{one.title}</Go>
          <span class="kn-row-more quiet">{nameOf(one.category)}{one.audience === "agents" && ` · ${words.audiences.agents}`}</span>
          {one.text && <p class="kn-passage quiet">{plain(one.text)}</p>}
        </li>
      ))}
    </ul>
  );
}

const fits = (article: Article, wanted: string): boolean => article.languages.some((side) => folded(side.title).includes(folded(wanted)));
const plain = (markdown: string): string => markdown.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*_#>`|]+/g, "").slice(0, 260);

function Behind({ category }: { category: string }) {
  const words = useWords();
  const rest = useRest();
  const asked = useAsked(() => rest.get<Many<Notice>>("/twin-notices"), []);
  const inside = useAsked(() => (category ? rest.all<Article>(`/articles?category=${category}`) : Promise.resolve(null)), [category]);
  if (!asked.value) return <Waiting asked={asked} />;
  const within = new Set(inside.value?.map((article) => article.id));
  const found = asked.value.items.filter((notice) => !category || within.has(notice.article_id));
  if (found.length === 0) return <Nothing title={words.noneBehind} text={words.noneBehindText} />;
  return (
    <ul class="kn-list" data-testid="kn-list">
      {found.map((notice) => (
        <li key={notice.article_id + notice.language} class="kn-row" data-testid="kn-row">
          <Go to={{ show: "article", of: notice.article_id, language: notice.language, doing: "read" }} class="kn-row-title">{notice.twin_title}</Go>
          <span class="kn-marks"><span class="status kn-behind">{words.notices[notice.kind](notice.language)}</span></span>
        </li>
      ))}
    </ul>
  );
}

export function Nothing({ title, text }: { title: string; text: string }) {
  return <div class="empty" data-testid="kn-empty"><p class="empty-title">{title}</p><p>{text}</p></div>;
}
