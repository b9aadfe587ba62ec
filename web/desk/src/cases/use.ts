// What the pages of cases share: what there is to choose from, and hearing that something changed.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Rest } from "../admin/rest";
import { useRest } from "../admin/rest";
import { useDesk, useMay } from "../ui/hooks";
import { heardTime } from "./clocks";
import type { Settings } from "./types";

const LOOKS_EVERY = 30_000;

let known: Promise<Settings> | null = null;

/** Once for the page's life: forgets what was known when it failed, or when it is asked anew. */
function settings(rest: Rest, anew: boolean): Promise<Settings> {
  if (!known || anew) {
    known = rest.get<Settings>("/desk/api/cases/settings");
    known.catch(() => {
      known = null;
    });
  }
  return known;
}

export function useSettings(): { settings: Settings | null; failed: boolean; retry(): void } {
  const rest = useRest();
  const [found, set] = useState<Settings | null>(null);
  const [failed, fail] = useState(false);
  const load = (anew: boolean): void => {
    fail(false);
    settings(rest, anew).then(set).catch(() => fail(true));
  };
  // Somebody may have come to the team, or a status been added, since the page was last opened.
  useEffect(() => load(true), []);
  return { settings: found, failed, retry: () => load(true) };
}

/** Calls for every case that something happened to, with null now and then and when the line is back: anything may have. */
export function useCaseNews(heard: (id: string | null) => void): void {
  const desk = useDesk();
  const latest = useRef(heard);
  latest.current = heard;
  useEffect(() => {
    const listen: Parameters<typeof desk.listeners.add>[0] = (frame) => {
      if (frame.type === "case") latest.current(frame.case);
      else if (frame.type === "ready") latest.current(null);
    };
    const look = (): void => {
      if (document.visibilityState !== "hidden") latest.current(null);
    };
    desk.listeners.add(listen);
    document.addEventListener("visibilitychange", look);
    const timer = setInterval(look, LOOKS_EVERY);
    return () => {
      desk.listeners.delete(listen);
      document.removeEventListener("visibilitychange", look);
      clearInterval(timer);
    };
  }, [desk]);
}

/** Runs `work` soon, once for many calls at once. */
export function useSoon(work: () => void, wait: number): () => void {
  const latest = useRef(work);
  latest.current = work;
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, wait);
  };
}

/** An answer of the server, with the time it was given at taken note of. */
export async function timed<T extends { now: string }>(answer: Promise<T>): Promise<T> {
  const found = await answer;
  heardTime(found.now);
  return found;
}

/** What a customer is called, once known, by who may see customers. */
export function useCustomerName(id: string | null): string | null {
  const rest = useRest();
  const sees = useMay("customers.read");
  const [name, set] = useState<string | null>(null);
  useEffect(() => {
    let alive = true;
    set(null);
    if (!id || !sees) return undefined;
    rest.get<{ first_name: string; last_name: string }>(`/customers/${encodeURIComponent(id)}?fields=first_name,last_name`)
      .then((one) => alive && set(`${one.first_name} ${one.last_name}`.trim())).catch(() => {});
    return () => {
      alive = false;
    };
  }, [id, sees]);
  return name;
}
