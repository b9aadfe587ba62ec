// Canned replies: what agents insert by a shortcut, in both languages, with places that are filled in.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import type { Language } from "../types";
import { useShown, type Shown } from "./list";
import { Chip, Form, Nothing, Row, Section, Text } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

interface Canned_ {
  id: string;
  version: number;
  shortcut: string;
  titles: Partial<Record<Language, string | null>>;
  texts: Partial<Record<Language, string | null>>;
  tags: string[];
  teams: string[];
  archived: boolean;
}

interface Placeholder {
  name: string;
  label: string;
}

export function Canned() {
  const { canned: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const shown = useShown<Canned_>(() => rest.all<Canned_>("/canned-replies"), (reply) => reply.id);
  const places = useLoaded(async () => (await rest.get<{ items: Placeholder[] }>("/canned-placeholders")).items);
  const [query, setQuery] = useState("");
  const replies = shown.loaded.value;
  if (!replies || !places.value || shown.loaded.failed) return <Waiting loaded={places.failed ? places : shown.loaded} />;
  const wanted = query.trim().toLowerCase();
  const found = replies.filter((reply) => JSON.stringify([reply.shortcut, reply.titles, reply.texts, reply.tags]).toLowerCase().includes(wanted));
  const titled = (reply: Canned_): string => reply.titles[language] || reply.titles[language === "fr" ? "en" : "fr"] || reply.shortcut;
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && <ReplyForm reply={null} places={places.value} shown={shown} />}
      {replies.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      {replies.length > 5 && <Text name="search" label={words.search} value={query} onInput={setQuery} />}
      <ul class="admin-list">
        {found.map((reply) => (
          <Row
            key={reply.id} title={titled(reply)} more={<code>/{reply.shortcut}</code>} open={shown.open === reply.id} onToggle={() => shown.toggle(reply.id)} testId="canned"
            marks={<>{(["fr", "en"] as const).filter((each) => !reply.texts[each]).map((each) => <Chip key={each} kind="late">{words.lacks[each]}</Chip>)}{reply.tags.slice(0, 2).map((tag) => <Chip key={tag}>{tag}</Chip>)}</>}
          >
            <ReplyForm reply={reply} places={places.value ?? []} shown={shown} />
          </Row>
        ))}
      </ul>
    </Section>
  );
}

const listed = (text: string): string[] => text.split(",").map((each) => each.trim()).filter(Boolean);
const given = (both: Record<Language, string>): Partial<Record<Language, string>> =>
  Object.fromEntries(Object.entries(both).filter(([, text]) => text.trim() !== ""));

function ReplyForm({ reply, places, shown }: { reply: Canned_ | null; places: Placeholder[]; shown: Shown<Canned_> }) {
  const { canned: words } = useWords();
  const rest = useRest();
  const both = (from: Canned_["titles"] | undefined): Record<Language, string> => ({ fr: from?.fr ?? "", en: from?.en ?? "" });
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? "");
  const [titles, setTitles] = useState(both(reply?.titles));
  const [texts, setTexts] = useState(both(reply?.texts));
  const [tags, setTags] = useState(reply?.tags.join(", ") ?? "");
  const [teams, setTeams] = useState(reply?.teams.join(", ") ?? "");
  const body = { shortcut, titles: given(titles), texts: given(texts), tags: listed(tags), teams: listed(teams) };
  const save = async (): Promise<void> =>
    shown.saved(reply ? await rest.patch<Canned_>(`/canned-replies/${reply.id}`, body, reply.version) : await rest.post<Canned_>("/canned-replies", body));
  const remove = reply && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/canned-replies/${reply.id}`, reply.version);
    shown.removed(reply.id);
  } };
  const insert = (into: Language, name: string): void => setTexts({ ...texts, [into]: `${texts[into]}{${name}}` });
  return (
    <Form
      fields={["shortcut", "titles.fr", "titles.en", "texts.fr", "texts.en", "tags", "teams"]} save={save} onCancel={shown.close} remove={remove ?? undefined} testId="canned-form"
    >
      <Text name="shortcut" label={words.shortcut} help={words.shortcutHelp} value={shortcut} onInput={setShortcut} required />
      {(["fr", "en"] as const).map((each) => (
        <fieldset key={each} class="ticks" lang={each}>
          <legend>{words.languages[each]}</legend>
          <Text name={`titles.${each}`} label={words.titleOf} value={titles[each]} onInput={(to) => setTitles({ ...titles, [each]: to })} />
          <Text name={`texts.${each}`} label={words.text} rows={5} value={texts[each]} onInput={(to) => setTexts({ ...texts, [each]: to })} />
          <details class="places">
            <summary>{words.places}</summary>
            <p>{places.map((one) => <button key={one.name} type="button" class="status place-chip" title={`{${one.name}}`} onClick={() => insert(each, one.name)}>{one.label}</button>)}</p>
          </details>
        </fieldset>
      ))}
      <div class="two">
        <Text name="tags" label={words.tags} help={words.commas} value={tags} onInput={setTags} />
        <Text name="teams" label={words.teams} help={words.teamsHelp} value={teams} onInput={setTeams} />
      </div>
    </Form>
  );
}
