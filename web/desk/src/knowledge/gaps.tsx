// What is missing: questions that nothing answered, those that cost the most contacts first, one click from a draft.

import { PenLine, Undo2, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { Refused } from "../api";
import { useRest, type Many } from "../admin/rest";
import { Icon, Segments } from "../ui/bits";
import { useDesk, useLanguage } from "../ui/hooks";
import { full } from "../format";
import { Go, go, useAround, useAsked, useRights, useWords, Waiting } from "./parts";
import { Nothing } from "./shelf";
import type { AskedQuestion, Found, Group, Version } from "./types";
import { slugOf } from "./working";

type Which = "open" | "drafted" | "dismissed";

export function Gaps() {
  const words = useWords();
  const rest = useRest();
  const [which, choose] = useState<Which>("open");
  const asked = useAsked(() => rest.get<Many<Group>>(`/question-groups?status=${which}&sort=-contacts&limit=100`), [which]);
  const found = [...(asked.value?.items ?? [])].sort((a, b) => b.contacts - a.contacts || b.asked - a.asked);
  return (
    <section aria-label={words.gaps.title}>
      <p class="kn-lead quiet">{words.gaps.lead}</p>
      <Segments
        label={words.state} name="kn-gaps" testId="kn-gaps" value={which} onChange={(to) => choose(to)}
        choices={(["open", "drafted", "dismissed"] as const).map((one) => ({ value: one, label: words.gaps.which[one] }))}
      />
      {!asked.value && <Waiting asked={asked} />}
      {asked.value && found.length === 0 && <Nothing title={words.gaps.none} text={words.gaps.noneText} />}
      <ul class="kn-list">{found.map((group) => <Gap key={group.id} group={group} onChange={() => void asked.reload()} />)}</ul>
    </section>
  );
}

function Gap({ group, onChange }: { group: Group; onChange(): void }) {
  const words = useWords();
  const rest = useRest();
  const desk = useDesk();
  const language = useLanguage();
  const rights = useRights();
  const { categories } = useAround();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await work();
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : words.failed });
    }
    setBusy(false);
  };
  const draft = (): Promise<void> => run(async () => {
    // The nearest article's shelf is the likeliest; the editor is there to choose another.
    const near = await rest.get<Many<Found>>(`/knowledge/search?q=${encodeURIComponent(group.label)}&language=${group.language}&limit=1`);
    const category = near.items[0]?.category ?? categories[0]?.key;
    if (!category) return desk.store.dispatch({ do: "notice", text: words.noCategory });
    const key = slugOf(group.label).slice(0, 60) || "question";
    const made = await begin(category, key).catch((error: unknown) => {
      if (error instanceof Refused && error.status === 422) return begin(category, `${key}-${group.id.slice(-6)}`);
      throw error;
    });
    go({ show: "article", of: made.article_id, language: made.language, doing: "edit" });
  });
  const begin = (category: string, key: string): Promise<Version> => rest.post<Version>(`/question-groups/${group.id}/draft`, { key, category }, group.version);
  const settle = (status: "dismissed" | "open"): Promise<void> => run(async () => {
    await rest.post(`/question-groups/${group.id}/settle`, { status }, group.version);
    onChange();
  });
  return (
    <li class="kn-gap" data-testid="kn-gap">
      <div class="kn-gap-top">
        <button type="button" class="kn-gap-words" aria-expanded={open} onClick={() => setOpen(!open)}>
          <strong lang={group.language}>{group.label}</strong>
          <span class="quiet">{words.gaps.cost(group.contacts, group.asked)} · {words.languages[group.language]} · {words.gaps.last(full(group.last_at, language))}</span>
        </button>
        <span class="kn-gap-acts">
          {group.article_id && group.status === "drafted" && <Go to={{ show: "article", of: group.article_id, language: group.language, doing: "edit" }} class="button">{words.gaps.open}</Go>}
          {rights.writes && group.status !== "drafted" && <button type="button" class="button primary" data-testid="kn-gap-draft" aria-disabled={busy} onClick={() => void draft()}><Icon of={PenLine} />{words.gaps.draft}</button>}
          {rights.writes && group.status === "open" && <button type="button" class="button" onClick={() => void settle("dismissed")}><Icon of={X} />{words.gaps.dismiss}</button>}
          {rights.writes && group.status === "dismissed" && <button type="button" class="button" onClick={() => void settle("open")}><Icon of={Undo2} />{words.gaps.reopen}</button>}
        </span>
      </div>
      {open && <Questions group={group} />}
    </li>
  );
}

function Questions({ group }: { group: Group }) {
  const words = useWords();
  const rest = useRest();
  const asked = useAsked(() => rest.get<Many<AskedQuestion>>(`/question-groups/${group.id}/questions`), [group.id]);
  if (!asked.value) return <Waiting asked={asked} />;
  return <ul class="kn-questions" lang={group.language}>{asked.value.items.map((one) => <li key={one.id}>{one.text}{one.times > 1 && <span class="quiet"> {words.gaps.times(one.times)}</span>}</li>)}</ul>;
}
