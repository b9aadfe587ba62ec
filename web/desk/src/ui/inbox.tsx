// The inbox beside its four first views: the other views with their counts, what narrows a list, and saved filters.

import { ListFilter, Trash2, Users, X } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { Refused } from "../api";
import type { Criteria, Filters, SavedFilter } from "../types";
import { FURTHER } from "../types.inbox";
import { Icon, IconButton, useChannelName } from "./bits";
import { useCommand } from "./commands";
import { useDesk, useSelect, useText } from "./hooks";
import { ForMe, RemindersItem } from "../notes/place";

const BELOW: Record<(typeof FURTHER)[number], string> = { team: "5", longest: "6", risk: "7", snoozed: "8", mentioned: "9" };

/** The button that opens them; it tells when a promised time is nearly up. */
export function InboxButton({ open, onToggle }: { open: boolean; onToggle(): void }) {
  const t = useText();
  const risk = useSelect((state) => state.counts.risk ?? 0);
  return (
    <span class="inbox-button">
      <IconButton icon={ListFilter} label={t.inbox.more} hint="f" pressed={open} onClick={onToggle} testId="inbox-more" />
      {!open && <ForMe />}
      {risk > 0 && !open && <span class="inbox-risk" title={t.inbox.atRisk(risk)}><span class="sr">{t.inbox.atRisk(risk)}</span></span>}
    </span>
  );
}

export function useInbox() {
  const [open, setOpen] = useState(false);
  useCommand("filters", () => setOpen((before) => !before));
  return { open, toggle: () => setOpen(!open), close: () => setOpen(false) };
}

export function InboxPanel({ onClose }: { onClose(): void }) {
  const desk = useDesk();
  const t = useText();
  const language = useSelect((state) => state.language);
  const [filters, setFilters] = useState<Filters | null>(null);
  const [failed, setFailed] = useState(false);
  const load = (): void => {
    desk.api.filters().then(setFilters).catch(() => setFailed(true));
  };
  useEffect(load, [language]);
  const use = ({ view, criteria }: Pick<SavedFilter, "view" | "criteria">): void => {
    desk.go({ view });
    desk.reading.narrow(criteria);
    onClose();
  };
  const remove = (one: SavedFilter): void => {
    desk.api.deleteFilter(one.id).then(load).catch((error: unknown) => desk.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : "" }));
  };
  return (
    <section
      class="inbox-panel" aria-label={t.inbox.more} data-testid="inbox-panel" onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <OtherViews onChoose={onClose} />
      {filters && filters.items.length > 0 && (
        <ul class="inbox-filters" aria-label={t.inbox.saved}>
          {filters.items.map((one) => (
            <li key={one.id}>
              <button type="button" class="menu-item" data-testid="filter" onClick={() => use(one)}>
                <Icon of={one.shared ? Users : ListFilter} size={14} /><span class="inbox-name" dir="auto">{one.name}</span>
                {one.shared && <span class="sr">{t.inbox.shared}</span>}
              </button>
              {(one.own || (one.shared && filters.shares)) && <IconButton icon={Trash2} label={t.inbox.remove(one.name)} onClick={() => remove(one)} />}
            </li>
          ))}
        </ul>
      )}
      {filters && <Narrowing filters={filters} onSaved={load} />}
      {failed && <p class="trouble" role="alert">{t.list.error}</p>}
    </section>
  );
}

function OtherViews({ onChoose }: { onChoose(): void }) {
  const desk = useDesk();
  const t = useText();
  const view = useSelect((state) => state.view);
  const counts = useSelect((state) => state.counts);
  return (
    <nav aria-label={t.inbox.views}>
      {FURTHER.map((one) => (
        <button
          key={one} type="button" class="menu-item" aria-current={one === view ? "true" : undefined} data-testid={`view-${one}`} title={`${t.views[one]} (${BELOW[one]})`}
          onClick={() => {
            desk.go({ view: one });
            onChoose();
          }}
        >
          <span>{t.views[one]}</span>
          <span class={`count inbox-count ${one === "risk" && (counts.risk ?? 0) > 0 ? "inbox-late" : ""}`}>{counts[one] ?? 0}</span>
          <span class="sr">{t.viewCount(counts[one] ?? 0)}</span>
        </button>
      ))}
      <RemindersItem onChoose={onChoose} />
    </nav>
  );
}

/** What narrows the list, at once; and keeping it under a name. */
function Narrowing({ filters, onSaved }: { filters: Filters; onSaved(): void }) {
  const desk = useDesk();
  const t = useText();
  const criteria = useSelect((state) => state.criteria);
  const view = useSelect((state) => state.view);
  const query = useSelect((state) => state.query);
  const channels = useSelect((state) => state.channelNames);
  const channelName = useChannelName();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const choices: [keyof Criteria, string, [string, string][]][] = [
    ["channel", t.inbox.channel, Object.keys(channels).map((key) => [key, channelName(key)])],
    ["language", t.inbox.language, [["fr", t.languageName.fr], ["en", t.languageName.en]]],
    ["topic", t.inbox.topic, filters.topics.map((one) => [one.key, one.name])],
    ["team", t.inbox.team, filters.teams.map((one) => [one.key, one.name])],
    ["tag", t.sorting.tagged, (filters.tags ?? []).map((one) => [one.id, one.name])],
  ];
  const narrow = (key: keyof Criteria, value: string): void => {
    const { [key]: _, ...others } = criteria;
    desk.reading.narrow(value ? { ...others, [key]: value } : others);
  };
  const save = (event: Event): void => {
    event.preventDefault();
    if (!name.trim()) return;
    const kept = { ...criteria, ...(query && { words: query }) };
    desk.api.saveFilter(name.trim(), view, kept, shared).then(() => {
      setName("");
      setTrouble(null);
      onSaved();
    }).catch((error: unknown) => setTrouble((error instanceof Refused && error.detail) || t.account.failed));
  };
  return (
    <form class="inbox-narrow" onSubmit={save}>
      {choices.map(([key, label, options]) => (
        <label key={key} class="inbox-choice">
          <span>{label}</span>
          <select value={criteria[key] ?? ""} data-testid={`narrow-${key}`} onChange={(event) => narrow(key, event.currentTarget.value)}>
            <option value="">{t.inbox.any}</option>
            {options.map(([value, says]) => <option key={value} value={value}>{says}</option>)}
          </select>
        </label>
      ))}
      <p class="inbox-save">
        <input
          value={name} maxLength={60} placeholder={t.inbox.name} aria-label={t.inbox.name} dir="auto" data-testid="filter-name"
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="button" data-testid="filter-save" aria-disabled={!name.trim()}>{t.inbox.save}</button>
      </p>
      {filters.shares && (
        <label class="inbox-share"><input type="checkbox" checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />{t.inbox.share}</label>
      )}
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
    </form>
  );
}

/** What the tag that narrows the list is called; it may come from a filter that was saved. */
function useTagNames(wanted: string | undefined): Record<string, string> {
  const desk = useDesk();
  const [names, setNames] = useState<Record<string, string>>({});
  useEffect(() => {
    if (!wanted || names[wanted]) return;
    desk.api.tags().then(({ items }) => setNames(Object.fromEntries(items.map((tag) => [tag.id, tag.name])))).catch(() => {});
  }, [wanted]);
  return names;
}

/** What is looked at, where it is none of the four first views, or less than one of them. */
export function InboxNow() {
  const desk = useDesk();
  const t = useText();
  const view = useSelect((state) => state.view);
  const criteria = useSelect((state) => state.criteria);
  const channelName = useChannelName();
  const tagNames = useTagNames(criteria.tag);
  const further = (FURTHER as readonly string[]).includes(view);
  const entries = Object.entries(criteria) as [keyof Criteria, string][];
  if (!further && entries.length === 0) return null;
  const says = (key: keyof Criteria, value: string): string => {
    if (key === "channel") return channelName(value);
    if (key === "tag") return tagNames[value] ?? t.sorting.tagged;
    return key === "language" && (value === "fr" || value === "en") ? t.languageName[value] : value;
  };
  const clear = (): void => {
    desk.reading.narrow({});
    if (further) desk.go({ view: "waiting" });
  };
  return (
    <p class="inbox-now" data-testid="inbox-now">
      <span class="inbox-name" dir="auto">{[t.views[view], ...entries.map(([key, value]) => says(key, value))].join(" · ")}</span>
      <IconButton icon={X} label={t.inbox.clear} onClick={clear} />
    </p>
  );
}
