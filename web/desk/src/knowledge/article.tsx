// One article: read as customers read it, edited in either language or both, its history, its review.

import { ExternalLink, History, PenLine } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRest, type Many } from "../admin/rest";
import type { Language } from "../types";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { Beside } from "./beside";
import { Editor } from "./editor";
import { HistoryOf } from "./history";
import { openOf, publishedOf, type At, type Known } from "./opened";
import { Go, StatusChip, titleOf, useAsked, useCategoryName, useRights, useWords, useWho, Waiting } from "./parts";
import type { Doing, Place } from "./place";
import { Rendered } from "./rendered";
import { ReviewOne } from "./review-one";
import type { Article, Notice, Version } from "./types";

const PATHS: Record<Language, string> = { fr: "/fr/aide", en: "/en/help" };

export function ArticlePage({ place, onChange }: { place: Extract<Place, { show: "article" }>; onChange(): void }) {
  const rest = useRest();
  const own = useLanguage();
  const asked = useAsked(async (): Promise<Known> => {
    const byId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}$/.test(place.of);
    const article = byId ? await rest.get<Article>(`/articles/${place.of}`) : (await rest.get<Many<Article>>(`/articles?key=${place.of}`)).items[0];
    if (!article) throw new Error("no such article");
    const [versions, notices] = await Promise.all([
      rest.all<Version>(`/article-versions?article_id=${article.id}&sort=-created_at`), rest.get<Many<Notice>>(`/twin-notices?article_id=${article.id}`),
    ]);
    return { article, versions, notices: notices.items };
    // What was written meanwhile is part of it once the editor is left.
  }, [place.of, place.doing === "edit"]);
  const known = asked.value;
  if (!known || asked.failed) return <Waiting asked={asked} />;
  const has = known.article.languages.map((side) => side.language);
  const language = place.language ?? (has.includes(own) ? own : has[0] ?? own);
  const changed = async (): Promise<void> => {
    onChange();
    await asked.reload();
  };
  const at: At = { known, language, doing: place.doing, of: place.of, changed };
  return (
    <article class="kn-one" data-testid="kn-article">
      <Head {...at} />
      {place.doing === "read" && <Reading {...at} />}
      {place.doing === "edit" && <Editor {...at} />}
      {place.doing === "history" && <HistoryOf key={language} {...at} />}
      {place.doing === "review" && <ReviewOne key={language} {...at} />}
    </article>
  );
}

function Head({ known, language, doing, of }: At) {
  const words = useWords();
  const nameOf = useCategoryName();
  const rights = useRights();
  const open = openOf(known, language);
  const published = publishedOf(known, language);
  const { article } = known;
  const title = useRef<HTMLHeadingElement>(null);
  // What was pressed to come here is gone with its page: the focus goes where one reads on.
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) title.current?.focus();
  }, [language, doing]);
  const to = (other: Language, next: Doing = doing): Place => ({ show: "article", of, language: other, doing: next });
  return (
    <header class="kn-head">
      <div class="kn-head-words">
        <h2 ref={title} tabIndex={-1} lang={language}>{titleOf(article, language)}</h2>
        <p class="quiet">
          {nameOf(article.category)} · {words.audiences[article.audience]}
          {published && <> · <StatusChip status="published" /></>}{open && <> <StatusChip status={open.status} /></>}{!open && !published && <> · {words.neverIn(language)}</>}
        </p>
      </div>
      <nav class="kn-languages" aria-label={words.language}>
        {(["fr", "en"] as const).map((each) => (
          <Go key={each} to={to(each)} class="view" testId={`kn-lang-${each}`}><Current on={each === language}>{words.languages[each]}</Current></Go>
        ))}
      </nav>
      <nav class="kn-acts" aria-label={words.actions}>
        {doing !== "read" && <Go to={to(language, "read")} class="button" testId="kn-read">{words.read}</Go>}
        {doing !== "edit" && rights.proposes && <Go to={to(language, "edit")} class="button primary" testId="kn-edit"><Icon of={PenLine} />{rights.writes ? words.edit : words.propose}</Go>}
        {doing !== "history" && <Go to={to(language, "history")} class="button" testId="kn-history"><Icon of={History} />{words.history}</Go>}
        {published && article.audience === "public" && <a class="button" href={`${PATHS[language]}/${published.slug}`} target="_blank" rel="noopener noreferrer"><Icon of={ExternalLink} />{words.helpCentre}</a>}
      </nav>
    </header>
  );
}

function Current({ on, children }: { on: boolean; children: preact.ComponentChildren }) {
  return <span class={on ? "kn-current" : ""} aria-current={on ? "true" : undefined}>{children}</span>;
}

function Reading(at: At) {
  const words = useWords();
  const who = useWho();
  const { known, language, of } = at;
  const [showOpen, setShowOpen] = useState(false);
  useEffect(() => setShowOpen(false), [language]);
  const published = publishedOf(known, language);
  const open = openOf(known, language);
  const shown = showOpen || !published ? open : published;
  return (
    <div class="kn-two">
      <div class="kn-reading">
        {open && (
          <p class="kn-told" data-testid="kn-open-told">
            <span>{words.openTold[open.status as "draft" | "in_review" | "scheduled"](who(open.writers[0] ?? ""), open.publish_at)}</span>
            {open.status !== "draft" && <Go to={{ show: "article", of, language, doing: "review" }} class="link">{words.review.open}</Go>}
            {published && <button type="button" class="link" aria-pressed={showOpen} onClick={() => setShowOpen(!showOpen)}>{showOpen ? words.showPublished : words.showOpen}</button>}
          </p>
        )}
        {shown
          ? <Rendered article={known.article} language={language} body={shown.body} title={shown.title} summary={shown.summary} />
          : <div class="empty" data-testid="kn-missing"><p class="empty-title">{words.missing(language)}</p><p>{words.missingText}</p></div>}
        {shown && shown.questions.length > 0 && (
          <details class="kn-asked"><summary>{words.fields.questions} ({shown.questions.length})</summary><ul lang={language}>{shown.questions.map((one) => <li key={one}>{one}</li>)}</ul></details>
        )}
      </div>
      <Beside {...at} />
    </div>
  );
}
