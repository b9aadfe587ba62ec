// Every version of an article in a language: what it changed, and the way back to it.

import { useState } from "preact/hooks";
import { Sure } from "../admin/parts";
import { Refused } from "../api";
import { useRest } from "../admin/rest";
import { full } from "../format";
import { useDesk, useLanguage } from "../ui/hooks";
import { Difference } from "./difference";
import { openOf, publishedOf, type At } from "./opened";
import { go, StatusChip, useRights, useWho, useWords } from "./parts";
import { Rendered } from "./rendered";
import { Nothing } from "./shelf";
import type { Version } from "./types";

export function HistoryOf(at: At) {
  const words = useWords();
  const { known, language } = at;
  const [open, setOpen] = useState<string | null>(null);
  const versions = known.versions.filter((each) => each.language === language).sort((a, b) => b.number - a.number);
  if (versions.length === 0) return <Nothing title={words.missing(language)} text={words.missingText} />;
  return (
    <ol class="kn-list kn-history" reversed data-testid="kn-versions" aria-label={words.history}>
      {versions.map((version, index) => (
        <Entry
          key={version.id} version={version} before={versions[index + 1] ?? null} at={at}
          open={open === version.id} onToggle={() => setOpen(open === version.id ? null : version.id)}
        />
      ))}
    </ol>
  );
}

interface EntryProps {
  version: Version;
  before: Version | null;
  at: At;
  open: boolean;
  onToggle(): void;
}

function Entry({ version, before, at, open, onToggle }: EntryProps) {
  const words = useWords();
  const own = useLanguage();
  const who = useWho();
  return (
    <li class="kn-version" data-testid="kn-version">
      <button type="button" class="kn-version-top" aria-expanded={open} onClick={onToggle}>
        <span class="kn-version-number">{words.number(version.number)}</span>
        <span class="kn-version-words">
          <span>{version.note || version.title}</span>
          <span class="quiet">{version.writers.map(who).join(", ")} · {full(version.published_at ?? version.updated_at, own)}</span>
        </span>
        <StatusChip status={version.status} />
      </button>
      {open && (
        <div class="kn-version-body">
          {version.reviewer && <p class="quiet">{words.reviewedBy(who(version.reviewer))}</p>}
          {before
            ? <Difference article={at.known.article.id} language={at.language} old={version.based_on ?? before.number} now={version.number} />
            : <Rendered article={at.known.article} language={at.language} title={version.title} summary={version.summary} body={version.body} />}
          <Back version={version} at={at} />
        </div>
      )}
    </li>
  );
}

/** The text of an old version once more: published at once, or as a draft to work on. */
function Back({ version, at: { known, language, changed, of } }: { version: Version; at: At }) {
  const words = useWords();
  const rest = useRest();
  const desk = useDesk();
  const rights = useRights();
  const published = publishedOf(known, language);
  const run = async (work: () => Promise<unknown>, then?: () => void): Promise<void> => {
    try {
      await work();
      await changed();
      then?.();
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: error instanceof Refused ? Object.values(error.fields)[0] ?? error.detail : words.failed });
    }
  };
  if (version.status !== "archived") return null;
  const draft = (): Promise<unknown> => rest.post("/article-versions", { article_id: known.article.id, language, based_on: version.number });
  return (
    <p class="kn-version-acts">
      {rights.publishes && version.published_at && published && (
        <Sure
          label={words.restore} sure={words.restoreSure(version.number)} testId="kn-restore"
          run={() => run(() => rest.post(`/articles/${known.article.id}/roll-back`, { language, number: version.number }))}
        />
      )}
      {rights.proposes && !openOf(known, language) && (
        <button type="button" class="button" onClick={() => void run(draft, () => go({ show: "article", of, language, doing: "edit" }))}>{words.draftFrom}</button>
      )}
    </p>
  );
}
