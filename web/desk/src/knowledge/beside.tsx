// Beside an article: what is behind, how it is used, what links to it, and where it stands.

import { useState } from "preact/hooks";
import { Form, Pick, Sure, Text } from "../admin/parts";
import { Refused } from "../api";
import { useRest, type Many } from "../admin/rest";
import { full } from "../format";
import { useDesk, useLanguage } from "../ui/hooks";
import { publishedOf, type At } from "./opened";
import { Go, useAround, useAsked, useCategoryName, useRights, useWords } from "./parts";
import type { Article, Audience, Figures, Notice, Referrer } from "./types";
import { lines } from "./working";

export function Beside(at: At) {
  const rights = useRights();
  return (
    <aside class="kn-beside">
      {at.known.notices.map((notice) => <Drift key={notice.language + notice.kind} notice={notice} at={at} />)}
      <Numbers {...at} />
      <Referrers {...at} />
      {rights.writes && <Filing key={at.known.article.version} {...at} />}
      {rights.publishes && <Withdrawal {...at} />}
    </aside>
  );
}

/** One side was changed after the other: where to see to it, or to say that it agrees all the same. */
export function Drift({ notice, at }: { notice: Notice; at: At }) {
  const words = useWords();
  const rest = useRest();
  const desk = useDesk();
  const own = useLanguage();
  const rights = useRights();
  const { known, of, changed } = at;
  const confirm = async (): Promise<void> => {
    try {
      await rest.post(`/articles/${known.article.id}/confirm-twin`, { language: notice.language }, known.article.version);
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : words.failed });
    }
    await changed();
  };
  return (
    <section class="kn-drift" data-testid={`kn-drift-${notice.kind}`}>
      <p><strong>{words.notices[notice.kind](notice.language)}</strong></p>
      <p>{notice.kind === "stale" ? words.drifted(notice.language, full(notice.since, own)) : words.lacking(notice.language)}</p>
      {rights.proposes && (
        <p class="kn-drift-acts">
          <Go to={{ show: "article", of, language: notice.language, doing: "edit" }} class="link">{notice.kind === "stale" ? words.seeTo : words.translate}</Go>
          {notice.kind === "stale" && rights.writes && <button type="button" class="link" data-testid="kn-agree" onClick={() => void confirm()}>{words.agrees}</button>}
        </p>
      )}
    </section>
  );
}

function Numbers({ known, language }: At) {
  const words = useWords();
  const rest = useRest();
  const asked = useAsked(() => rest.get<Figures>(`/articles/${known.article.id}/figures?language=${language}`), [known.article.id, language]);
  const found = asked.value;
  if (!found) return null;
  const rows = [
    [words.figures.views, found.views], [words.figures.helpful, found.helpful], [words.figures.unhelpful, found.unhelpful], [words.figures.contacts, found.contacts],
  ] as const;
  return (
    <section class="kn-side" data-testid="kn-figures">
      <h3>{words.figures.title}</h3>
      <dl class="kn-numbers">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value.toLocaleString(language)}</dd></div>)}</dl>
      <h4>{words.figures.searches}</h4>
      {found.searches.length === 0
        ? <p class="quiet">{words.figures.noSearches}</p>
        : <ol class="kn-searches" lang={language}>{found.searches.map((one) => <li key={one.text}>{one.text} <span class="quiet">{one.times}</span></li>)}</ol>}
      <p class="quiet kn-note">{words.figures.how}</p>
    </section>
  );
}

function Referrers({ known }: At) {
  const words = useWords();
  const rest = useRest();
  const asked = useAsked(() => rest.get<Many<Referrer>>(`/articles/${known.article.id}/referrers`), [known.article.id]);
  if (!asked.value || asked.value.items.length === 0) return null;
  return (
    <section class="kn-side">
      <h3>{words.referrers}</h3>
      <ul class="kn-links">{asked.value.items.map((one) => <li key={one.key + one.language} lang={one.language}><Go to={{ show: "article", of: one.article_id, language: one.language, doing: "read" }} class="link">{one.title}</Go></li>)}</ul>
    </section>
  );
}

function Filing({ known, changed }: At) {
  const words = useWords();
  const rest = useRest();
  const nameOf = useCategoryName();
  const { categories } = useAround();
  const { article } = known;
  const [category, setCategory] = useState(article.category);
  const [audience, setAudience] = useState(article.audience);
  const [tags, setTags] = useState(article.tags.join(", "));
  const save = async (): Promise<void> => {
    const given = { category, tags: lines(tags.replaceAll(",", "\n")), ...(audience !== article.audience && { audience }) };
    await rest.patch<Article>(`/articles/${article.id}`, given, article.version);
    await changed();
  };
  return (
    <details class="kn-side kn-filing" data-testid="kn-filing">
      <summary>{words.filing}</summary>
      <Form save={save} fields={["category", "audience", "tags"]}>
        <Pick name="category" label={words.category} value={category} onChange={setCategory} options={categories.map((each) => ({ value: each.key, label: nameOf(each.key) }))} />
        <Pick name="audience" label={words.audience} value={audience} onChange={(to) => setAudience(to as Audience)} options={(["public", "agents"] as const).map((each) => ({ value: each, label: words.audiences[each] }))} />
        <Text name="tags" label={words.tags} help={words.tagsHelp} value={tags} onInput={setTags} />
      </Form>
    </details>
  );
}

function Withdrawal({ known, language, changed }: At) {
  const words = useWords();
  const rest = useRest();
  const desk = useDesk();
  const published = publishedOf(known, language);
  if (!published) return null;
  const run = async (): Promise<void> => {
    try {
      await rest.post(`/article-versions/${published.id}/withdraw`, {}, published.version);
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : words.failed });
    }
    await changed();
  };
  return <p class="kn-side"><Sure label={words.withdraw} sure={words.withdrawSure} run={run} testId="kn-withdraw" /></p>;
}
