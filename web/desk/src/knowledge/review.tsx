// What waits for a second pair of eyes, and what is planned.

import { useRest } from "../admin/rest";
import { full } from "../format";
import { useLanguage } from "../ui/hooks";
import { Go, useAsked, useRights, useWho, useWords, Waiting, type Asked } from "./parts";
import { Nothing } from "./shelf";
import type { Version } from "./types";

export function Review({ asked }: { asked: Asked<Version[]> }) {
  const words = useWords();
  const rest = useRest();
  const rights = useRights();
  const planned = useAsked(() => rest.all<Version>("/article-versions?status=scheduled", 200), []);
  const drafts = useAsked(() => (rights.proposes ? rest.all<Version>("/article-versions?status=draft", 200) : Promise.resolve([])), []);
  const waiting = asked.value;
  if (!waiting) return <Waiting asked={asked} />;
  const mine = (drafts.value ?? []).filter((version) => version.writers.includes(rights.me));
  return (
    <>
      <p class="kn-lead quiet">{words.review.lead}</p>
      {waiting.length === 0 && <Nothing title={words.review.none} text={words.review.noneText} />}
      <List versions={[...waiting].sort((a, b) => a.updated_at.localeCompare(b.updated_at))} testId="kn-waiting" />
      {planned.value && planned.value.length > 0 && <><h2>{words.review.planned}</h2><List versions={planned.value} testId="kn-planned" /></>}
      {mine.length > 0 && <><h2>{words.review.mine}</h2><List versions={mine} testId="kn-mine" /></>}
    </>
  );
}

function List({ versions, testId }: { versions: Version[]; testId: string }) {
  const words = useWords();
  const language = useLanguage();
  const who = useWho();
  const rights = useRights();
  return (
    <ul class="kn-list" data-testid={testId}>
      {versions.map((version) => (
        <li key={version.id} class="kn-row">
          <Go
            to={{ show: "article", of: version.article_id, language: version.language, doing: version.status === "draft" ? "edit" : "review" }}
            class="kn-row-title"
          ><span lang={version.language}>{version.title}</span></Go>
          <span class="kn-row-more quiet">
            {version.writers.map(who).join(", ")} · {words.languages[version.language]} · {version.publish_at ? words.review.goesAt(full(version.publish_at, language)) : full(version.updated_at, language)}
          </span>
          <span class="kn-marks">
            <span class="status">{version.number === 1 ? words.review.first : words.number(version.number)}</span>
            {version.writers.includes(rights.me) && <span class="status status-going">{words.review.yours}</span>}
            {version.review_note && <span class="status kn-behind">{words.review.sentBack}</span>}
          </span>
          {(version.note || version.review_note) && <p class="kn-passage quiet">{version.review_note || version.note}</p>}
        </li>
      ))}
    </ul>
  );
}
