// The audit log, for who may read it: who did what to what, newest first.

import { useEffect, useState } from "preact/hooks";
import { useLanguage } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { fieldOf, subjectOf, thingsOf, told, type Entry, type Telling } from "./audit-told";
import { moment } from "./moments";
import { Nothing, Pick, Section } from "./parts";
import { useRest, type Many } from "./rest";
import { useWords } from "./words";

interface Person {
  id: string;
  name: string;
}

/** So many names the server tells at a time. */
const MOST = 2_000;
const FILTERS = [["action", "acts"], ["subject_kind", "kinds"]] as const;

export function Audit() {
  const { audit: words } = useWords();
  const rest = useRest();
  const [filters, set] = useState<Record<string, string>>({ actor: "", action: "", subject_kind: "" });
  const [asked, ask] = useState<Record<string, string>>({});
  const agents = useLoaded(() => rest.all<Person>("/agents?sort=name").catch(() => []));
  const actors = [
    { value: "", label: words.everybody }, ...(agents.value ?? []).map(({ id, name }) => ({ value: `agent:${id}`, label: name })),
    ...Object.entries(words.actors).map(([value, label]) => ({ value, label })),
  ];
  const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value)).toString();
  return (
    <Section title={words.title} lead={words.lead}>
      <form
        class="audit-filters" role="search" aria-label={words.filter} onSubmit={(event) => {
          event.preventDefault();
          ask({ ...filters });
        }}
      >
        <Pick name="actor" label={words.actor} value={filters.actor ?? ""} onChange={(actor) => set({ ...filters, actor })} options={actors} />
        {FILTERS.map(([name, known]) => (
          <Pick
            key={name} name={name} label={words[name]} value={filters[name] ?? ""} onChange={(value) => set({ ...filters, [name]: value })}
            options={[{ value: "", label: words.anything }, ...Object.entries(words[known]).map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label))]}
          />
        ))}
        <button type="submit" class="button">{words.filter}</button>
      </form>
      <Entries key={query} people={agents.value ?? []} load={(cursor) => rest.get<Many<Entry>>(`/audit/entries?limit=50${query && `&${query}`}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)} />
    </Section>
  );
}

function Entries({ people, load }: { people: Person[]; load(cursor: string): Promise<Many<Entry>> }) {
  const { audit: words } = useWords();
  const language = useLanguage();
  const loaded = useLoaded(() => load(""));
  const names = useNames(loaded.value?.items ?? []);
  const [busy, setBusy] = useState(false);
  if (!loaded.value || loaded.failed) return <Waiting loaded={loaded} />;
  const { items, next } = loaded.value;
  if (items.length === 0) return <Nothing title={words.none} text={words.noneText} />;
  const named = (who: string): string => {
    const [kind, id] = who.split(":");
    const agent = kind === "agent" ? people.find((each) => each.id === id)?.name : undefined;
    return agent ?? (words.actors as Record<string, string>)[who] ?? who;
  };
  const more = async (): Promise<void> => {
    setBusy(true);
    const page = await load(next ?? "").catch(() => null);
    if (page) loaded.set((known) => ({ items: [...known.items, ...page.items], next: page.next ?? null }));
    setBusy(false);
  };
  return (
    <>
      <ul class="audit">{items.map((entry) => <EntryItem key={entry.id} entry={entry} named={named} telling={{ words, language, names }} />)}</ul>
      {next && <button type="button" class="button more" aria-disabled={busy} onClick={() => void more()}>{words.more}</button>}
    </>
  );
}

/** What the things in these entries are called, once the server has said so. */
function useNames(entries: Entry[]): Record<string, string> {
  const rest = useRest();
  const [names, set] = useState<Record<string, string>>({});
  useEffect(() => {
    const things = [...new Set(entries.flatMap(thingsOf))].filter((thing) => !(thing in names)).slice(0, MOST);
    if (things.length === 0) return;
    // Without them it is told by its key.
    rest.post<{ names: Record<string, string> }>("/desk/api/audit/names", { things }).then((found) => set((known) => ({ ...known, ...found.names }))).catch(() => {});
  }, [entries.length]);
  return names;
}

function EntryItem({ entry, named, telling }: { entry: Entry; named(who: string): string; telling: Telling }) {
  const { words, language } = telling;
  const changed = [...new Set([...Object.keys(entry.old ?? {}), ...Object.keys(entry.new ?? {})])];
  const value = (field: string, of: unknown): string => named(told(entry, field, of, telling));
  return (
    <li data-testid="entry">
      <p class="audit-top"><strong>{named(entry.actor)}</strong> <code title={entry.action}>{words.acts[entry.action] ?? entry.action.replaceAll("_", " ")}</code> <span class="audit-subject" title={entry.subject_id}>{subjectOf(entry, telling)}</span></p>
      <p class="quiet audit-when"><time dateTime={entry.created_at}>{moment(entry.created_at, language)}</time>{entry.origin && ` · ${words.origins[entry.origin] ?? entry.origin}`}{entry.position !== null && ` · ${words.sealed(entry.position)}`}</p>
      {(changed.length > 0 || Object.keys(entry.details).length > 0) && (
        <dl class="audit-changes">
          {changed.map((name) => (
            <div key={name}><dt title={name}>{fieldOf(name, telling)}</dt><dd>{entry.old && (entry.old[name] ?? null) !== null && <del>{value(name, entry.old[name])}</del>} {entry.new && <ins>{value(name, entry.new[name])}</ins>}</dd></div>
          ))}
          {Object.entries(entry.details).map(([name, of]) => <div key={name}><dt title={name}>{fieldOf(name, telling)}</dt><dd>{value(name, of)}</dd></div>)}
        </dl>
      )}
    </li>
  );
}
