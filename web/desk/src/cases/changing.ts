// Changing a case that others change too: what concerns other fields goes through, what concerns the same one is told.

import { Refused } from "../api";
import type { Rest } from "../admin/rest";
import type { Case, Settings, Whole } from "./types";

export type Changes = Partial<Record<keyof Case, unknown>>;

/** What every part of a case's page is given. */
export interface Shown {
  whole: Whole;
  settings: Settings;
  writes: boolean;
  /** Looks again at the whole case, after something of it was changed. */
  reload(): Promise<void>;
  /** Changes fields; false where it was refused or somebody else changed the same: it is told then. */
  change(wanted: Changes): Promise<boolean>;
  trouble(error: unknown): void;
}

/** Somebody else changed the same meanwhile: the case as it is now, and what was wanted. */
export class Meanwhile extends Error {
  constructor(readonly whole: Whole, readonly wanted: Changes) {
    super("changed meanwhile");
  }
}

const TRIES = 3;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Does `work` on the version that was seen, and again on a newer one as long as the `fields` are what they were.
 * Raises Meanwhile where one of them is not, and whatever `work` raises. */
export async function upon<T>(rest: Rest, seen: Case, wanted: Changes, fields: (keyof Case)[], work: (version: number) => Promise<T>): Promise<T> {
  let { version } = seen;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work(version);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 412 || tries >= TRIES) throw error;
      const whole = await rest.get<Whole>(`/desk/api/cases/${seen.id}`);
      if (fields.some((field) => !same(whole.case[field], seen[field]))) throw new Meanwhile(whole, wanted);
      ({ version } = whole.case);
    }
  }
}

export function change(rest: Rest, seen: Case, wanted: Changes): Promise<Case> {
  const fields = Object.keys(wanted) as (keyof Case)[];
  return upon(rest, seen, wanted, fields, (version) => rest.patch<Case>(`/cases/${seen.id}`, wanted, version));
}

/** Who changed a field last; null where the history does not tell. */
export function whoChanged({ history, names }: Whole, fields: readonly string[]): string | null {
  const last = history.find(({ changes }) => fields.some((field) => field in changes));
  return last ? names[last.actor] ?? null : null;
}
