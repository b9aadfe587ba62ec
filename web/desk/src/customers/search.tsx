// Finding somebody by anything that names them; namesakes are told apart by where they live and what they bought.

import { Search } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { phone } from "../format";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { More, Nothing, Stage, usePaged, useWords, Vip, Waiting } from "./parts";
import type { Glance } from "./types";
import { hashOf } from "./where";

const PATIENCE = 150;
let sought = "";

/** What was looked for last: the way back from a customer leads there. */
export const lastSought = (): string => sought;
const FEWEST = 2;

/** What was typed, once the fingers rest. */
export function useRested(typed: string, patience = PATIENCE): string {
  const [rested, rest] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => rest(typed), patience);
    return () => clearTimeout(timer);
  }, [typed]);
  return rested;
}

export function listPath(words: string): string {
  const wanted = words.trim();
  return wanted.length >= FEWEST ? `/desk/api/customers?${new URLSearchParams({ q: wanted })}` : "/desk/api/customers";
}

export function SearchPage({ words: begun }: { words: string }) {
  const words = useWords();
  const [typed, type] = useState(begun);
  const rested = useRested(typed);
  const field = useRef<HTMLInputElement>(null);
  const list = usePaged<Glance>(listPath(rested));
  const wanted = rested.trim().length >= FEWEST ? rested.trim() : "";
  useEffect(() => field.current?.focus(), []);
  useEffect(() => type(begun), [begun]);
  // The way back leads to what was found; every word typed is no place of its own.
  useEffect(() => {
    sought = wanted;
    history.replaceState(history.state, "", hashOf({ at: "search", words: wanted }));
  }, [wanted]);
  const walk = (event: KeyboardEvent): void => walked(event, field.current);
  return (
    <div class="cust-body" onKeyDown={walk}>
      <div class="cust-search" role="search">
        <Icon of={Search} />
        <input
          ref={field} type="search" value={typed} placeholder={words.search.hint} aria-label={words.search.label} autocomplete="off" spellcheck={false}
          maxLength={200} data-testid="cust-search" onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") document.querySelector<HTMLAnchorElement>("[data-testid=cust-hit]")?.click();
          }}
        />
      </div>
      <p class="cust-found quiet" role="status" data-testid="cust-found">
        {!list.value ? words.loading : wanted ? words.search.results(list.value.length, list.next !== null) : words.search.newest}
        {list.value && list.value.length > 0 && <span class="cust-keys" aria-hidden="true">{words.search.keys}</span>}
      </p>
      {!list.value && <Waiting asked={list} />}
      {list.value?.length === 0 && (wanted
        ? <Nothing title={words.search.nothing(wanted)} text={words.search.nothingText} />
        : <Nothing title={words.search.empty} text={words.search.emptyText} />)}
      {list.value && list.value.length > 0 && (
        <ul class="cust-hits">
          {list.value.map((one) => <li key={one.id}><Hit one={one} /></li>)}
        </ul>
      )}
      <More list={list} />
    </div>
  );
}

/** Up and down through what was found, and back into the field. */
export function walked(event: KeyboardEvent, field: HTMLElement | null): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (!step || !(event.currentTarget instanceof HTMLElement)) return;
  const hits = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-testid=cust-hit]")];
  const at = hits.indexOf(document.activeElement as HTMLElement);
  if (at < 0 && document.activeElement !== field) return;
  event.preventDefault();
  (at + step < 0 ? field : hits[Math.min(at + step, hits.length - 1)])?.focus();
}

function Hit({ one }: { one: Glance }) {
  return <a class="cust-hit" href={hashOf({ at: "customer", id: one.id, part: "card" })} data-testid="cust-hit"><Told one={one} /></a>;
}

/** Somebody in two lines: who they are, and what tells them from their namesakes. */
export function Told({ one }: { one: Glance }) {
  const words = useWords();
  const language = useLanguage();
  const found = one.found && !["name", "company", "email", "phone"].includes(one.found.by) ? one.found : null;
  const ways = [one.email, one.phone && phone(one.phone)].filter(Boolean).join(" · ");
  const home = [one.place, one.country].filter(Boolean).join(", ");
  const past = one.orders === null ? "" : words.search.orders(one.orders, one.last_order);
  const last = one.last_contact ? words.search.contact(one.last_contact) : one.since ? words.search.since(one.since) : "";
  return (
    <>
      <span class="cust-hit-who">
        <strong dir="auto">{one.name || words.search.nobody}</strong>
        {one.company && <span dir="auto">{one.company}</span>}
        {one.vip && <Vip />}
        <Stage stage={one.stage} />
        {one.language !== language && <span class="tag">{words.languages[one.language]}</span>}
        {found && <span class="tag" dir="auto">{words.search.by[found.by] ?? found.by}{" "}{found.by === "id" ? "" : found.value}</span>}
      </span>
      <span class="cust-hit-more" dir="auto">{[ways, home].filter(Boolean).join(" · ") || words.none}</span>
      <span class="cust-hit-more quiet">{[past, last].filter(Boolean).join(" · ")}</span>
    </>
  );
}
