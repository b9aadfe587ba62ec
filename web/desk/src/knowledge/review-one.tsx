// One version under review: what it changes, what it looks like, and what becomes of it.

import { useState } from "preact/hooks";
import { Form, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { full } from "../format";
import { Segments } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { Difference } from "./difference";
import { openOf, publishedOf, type At } from "./opened";
import { go, mayApprove, useRights, useWho, useWords } from "./parts";
import { Publishing } from "./publishing";
import { Rendered } from "./rendered";
import { Nothing } from "./shelf";
import type { Version } from "./types";

export function ReviewOne(at: At) {
  const words = useWords();
  const own = useLanguage();
  const who = useWho();
  const { known, language } = at;
  const version = openOf(known, language);
  const published = publishedOf(known, language);
  const [look, setLook] = useState<"changes" | "whole">("changes");
  if (!version || version.status === "draft") return <Nothing title={words.review.gone} text={words.review.goneText} />;
  return (
    <div class="kn-two">
      <div class="kn-reading">
        <p class="kn-told">{words.review.by(version.writers.map(who).join(", "), full(version.updated_at, own))}{version.publish_at && ` ${words.review.goesAt(full(version.publish_at, own))}.`}</p>
        {version.note && <p class="kn-said"><strong>{words.review.why}</strong> {version.note}</p>}
        {published && (
          <Segments
            label={words.review.look} name="kn-look" testId="kn-look" value={look} onChange={(to) => setLook(to)}
            choices={(["changes", "whole"] as const).map((one) => ({ value: one, label: words.review.looks[one] }))}
          />
        )}
        {published && look === "changes"
          ? <Difference article={known.article.id} language={language} old={published.number} now={version.number} />
          : <Rendered article={known.article} language={language} title={version.title} summary={version.summary} body={version.body} />}
      </div>
      <aside class="kn-beside"><Verdict version={version} at={at} /></aside>
    </div>
  );
}

function Verdict({ version, at }: { version: Version; at: At }) {
  const words = useWords();
  const rights = useRights();
  const rest = useRest();
  const [note, setNote] = useState("");
  const approves = mayApprove(rights, version) && version.status === "in_review";
  const own = version.writers.includes(rights.me);
  const sendBack = async (): Promise<void> => {
    await rest.post(`/article-versions/${version.id}/send-back`, { note }, version.version);
    await at.changed();
    go(own ? { show: "article", of: at.of, language: at.language, doing: "edit" } : { show: "review" });
  };
  const done = async (): Promise<void> => {
    await at.changed();
    go({ show: "article", of: at.of, language: at.language, doing: "read" });
  };
  return (
    <>
      {approves && <section class="kn-side"><h3>{words.review.approve}</h3><Publishing version={version} onDone={done} /></section>}
      {!approves && version.status === "in_review" && <p class="kn-side quiet" data-testid="kn-others">{own && rights.publishes ? words.review.own : words.review.others}</p>}
      {(own || rights.publishes) && (
        <section class="kn-side">
          <h3>{own ? words.review.takeBack : words.review.sendBack}</h3>
          <Form save={sendBack} label={own ? words.review.takeBack : words.review.sendBack} fields={["note"]} testId="kn-send-back">
            {!own && <Text name="note" label={words.review.words} help={words.review.wordsHelp} rows={4} value={note} onInput={setNote} />}
          </Form>
        </section>
      )}
    </>
  );
}
