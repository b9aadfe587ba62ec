// Requests to the API in the name of the agent who is signed in: versions, problems by field, pages of a list.

import { Refused, Unreachable } from "../api";
import { useDesk, useLanguage } from "../ui/hooks";
import type { Desk } from "../work/desk";

const TIME_LIMIT = 30_000;

interface Problem {
  code?: string;
  detail?: string;
  reason?: string;
  errors?: { field: string; detail: string }[];
}

export interface Many<T> {
  items: T[];
  next?: string | null;
}

export class Rest {
  constructor(private readonly desk: Desk, private readonly language: string) {}

  get = <T>(path: string): Promise<T> => this.call("GET", path);
  /** With a `key`, the same request sent again acts once. */
  post = <T>(path: string, body: unknown = {}, version?: number, key?: string): Promise<T> => this.call("POST", path, body, version, key);
  patch = <T>(path: string, body: unknown, version?: number): Promise<T> => this.call("PATCH", path, body, version);
  put = <T>(path: string, body: unknown, version?: number | "*"): Promise<T> => this.call("PUT", path, body, version);
  remove = (path: string, version?: number): Promise<void> => this.call("DELETE", path, undefined, version);

  /** Every page of a list: none of those shown here is long. */
  async all<T>(path: string, most = 1000): Promise<T[]> {
    const found: T[] = [];
    let next: string | null | undefined = null;
    do {
      const and = path.includes("?") ? "&" : "?";
      const page: Many<T> = await this.get(`${path}${and}limit=200${next ? `&cursor=${encodeURIComponent(next)}` : ""}`);
      found.push(...page.items);
      next = page.next;
    } while (next && found.length < most);
    return found;
  }

  /** `path` is one of the API's, or of the desk's own when it begins with `/desk`. */
  private async call<T>(method: string, path: string, body?: unknown, version?: number | "*", key?: string): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": this.language };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET") headers["X-CSRF-Token"] = this.desk.api.csrf ?? "";
    if (version !== undefined) headers["If-Match"] = version === "*" ? version : `"${version}"`;
    if (key !== undefined) headers["Idempotency-Key"] = key;
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), TIME_LIMIT);
    let response: Response;
    let text: string;
    try {
      const address = path.startsWith("/desk") ? path : `/api/v1${path}`;
      response = await fetch(address, {
        method, headers, credentials: "same-origin", cache: "no-store", signal: stop.signal, body: body === undefined ? null : JSON.stringify(body),
      });
      text = await response.text();
    } catch {
      throw new Unreachable();
    } finally {
      clearTimeout(limit);
    }
    if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
    if (response.status === 401) this.desk.signedOut(true);
    throw refusal(response, text);
  }
}

function refusal(response: Response, text: string): Refused {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // A proxy's page: its status says enough.
  }
  const fields = Object.fromEntries((problem.errors ?? []).map((each) => [each.field, each.detail]));
  const wait = Number(response.headers.get("Retry-After") ?? NaN);
  return new Refused(response.status, problem.code ?? "", problem.detail ?? "", Number.isFinite(wait) ? wait : null, fields);
}

export function useRest(): Rest {
  return new Rest(useDesk(), useLanguage());
}
