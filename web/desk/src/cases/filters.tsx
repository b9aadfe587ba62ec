// What narrows the cases: the views with their numbers, words, and one list for each trait.

import { ListFilter, Search, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { Icon, IconButton } from "../ui/bits";
import { useCommand } from "../ui/commands";
import { useLanguage, useMay, useSelect } from "../ui/hooks";
import { COUNTED, LEAST_TEXT, query, SCOPES, sortOf, SORTS, type Asked, type Narrowing, type Scope } from "./asked";
import { categoryOptions, nameOf, options, PRIORITIES, teamOptions } from "./choosing";
import { CustomerPick } from "./customer-pick";
import { Pick, useWords } from "./parts";
import type { Counted, Settings, View } from "./types";
import { timed, useCaseNews, useCustomerName, useSoon } from "./use";

const WAIT = 250;

interface FiltersProps {
  asked: Asked;
  settings: Settings;
  board: boolean;
  onChange(change: Partial<Asked>): void;
}

export function Filters({ asked, settings, board, onChange }: FiltersProps) {
  const words = useWords();
  const counted = useCounted(asked);
  const [open, setOpen] = useState(false);
  const narrow = (name: Narrowing, value: string): void => {
    const { [name]: _, ...others } = asked.filters;
    onChange({ filters: value ? { ...others, [name]: value } : others });
  };
  const chosen = Object.keys(asked.filters).filter((name) => name !== "text").length;
  return (
    <search class="cases-filters" aria-label={words.filters}>
      <Scopes asked={asked} counted={counted} onChange={(scope) => onChange({ scope })} />
      <div class="cases-find">
        <Words text={asked.filters.text ?? ""} onChange={(text) => narrow("text", text)} />
        <button type="button" class="button" aria-expanded={open} data-testid="cases-filters" onClick={() => setOpen(!open)}>
          <Icon of={ListFilter} /><span>{words.filters}</span>{chosen > 0 && <span class="count">{chosen}</span>}
        </button>
        {!board && (
          <label class="cases-sort">
            <span class="sr">{words.sort}</span>
            <select value={sortOf(asked)} data-testid="cases-sort" onChange={(event) => onChange({ sort: event.currentTarget.value as Asked["sort"] })}>
              {SORTS.map((sort) => <option key={sort} value={sort}>{words.sorts[sort]}</option>)}
            </select>
          </label>
        )}
        {counted && <span class="cases-total quiet" role="status" data-testid="cases-total">{words.counted(counted.total)}</span>}
      </div>
      {!open && chosen > 0 && <Chosen asked={asked} settings={settings} narrow={narrow} />}
      {open && <Narrow asked={asked} settings={settings} narrow={narrow} board={board} onClear={() => onChange({ filters: {} })} />}
    </search>
  );
}

function Scopes({ asked, counted, onChange }: { asked: Asked; counted: Counted | null; onChange(scope: Scope): void }) {
  const words = useWords();
  return (
    <div class="cases-scopes" role="group" aria-label={words.scopesLabel}>
      {SCOPES.map((scope) => {
        const many = COUNTED.includes(scope as View) ? counted?.views[scope as View] : undefined;
        const tone = scope === "late" || scope === "risk" ? (many ? scope : "") : "";
        return (
          <button key={scope} type="button" class="cases-scope" aria-pressed={scope === asked.scope} data-testid={`cases-scope-${scope}`} onClick={() => onChange(scope)}>
            {words.scopes[scope]}
            {many !== undefined && <span class={`count ${tone ? `cases-count-${tone}` : ""}`} aria-hidden="true">{many}</span>}
            {many !== undefined && <span class="sr">, {words.live(many)}</span>}
          </button>
        );
      })}
    </div>
  );
}

function Words({ text, onChange }: { text: string; onChange(text: string): void }) {
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  useCommand("cases.search", () => field.current?.focus());
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === text || (wanted !== "" && wanted.length < LEAST_TEXT)) return undefined;
    const timer = setTimeout(() => onChange(wanted), WAIT);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label class="cases-search">
      <Icon of={Search} size={14} />
      <span class="sr">{words.search}</span>
      <input ref={field} type="search" value={typed} placeholder={words.search} title={words.searchHelp} maxLength={200} dir="auto" data-testid="cases-search" onInput={(event) => setTyped(event.currentTarget.value)} />
    </label>
  );
}

interface NarrowProps {
  asked: Asked;
  settings: Settings;
  narrow(name: Narrowing, value: string): void;
}

function Narrow({ asked: { filters, scope }, settings, narrow, board, onClear }: NarrowProps & { board: boolean; onClear(): void }) {
  const words = useWords();
  const language = useLanguage();
  const sees = useMay("customers.read");
  const pick = (name: Narrowing, choices: { value: string; label: string }[]) => (
    <Pick key={name} label={words.filter[name as keyof typeof words.filter]} value={filters[name] ?? ""} none={words.any} choices={choices} testId={`cases-by-${name}`} onChange={(value) => narrow(name, value)} />
  );
  return (
    <div class="cases-narrow" data-testid="cases-narrow">
      {!board && pick("status", options(settings.statuses, language))}
      {pick("priority", PRIORITIES.map((value) => ({ value, label: words.priorities[value] })))}
      {pick("type_key", options(settings.types, language))}
      {pick("category_id", categoryOptions(settings, language))}
      {pick("team", teamOptions(settings, language))}
      {scope !== "mine" && scope !== "unassigned" && pick("agent_id", settings.agents.map(({ id, name }) => ({ value: id, label: name })))}
      {sees && <CustomerPick label={words.filter.customer_id} chosen={filters.customer_id ?? null} onChoose={(one) => narrow("customer_id", one?.id ?? "")} />}
      {Object.keys(filters).length > 0 && <button type="button" class="link" onClick={onClear}>{words.clear}</button>}
    </div>
  );
}

/** What narrows the list while the lists to choose from are put away. */
function Chosen({ asked: { filters }, settings, narrow }: NarrowProps) {
  const words = useWords();
  const language = useLanguage();
  const customer = useCustomerName(filters.customer_id ?? null);
  const says = (name: Narrowing, value: string): string => {
    if (name === "status") return nameOf(settings.statuses, value, language);
    if (name === "type_key") return nameOf(settings.types, value, language);
    if (name === "category_id") return nameOf(settings.categories, value, language);
    if (name === "team") return nameOf(settings.teams, value, language);
    if (name === "agent_id") return settings.agents.find(({ id }) => id === value)?.name ?? value;
    if (name === "customer_id") return customer ?? words.customerHidden;
    return name === "priority" ? words.priorities[value as keyof typeof words.priorities] ?? value : value;
  };
  const entries = (Object.entries(filters) as [Narrowing, string][]).filter(([name]) => name !== "text");
  return (
    <ul class="cases-chosen">
      {entries.map(([name, value]) => (
        <li key={name} class="chip"><span dir="auto">{says(name, value)}</span><IconButton icon={X} label={words.remove(says(name, value))} onClick={() => narrow(name, "")} /></li>
      ))}
    </ul>
  );
}

function useCounted(asked: Asked): Counted | null {
  const rest = useRest();
  const me = useSelect((state) => state.agent?.id ?? "");
  const [found, set] = useState<Counted | null>(null);
  const at = query(asked, me).toString();
  const latest = useRef(at);
  latest.current = at;
  const load = (): void => {
    timed(rest.get<Counted>(`/desk/api/cases/counts?${at}`)).then((answer) => latest.current === at && set(answer)).catch(() => {});
  };
  useEffect(load, [at]);
  const soon = useSoon(load, 2_000);
  useCaseNews(soon);
  return found;
}
