// Choosing the article that a link leads to: found by words, named by its key, so that the link cannot break.

import { useEffect, useState } from "preact/hooks";
import { useRest, type Many } from "../admin/rest";
import type { Language } from "../types";
import { Dialog } from "../ui/dialogs";
import { useCategoryName, useWords } from "./parts";
import type { Found } from "./types";

const PAUSE = 250;

export function ChooseArticle({ language, not, onChoose, onClose }: { language: Language; not: string; onChoose(key: string): void; onClose(): void }) {
  const words = useWords();
  const rest = useRest();
  const nameOf = useCategoryName();
  const [wanted, setWanted] = useState("");
  const [found, setFound] = useState<Found[] | null>(null);
  useEffect(() => {
    if (!wanted.trim()) return setFound(null);
    let alive = true;
    const timer = setTimeout(() => {
      rest.get<Many<Found>>(`/knowledge/search?q=${encodeURIComponent(wanted.trim().slice(0, 500))}&language=${language}&limit=8`)
        .then((page) => alive && setFound(page.items.filter((one) => one.key !== not))).catch(() => alive && setFound([]));
    }, PAUSE);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [wanted, language]);
  return (
    <Dialog title={words.tools.link} onClose={onClose}>
      <form
        class="kn-choose" role="search" onSubmit={(event) => {
          event.preventDefault();
          if (found?.[0]) onChoose(found[0].key);
        }}
      >
        <label class="field"><span>{words.search}</span><input type="search" value={wanted} data-testid="kn-choose" onInput={(event) => setWanted(event.currentTarget.value)} /></label>
        <p class="quiet">{words.linkHelp}</p>
      </form>
      <ul class="kn-choices" aria-live="polite">
        {found?.length === 0 && <li class="quiet">{words.notFound}</li>}
        {found?.map((one) => (
          <li key={one.key}><button type="button" class="kn-choice" data-testid="kn-choice" onClick={() => onChoose(one.key)}><span lang={language}>{one.title}</span><span class="quiet">{nameOf(one.category)}</span></button></li>
        ))}
      </ul>
    </Dialog>
  );
}
