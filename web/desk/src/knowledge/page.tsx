// Knowledge: the shelf of articles, one article, what waits for review, what is missing.

import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { useMay } from "../ui/hooks";
import { ArticlePage } from "./article";
import { Categories } from "./categories";
import { NEEDS } from "./command";
import { Gaps } from "./gaps";
import { NewArticle } from "./new";
import { AroundContext, Frame, useAsked, useColleagues, useWords } from "./parts";
import { placeOf, type Place } from "./place";
import { Review } from "./review";
import { Shelf } from "./shelf";
import type { Category, Version } from "./types";

export function KnowledgePage() {
  const may = useMay(NEEDS);
  const words = useWords();
  if (may) return <Inside />;
  return (
    <Frame place={{ show: "shelf" }} waiting={0}>
      <div class="empty" data-testid="no-rights"><p class="empty-title">{words.title}</p><p>{words.noRights}</p></div>
    </Frame>
  );
}

function Inside() {
  const rest = useRest();
  const place = usePlace();
  const names = useColleagues();
  const categories = useAsked(() => rest.all<Category>("/article-categories"), []);
  const waiting = useAsked(() => rest.all<Version>("/article-versions?status=in_review", 200), []);
  const known = categories.value ?? [];
  return (
    <AroundContext.Provider value={{ categories: known, names }}>
      <Frame place={place} waiting={waiting.value?.length ?? 0}>
        {place.show === "shelf" && <Shelf />}
        {place.show === "review" && <Review asked={waiting} />}
        {place.show === "gaps" && <Gaps />}
        {place.show === "categories" && <Categories asked={categories} />}
        {place.show === "new" && <NewArticle />}
        {place.show === "article" && <ArticlePage key={place.of} place={place} onChange={() => void waiting.reload()} />}
      </Frame>
    </AroundContext.Provider>
  );
}

function usePlace(): Place {
  const [place, set] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const moved = (): void => {
      if (location.hash.startsWith("#/knowledge")) set(placeOf(location.hash));
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return place;
}
