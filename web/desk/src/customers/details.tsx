// Who the customer is, and changing it: a colleague who was quicker is told of, and nothing typed is lost.

import { Pencil } from "lucide-preact";
import { useState } from "preact/hooks";
import { Pick, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { IconButton } from "../ui/bits";
import { useLanguage, useText } from "../ui/hooks";
import type { Language } from "../types";
import { Careful, Panel, useAsked, useWords } from "./parts";
import type { Known, OwnField, Profile, Whole } from "./types";
import { dayName } from "./values";

const FIELDS = ["first_name", "last_name", "company", "language", "birth_date", "time_zone", "external_id"] as const;
type Name = (typeof FIELDS)[number];
type Typed = Record<Name | "tags", string>;

const typedOf = (one: Whole): Typed => ({
  first_name: one.first_name, last_name: one.last_name, company: one.company, language: one.language, birth_date: one.birth_date ?? "", time_zone: one.time_zone ?? "",
  external_id: one.external_id ?? "", tags: one.tags.join(", "),
});

/** What was changed of a profile, as the API takes it: only that, so that two who change different fields both have their way. */
export function changesOf(before: Pick<Profile, Name>, typed: Record<Name, string>): Partial<Record<Name, string | null>> {
  const empty: Name[] = ["birth_date", "time_zone", "external_id"];
  return Object.fromEntries(FIELDS.flatMap((name) => {
    const now = typed[name].trim();
    return now === (before[name] ?? "") ? [] : [[name, now === "" && empty.includes(name) ? null : now]];
  }));
}

const tagsOf = (typed: string): string[] => typed.split(",").map((one) => one.trim()).filter(Boolean);

export function Details({ customer, reload, changes }: Known & { changes: boolean }) {
  const words = useWords();
  const [editing, edit] = useState(false);
  return (
    <Panel
      title={words.details.title} testId="cust-details"
      action={changes && !editing && <IconButton icon={Pencil} label={words.edit} testId="cust-edit" onClick={() => edit(true)} />}
    >
      {editing
        ? <Edit customer={customer} onEnd={() => {
            edit(false);
            reload();
          }} />
        : <Told customer={customer} />}
    </Panel>
  );
}

function Told({ customer }: { customer: Whole }) {
  const words = useWords();
  const language = useLanguage();
  const facts: [string, string][] = [
    [words.details.company, customer.company],
    [words.details.language, words.languages[customer.language]],
    [words.details.birth_date, dayName(customer.birth_date, language)],
    [words.details.time_zone, customer.time_zone ?? ""],
    [words.details.external_id, customer.external_id ?? ""],
    [words.details.groups, customer.groups.map((one) => one.name).join(", ")],
    ...useOwnFields(customer),
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd dir="auto"><span>{value}</span></dd></div>)}
    </dl>
  );
}

/** The company's own fields by the names it gave them; by their keys where those cannot be asked for. */
function useOwnFields({ attributes }: Whole): [string, string][] {
  const words = useWords();
  const language = useLanguage();
  const keys = Object.keys(attributes);
  const asked = useAsked<{ items: OwnField[] }>(keys.length > 0 ? "/attributes" : null);
  if (!asked.value && !asked.failed) return [];
  const defined = asked.value?.items ?? [];
  const place = (key: string): number => defined.find((one) => one.key === key)?.position ?? Infinity;
  const shown = (value: string | number | boolean, field?: OwnField): string => {
    if (typeof value === "boolean") return value ? words.consents.yes : words.consents.no;
    if (field?.kind === "date") return dayName(String(value), language);
    if (field?.kind === "number") return Number(value).toLocaleString(language);
    return field?.choices.find((one) => one.value === value)?.labels[language] ?? String(value);
  };
  return keys.sort((a, b) => place(a) - place(b)).flatMap((key): [string, string][] => {
    const value = attributes[key];
    const field = defined.find((one) => one.key === key);
    return value === undefined ? [] : [[field?.labels[language] ?? key, shown(value, field)]];
  });
}

function Edit({ customer, onEnd }: { customer: Whole; onEnd(): void }) {
  const rest = useRest();
  const words = useWords();
  const t = useText();
  const [before] = useState(customer);
  const [typed, type] = useState(() => typedOf(customer));
  const set = (name: keyof Typed) => (value: string): void => type((known) => ({ ...known, [name]: value }));
  const path = `/customers/${customer.id}`;
  const save = async (version: number): Promise<void> => {
    const changes = changesOf(before, typed);
    if (Object.keys(changes).length > 0) await rest.patch(path, changes, version);
    if (typed.tags !== typedOf(before).tags) await rest.post(`${path}/tags`, { tags: tagsOf(typed.tags) });
    onEnd();
  };
  const describe = (theirs: Whole): string[] =>
    (Object.keys(typed) as (keyof Typed)[]).filter((name) => typedOf(theirs)[name] !== typedOf(before)[name])
      .map((name) => `${words.details[name]}: ${typedOf(theirs)[name] || words.none}`);
  const languages: Language[] = ["fr", "en"];
  return (
    <Careful
      row={before} read={() => rest.get<Whole>(path)} save={save} describe={describe} take={onEnd} onCancel={onEnd} testId="cust-details-form"
      fields={[...FIELDS, "tags"]}
    >
      <Text name="first_name" label={words.details.first_name} value={typed.first_name} onInput={set("first_name")} />
      <Text name="last_name" label={words.details.last_name} value={typed.last_name} onInput={set("last_name")} />
      <Text name="company" label={words.details.company} value={typed.company} onInput={set("company")} />
      <Pick
        name="language" label={words.details.language} value={typed.language} onChange={set("language")}
        options={languages.map((one) => ({ value: one, label: t.languageName[one] }))}
      />
      <Text name="birth_date" label={words.details.birth_date} type="date" value={typed.birth_date} onInput={set("birth_date")} />
      <Text name="time_zone" label={words.details.time_zone} value={typed.time_zone} onInput={set("time_zone")} />
      <Text name="external_id" label={words.details.external_id} value={typed.external_id} onInput={set("external_id")} />
      <Text name="tags" label={words.details.tags} help={words.details.tagsHelp} value={typed.tags} onInput={set("tags")} />
    </Careful>
  );
}
