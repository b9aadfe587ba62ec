// The audit log, for who may read it: who did what to what, newest first.

import { useState } from "preact/hooks";
import { useLanguage } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { moment } from "./moments";
import { Nothing, Pick, Section } from "./parts";
import { useRest, type Many } from "./rest";
import { useWords } from "./words";

interface Entry {
  id: string;
  created_at: string;
  actor: string;
  origin: string;
  action: string;
  subject_kind: string;
  subject_id: string;
  old: Record<string, unknown> | null;
  new: Record<string, unknown> | null;
  details: Record<string, unknown>;
  position: number | null;
}

interface Person {
  id: string;
  name: string;
}

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
  const loaded = useLoaded(() => load(""));
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
      <ul class="audit">{items.map((entry) => <EntryItem key={entry.id} entry={entry} named={named} />)}</ul>
      {next && <button type="button" class="button more" aria-disabled={busy} onClick={() => void more()}>{words.more}</button>}
    </>
  );
}

function EntryItem({ entry, named }: { entry: Entry; named(who: string): string }) {
  const { audit: words } = useWords();
  const language = useLanguage();
  const subject = entry.subject_kind === "agent" ? named(`agent:${entry.subject_id}`) : `${words.kinds[entry.subject_kind] ?? entry.subject_kind} ${entry.subject_id}`;
  const changed = [...new Set([...Object.keys(entry.old ?? {}), ...Object.keys(entry.new ?? {})])];
  const details = Object.entries(entry.details);
  const told = (value: unknown): string =>
    Array.isArray(value) ? value.map(told).join(", ") : words.said[String(value)] ?? named(shown(value, words.personal));
  return (
    <li data-testid="entry">
      <p class="audit-top"><strong>{named(entry.actor)}</strong> <code title={entry.action}>{words.acts[entry.action] ?? entry.action.replaceAll("_", " ")}</code> <span class="audit-subject">{subject}</span></p>
      <p class="quiet audit-when"><time dateTime={entry.created_at}>{moment(entry.created_at, language)}</time>{entry.origin && ` · ${words.origins[entry.origin] ?? entry.origin}`}{entry.position !== null && ` · ${words.sealed(entry.position)}`}</p>
      {(changed.length > 0 || details.length > 0) && (
        <dl class="audit-changes">
          {changed.map((name) => (
            <div key={name}><dt>{name}</dt><dd>{entry.old && <del>{shown(entry.old[name], words.personal)}</del>} {entry.new && <ins>{shown(entry.new[name], words.personal)}</ins>}</dd></div>
          ))}
          {details.map(([name, value]) => <div key={name}><dt>{words.facts[name] ?? name.replaceAll("_", " ")}</dt><dd>{told(value)}</dd></div>)}
        </dl>
      )}
    </li>
  );
}

/** A value as it is kept; of personal data only that it was there. */
function shown(value: unknown, personal: string): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "object" && (value as { personal?: boolean }).personal === true) return personal;
  return typeof value === "string" ? value : JSON.stringify(value);
}
