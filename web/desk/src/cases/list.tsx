// Cases in a list: one row each, the next ones as one goes on, and back where one was when one returns.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { waited } from "../format";
import { useCommand } from "../ui/commands";
import { useLanguage, useNow, useSelect, useText } from "../ui/hooks";
import { caseHash, query, sortOf, type Asked } from "./asked";
import { categoryPath, nameOf } from "./choosing";
import { serverTime } from "./clocks";
import { ClockMark, Done, Failed, PriorityMark, Status, useWords, Waiting } from "./parts";
import type { Listed, Row, Settings } from "./types";
import { timed, useCaseNews, useSoon } from "./use";

const AT_ONCE = 50;
const MOST_AGAIN = 200;

interface Found {
  at: string;
  items: Row[];
  next: string | null;
}

/** The list as it was left: its rows, how far it was scrolled, and the row that was opened. */
let kept: { found: Found; scroll: number; opened: string | null } | null = null;

export function ListView({ asked, settings, onClear }: { asked: Asked; settings: Settings; onClear(): void }) {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  const { found, failed, busy, load, more } = useFound(asked);
  useReturning(found, place);
  useWalking(place);
  if (failed && !found) return <Failed retry={load} />;
  const narrowed = Object.keys(asked.filters).length > 0 || asked.scope !== "open";
  return (
    <div ref={place} class="page-scroll cases-scroll" data-testid="cases-list" aria-busy={busy}>
      {!found && <Waiting />}
      {found && found.items.length === 0 && (
        <div class="empty" data-testid="cases-empty">
          <p class="empty-title">{narrowed ? words.nothing : words.empty}</p>
          <p>{narrowed ? words.nothingText : words.emptyText}</p>
          {Object.keys(asked.filters).length > 0 && <button type="button" class="button" onClick={onClear}>{words.clear}</button>}
        </div>
      )}
      {found && found.items.length > 0 && (
        <ul class="cases-rows" aria-label={words.title}>
          {found.items.map((row) => <li key={row.id}><CaseRow row={row} settings={settings} onOpen={() => remember(found, place.current, row.id)} /></li>)}
        </ul>
      )}
      {found?.next && <p class="cases-more"><button type="button" class="button" aria-disabled={busy} data-testid="cases-more" onClick={more}>{words.more}</button></p>}
    </div>
  );
}

function remember(found: Found, place: HTMLElement | null, opened: string): void {
  kept = { found, scroll: place?.scrollTop ?? 0, opened };
}

function CaseRow({ row, settings, onOpen }: { row: Row; settings: Settings; onOpen(): void }) {
  const words = useWords();
  const t = useText();
  const language = useLanguage();
  const now = serverTime(useNow(30_000));
  const me = useSelect((state) => state.agent?.id);
  const who = row.agent_id === null ? words.nobody : settings.agents.find(({ id }) => id === row.agent_id)?.name ?? "–";
  return (
    <a class="cases-row" href={caseHash(row.id)} data-testid="case-row" data-id={row.id} onClick={onOpen}>
      <PriorityMark priority={row.priority} />
      <span class="cases-what">
        <span class="cases-subject" dir="auto">{row.subject}</span>
        <span class="cases-about quiet">
          <span class="cases-number">{row.number}</span>
          {row.customer && <span dir="auto">{row.customer.name}</span>}
          <span class="cases-category">{categoryPath(settings, row.category_id, language) || nameOf(settings.types, row.type_key, language)}</span>
        </span>
      </span>
      <span class="cases-marks">
        {row.items && <Done items={row.items} />}
        {row.clock && <ClockMark clock={row.clock} />}
      </span>
      <Status stage={row.stage}>{nameOf(settings.statuses, row.status, language)}</Status>
      <span class="cases-who">
        <span class={row.agent_id === null ? "quiet" : ""} dir="auto">{row.agent_id !== null && row.agent_id === me ? `${who} (${words.me})` : who}</span>
        <span class="quiet">{nameOf(settings.teams, row.team, language)}</span>
      </span>
      <time class="cases-age quiet" dateTime={row.updated_at} title={words.changed(new Date(row.updated_at).toLocaleString(language === "fr" ? "fr-FR" : "en-GB"))}>{waited(row.updated_at, now, t)}</time>
    </a>
  );
}

function useFound(asked: Asked) {
  const rest = useRest();
  const me = useSelect((state) => state.agent?.id ?? "");
  const params = query(asked, me);
  params.set("sort", sortOf(asked));
  const at = params.toString();
  const [found, set] = useState<Found | null>(() => (kept?.found.at === at ? kept.found : null));
  const [failed, fail] = useState(false);
  const [busy, setBusy] = useState(false);
  const latest = useRef(at);
  latest.current = at;
  const page = async (limit: number, cursor: string | null, before: Row[]): Promise<void> => {
    setBusy(true);
    try {
      const answer = await timed(rest.get<Listed>(`/desk/api/cases?${at}&limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`));
      if (latest.current !== at) return;
      set({ at, items: merged(before, answer.items), next: answer.next });
      fail(false);
    } catch {
      if (latest.current === at) fail(true);
    }
    setBusy(false);
  };
  const rows = found?.at === at ? found.items : [];
  // What is shown is looked at again as one page, as far as one page goes; what is beyond stays as it was.
  const load = (): void => {
    const wanted = Math.min(MOST_AGAIN, Math.max(AT_ONCE, rows.length));
    if (rows.length <= wanted) void page(wanted, null, []);
  };
  useEffect(load, [at]);
  const soon = useSoon(load, 1_500);
  useCaseNews(soon);
  return { found, failed, busy, load, more: () => !busy && found?.next && void page(AT_ONCE, found.next, rows) };
}

/** Rows that moved on meanwhile are not there twice. */
function merged(before: Row[], after: Row[]): Row[] {
  const there = new Set(before.map(({ id }) => id));
  return [...before, ...after.filter(({ id }) => !there.has(id))];
}

/** Scrolls where one was, once, and gives the row that was opened the focus. */
function useReturning(found: Found | null, place: { current: HTMLDivElement | null }): void {
  useLayoutEffect(() => {
    const box = place.current;
    if (!kept || !found || !box || found.at !== kept.found.at) return;
    box.scrollTop = kept.scroll;
    const { opened } = kept;
    kept = null;
    setTimeout(() => [...box.querySelectorAll<HTMLElement>(".cases-row")].find((row) => row.dataset.id === opened)?.focus({ preventScroll: true }));
  }, [found]);
}

/** j and k, and the arrows once a row has the focus. */
function useWalking(place: { current: HTMLDivElement | null }): void {
  const walk = (by: number): void => {
    const rows = [...(place.current?.querySelectorAll<HTMLElement>(".cases-row") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useCommand("cases.next", () => walk(1));
  useCommand("cases.previous", () => walk(-1));
  useEffect(() => {
    const box = place.current;
    const press = (event: KeyboardEvent): void => {
      if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    };
    box?.addEventListener("keydown", press);
    return () => box?.removeEventListener("keydown", press);
  });
}
