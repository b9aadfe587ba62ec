// A text as the help centre shows it: the server renders both, so that they agree.

import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import type { Language } from "../types";
import { useWords } from "./parts";
import type { Article, Preview } from "./types";

/** After the last key: what is typed is not rendered letter by letter. */
const PAUSE = 400;

interface Rendering {
  preview: Preview | null;
  failed: boolean;
}

/** What a text looks like, a moment after it stopped changing; what was shown last stays meanwhile. */
export function usePreview(article: Article, language: Language, body: string, pause = PAUSE): Rendering {
  const rest = useRest();
  const [shown, set] = useState<Rendering>({ preview: null, failed: false });
  useEffect(() => {
    let alive = true;
    const timer = setTimeout(() => {
      rest.post<Preview>("/article-previews", { article_id: article.id, language, body })
        .then((preview) => alive && set({ preview, failed: false }))
        .catch(() => alive && set((known) => ({ ...known, failed: true })));
    }, shown.preview === null ? 0 : pause);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [article.id, article.audience, language, body]);
  return shown;
}

interface Props {
  article: Article;
  language: Language;
  title: string;
  summary: string;
  body: string;
}

export function Rendered({ article, language, title, summary, body }: Props) {
  const shown = usePreview(article, language, body, 0);
  return <Shown shown={shown} language={language} title={title} summary={summary} />;
}

/** `html` was made safe where it was rendered. Links are looked at beside the desk. */
export function Shown({ shown: { preview, failed }, language, title, summary }: { shown: Rendering; language: Language; title: string; summary: string }) {
  const words = useWords();
  const follow = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link) return;
    event.preventDefault();
    open(link.href, "_blank", "noopener,noreferrer");
  };
  return (
    <div class="kn-shown" lang={language} data-testid="kn-shown">
      <h3 class="kn-shown-title">{title || words.untitled}</h3>
      {summary && <p class="kn-shown-summary"><span class="sr">{words.fields.summary}{" "}</span>{summary}</p>}
      {preview && preview.broken.length > 0 && <p class="kn-broken" role="status" lang={words.code}>{words.broken(preview.broken)}</p>}
      {failed && <p class="quiet" role="status" lang={words.code}>{words.noPreview}</p>}
      {!preview && !failed && <div class="skeleton page-skeleton" aria-hidden="true" />}
      {preview && <div class="kn-text" onClick={follow} dangerouslySetInnerHTML={{ __html: preview.html }} />}
    </div>
  );
}
