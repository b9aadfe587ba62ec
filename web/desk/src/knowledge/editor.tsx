// The editor: one language with what it looks like beside it, or both languages side by side.

import { useState } from "preact/hooks";
import { Segments } from "../ui/bits";
import { Drift } from "./beside";
import { openOf, publishedOf, type At } from "./opened";
import { Go, mayTouch, useRights, useWho, useWords } from "./parts";
import { Writing } from "./writing";

export function Editor(at: At) {
  const words = useWords();
  const [both, setBoth] = useState<"one" | "both">("one");
  return (
    <div class="kn-editor" data-both={both === "both"}>
      <div class="kn-editor-top">
        <Segments
          label={words.layout} name="kn-layout" testId="kn-layout" value={both} onChange={(to) => setBoth(to)}
          choices={[{ value: "one", label: words.languages[at.language] }, { value: "both", label: words.sideBySide }]}
        />
      </div>
      {at.known.notices.filter((notice) => notice.kind === "stale").map((notice) => <Drift key={notice.language} notice={notice} at={at} />)}
      <div class="kn-sides">
        {(both === "one" ? [at.language] : (["fr", "en"] as const)).map((language) => (
          <Side key={language} {...at} language={language} alone={both === "one"} />
        ))}
      </div>
    </div>
  );
}

function Side(at: At & { alone: boolean }) {
  const words = useWords();
  const rights = useRights();
  const who = useWho();
  const { known, language, of } = at;
  const open = openOf(known, language);
  const closed = open && open.status !== "draft";
  const others = open && !closed && !mayTouch(rights, open);
  if (!closed && !others) return <Writing key={open?.id ?? "next"} {...at} open={open} published={publishedOf(known, language)} />;
  return (
    <section class="kn-side-closed" data-testid="kn-closed" aria-label={words.languages[language]}>
      <p>{closed ? words.inReview(words.statuses[open.status].toLowerCase()) : words.othersDraft(who(open.writers[0] ?? ""))}</p>
      {closed && <Go to={{ show: "article", of, language, doing: "review" }} class="button">{words.review.open}</Go>}
    </section>
  );
}
