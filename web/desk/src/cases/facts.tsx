// The facts of a case, each changed where it stands; its subject and description; the fields of its template.

import { Pencil } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage, useMay, useText } from "../ui/hooks";
import type { Shown } from "./changing";
import { categoryOptions, LEVELS, named, nameOf, options, teamOptions } from "./choosing";
import { CustomerPick } from "./customer-pick";
import { Line, Panel, Pick, useWords } from "./parts";
import { TemplateFields } from "./template-fields";
import type { TemplateField, Value } from "./types";
import { useSaid } from "./values";

export function Description({ whole, writes, change, settings }: Shown) {
  const words = useWords();
  const language = useLanguage();
  const one = whole.case;
  const [draft, write] = useState<{ subject: string; description: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!draft || busy) return;
    const wanted = {
      ...(draft.subject.trim() !== one.subject && { subject: draft.subject.trim() }),
      ...(draft.description.trim() !== one.description && { description: draft.description.trim() }),
    };
    setBusy(true);
    // What was typed stays here until it is saved, whoever else changed it.
    if (Object.keys(wanted).length === 0 || await change(wanted)) write(null);
    setBusy(false);
  };
  return (
    <Panel
      title={words.description} testId="case-description"
      action={writes && !draft && (
        <button type="button" class="link" data-testid="case-edit" onClick={() => write({ subject: one.subject, description: one.description })}><Icon of={Pencil} size={14} />{words.edit}</button>
      )}
    >
      {!draft && (one.description ? <p class="cases-text" dir="auto">{one.description}</p> : <p class="quiet">{words.noDescription}</p>)}
      {draft && (
        <form class="cases-form" noValidate onSubmit={(event) => void save(event)}>
          <Line label={words.field.subject ?? ""} value={draft.subject} required testId="case-subject" problem={draft.subject.trim() ? undefined : words.needed} onInput={(subject) => write({ ...draft, subject })} />
          <Line label={words.description} value={draft.description} rows={6} most={20000} testId="case-text" onInput={(description) => write({ ...draft, description })} />
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => write(null)}>{words.cancel}</button>
            <button type="submit" class="button primary" aria-disabled={busy || !draft.subject.trim()} data-testid="case-save">{busy ? words.saving : words.save}</button>
          </div>
        </form>
      )}
      {(one.resolution_key || one.resolution_summary) && (
        <div class="cases-ended">
          <h3>{words.resolution}</h3>
          {one.resolution_key && <p>{nameOf(settings.resolutions, one.resolution_key, language)}</p>}
          {one.resolution_summary && <p class="cases-text" dir="auto">{one.resolution_summary}</p>}
        </div>
      )}
    </Panel>
  );
}

export function Facts(shown: Shown) {
  const { whole, settings, writes, change } = shown;
  const words = useWords();
  const language = useLanguage();
  const one = whole.case;
  const label = (field: string): string => words.field[field] ?? field;
  const set = (field: string) => (value: string): void => void change({ [field]: value || null });
  const levels = LEVELS.map((value) => ({ value, label: words.levels[value] }));
  const agents = settings.agents.map(({ id, name }) => ({ value: id, label: name }));
  if (one.agent_id && !agents.some(({ value }) => value === one.agent_id)) agents.push({ value: one.agent_id, label: whole.names[`agent:${one.agent_id}`] ?? "–" });
  return (
    <Panel title={words.facts} testId="case-facts">
      <Whose {...shown} />
      {!writes && <Read {...shown} />}
      {writes && (
        <div class="cases-facts">
          <Pick label={label("agent_id")} value={one.agent_id ?? ""} none={words.nobody} choices={agents} testId="fact-agent_id" onChange={set("agent_id")} />
          <Pick label={label("team")} value={one.team} choices={teamOptions(settings, language, one.team)} testId="fact-team" onChange={set("team")} />
          <Pick label={label("impact")} value={one.impact} choices={levels} testId="fact-impact" onChange={set("impact")} />
          <Pick label={label("urgency")} value={one.urgency} choices={levels} testId="fact-urgency" onChange={set("urgency")} />
          <Pick label={label("category_id")} value={one.category_id ?? ""} none="–" choices={categoryOptions(settings, language, one.category_id)} testId="fact-category_id" onChange={set("category_id")} />
          <Pick label={label("type_key")} value={one.type_key} choices={options(settings.types, language, one.type_key)} testId="fact-type_key" onChange={set("type_key")} />
          <Due at={one.due_at} label={label("due_at")} onChange={(due_at) => change({ due_at })} />
          <Tags tags={one.tags} label={label("tags")} onChange={(tags) => change({ tags })} />
        </div>
      )}
      <Details {...shown} />
    </Panel>
  );
}

function Whose({ whole, writes, change }: Shown) {
  const words = useWords();
  const t = useText();
  const sees = useMay("customers.read");
  const { customer, case: one } = whole;
  if (!one.customer_id && writes && sees) return <CustomerPick label={words.customer} chosen={null} onChoose={(found) => found && void change({ customer_id: found.id })} />;
  const name = customer?.name || (one.customer_id ? words.customerHidden : words.noCustomer);
  return <p class="cases-whose"><span class="quiet">{words.customer}</span><strong dir="auto">{customer ? <a href={`#/customers/${customer.id}`}>{name}</a> : name}</strong><span class="quiet">{t.languageName[one.language]}</span></p>;
}

/** The same facts, for who may only read. */
function Read({ whole, settings }: Shown) {
  const words = useWords();
  const said = useSaid(settings, whole.names);
  return (
    <dl class="cases-read">
      {(["agent_id", "team", "impact", "urgency", "category_id", "type_key", "due_at", "tags"] as const).map((field) => (
        <div key={field}><dt>{words.field[field]}</dt><dd dir="auto">{said(field, whole.case[field])}</dd></div>
      ))}
    </dl>
  );
}

/** A day, for the agent: the case is due at its end. */
function Due({ at, label, onChange }: { at: string | null; label: string; onChange(at: string | null): void }) {
  const day = at ? dayOf(at) : "";
  const [typed, write] = useState(day);
  useEffect(() => write(day), [day]);
  const keep = (): void => {
    if (typed !== day) onChange(typed ? new Date(`${typed}T23:59:00`).toISOString() : null);
  };
  return (
    <label class="cases-field">
      <span>{label}</span>
      <input type="date" value={typed} data-testid="fact-due_at" onInput={(event) => write(event.currentTarget.value)} onBlur={keep} onKeyDown={(event) => event.key === "Enter" && keep()} />
    </label>
  );
}

function dayOf(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
}

function Tags({ tags, label, onChange }: { tags: string[]; label: string; onChange(tags: string[]): Promise<boolean> }) {
  const words = useWords();
  const now = tags.join(", ");
  const [typed, write] = useState(now);
  useEffect(() => write(now), [now]);
  const keep = (): void => {
    const wanted = [...new Set(typed.split(",").map((tag) => tag.trim().toLowerCase()).filter(Boolean))].sort();
    if (wanted.join(", ") !== now) void onChange(wanted);
  };
  return (
    <label class="cases-field">
      <span>{label}</span>
      <input
        value={typed} maxLength={800} placeholder={words.tagsHelp} dir="auto" data-testid="fact-tags" onInput={(event) => write(event.currentTarget.value)} onBlur={keep}
        onKeyDown={(event) => event.key === "Enter" && keep()}
      />
    </label>
  );
}

/** What the template asked for. */
function Details({ whole, settings, writes, change }: Shown) {
  const words = useWords();
  const language = useLanguage();
  const one = whole.case;
  const template = settings.templates.find(({ key }) => key === one.template_key);
  const [draft, write] = useState<Record<string, Value> | null>(null);
  const [busy, setBusy] = useState(false);
  const known = template?.fields ?? [];
  const others = Object.keys(one.fields).filter((key) => !known.some((field) => field.key === key));
  if (known.length === 0 && others.length === 0) return null;
  const shown: [string, Value, TemplateField | null][] = [
    ...known.map((field): [string, Value, TemplateField] => [named(field.names, language, field.key), one.fields[field.key] ?? null, field]),
    ...others.map((key): [string, Value, null] => [key, one.fields[key] ?? null, null]),
  ];
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!draft || busy) return;
    setBusy(true);
    if (await change({ fields: draft })) write(null);
    setBusy(false);
  };
  return (
    <section class="cases-details" aria-label={words.field.fields}>
      <header class="cases-panel-top">
        <h3>{words.field.fields}</h3>
        {writes && !draft && known.length > 0 && <button type="button" class="link" data-testid="details-edit" onClick={() => write({ ...one.fields })}><Icon of={Pencil} size={14} />{words.edit}</button>}
      </header>
      {!draft && (
        <dl class="cases-read">
          {shown.map(([name, value]) => <div key={name}><dt>{name}</dt><dd dir="auto">{value === true ? words.yes : value === false ? words.no : value === null || value === "" ? "–" : String(value)}</dd></div>)}
        </dl>
      )}
      {draft && (
        <form class="cases-form" noValidate onSubmit={(event) => void save(event)}>
          <TemplateFields fields={known} values={draft} onChange={write} />
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => write(null)}>{words.cancel}</button>
            <button type="submit" class="button primary" aria-disabled={busy} data-testid="details-save">{busy ? words.saving : words.save}</button>
          </div>
        </form>
      )}
    </section>
  );
}
