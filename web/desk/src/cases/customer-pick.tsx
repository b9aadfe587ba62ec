// Choosing a customer by a few words: a field, and below it those who fit.

import { X } from "lucide-preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useRest, type Many } from "../admin/rest";
import { IconButton } from "../ui/bits";
import { useWords } from "./parts";
import type { Named } from "./types";
import { useCustomerName } from "./use";

const FEWEST = 2;
const WAIT = 250;

interface Hit {
  id: string;
  first_name: string;
  last_name: string;
  company: string;
  matches: { by: string; value: string }[];
}

const called = ({ first_name, last_name, company }: Hit): string => `${first_name} ${last_name}`.trim() || company;

interface CustomerPickProps {
  label: string;
  chosen: string | null;
  onChoose(customer: Named | null): void;
}

export function CustomerPick({ label, chosen, onChoose }: CustomerPickProps) {
  const words = useWords();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(-1);
  const { hits, searched } = useHits(typed);
  const name = useCustomerName(chosen);
  const choose = (hit: Hit): void => {
    onChoose({ id: hit.id, name: called(hit) });
    setTyped("");
    setAt(-1);
  };
  if (chosen) {
    return (
      <div class="cases-field">
        <span>{label}</span>
        <span class="chip cases-customer"><span dir="auto">{name ?? words.customerHidden}</span><IconButton icon={X} label={words.remove(name ?? words.customerHidden)} onClick={() => onChoose(null)} /></span>
      </div>
    );
  }
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (hits.length === 0) return;
      event.preventDefault();
      setAt((at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length);
    } else if (event.key === "Enter") {
      // Whoever looks for a customer does not mean to send the form.
      event.preventDefault();
      const hit = hits[Math.max(at, 0)];
      if (hit) choose(hit);
    } else if (event.key === "Escape" && typed) {
      event.preventDefault();
      event.stopPropagation();
      setTyped("");
    }
  };
  const open = searched && typed.trim().length >= FEWEST;
  return (
    <div class="cases-field cases-pick">
      <label for={id}>{label}</label>
      <input
        ref={field} id={id} value={typed} placeholder={words.customerSearch} maxLength={200} dir="auto" autocomplete="off" data-testid="customer-pick" role="combobox"
        aria-expanded={open && hits.length > 0} aria-controls={`${id}-hits`} aria-autocomplete="list" aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(-1);
        }}
        onKeyDown={keys}
      />
      <ul id={`${id}-hits`} class="cases-hits" role="listbox" aria-label={label} hidden={!open || hits.length === 0}>
        {hits.map((hit, index) => (
          <li
            key={hit.id} id={`${id}-${index}`} role="option" aria-selected={index === at} data-testid="customer-hit"
            onPointerDown={(event) => event.preventDefault()} onClick={() => choose(hit)}
          >
            <span dir="auto">{called(hit)}</span>
            <span class="quiet" dir="auto">{[hit.company, hit.matches.find(({ by }) => by !== "name")?.value].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ul>
      <span class="sr" role="status">{open && hits.length === 0 ? words.customerNone : ""}</span>
      {open && hits.length === 0 && <span class="quiet" aria-hidden="true">{words.customerNone}</span>}
    </div>
  );
}

function useHits(typed: string): { hits: Hit[]; searched: boolean } {
  const rest = useRest();
  const [found, set] = useState<{ hits: Hit[]; searched: boolean }>({ hits: [], searched: false });
  const wanted = typed.trim();
  useEffect(() => {
    if (wanted.length < FEWEST) {
      set({ hits: [], searched: false });
      return undefined;
    }
    let alive = true;
    const timer = setTimeout(() => {
      rest.get<Many<Hit>>(`/customer-search?${new URLSearchParams({ q: wanted, limit: "6" })}`)
        .then(({ items }) => alive && set({ hits: items, searched: true })).catch(() => alive && set({ hits: [], searched: true }));
    }, WAIT);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  return found;
}
