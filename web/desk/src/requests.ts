// How a request is made: one place for cookies, the CSRF header, time limits and problem documents.

import { heardDate } from "./server-time";
import type { Early } from "./early";
import type { FileRef } from "./types";

/** The server answered, and refused. `code` is stable; `detail` is a sentence in the agent's language. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly retryAfter: number | null = null,
    /** For settings that will not do: a sentence for each. */
    readonly fields: Record<string, string> = {},
  ) {
    super(`${status} ${code}`);
    this.name = "Refused";
  }
}

/** The server could not be reached, or did not answer in time: it may or may not have acted. */
export class Unreachable extends Error {
  constructor() {
    super("unreachable");
    this.name = "Unreachable";
  }
}

/** True when trying the same request again later may succeed. */
export function mayPass(error: unknown): boolean {
  return error instanceof Unreachable
    || (error instanceof Refused && (error.status >= 500 || error.status === 429));
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const TIME_LIMIT = 15_000;
/** How old an answer may be that was asked for before the desk was there. */
const EARLY_FOR = 10_000;
/** A platform that is asked whether all is well may think about it. */
export const PLATFORM_LIMIT = 45_000;

export class Requests {
  csrf: string | null = null;
  /** Called when a request finds the session gone; never for the sign-in itself. */
  onSignedOut: () => void = () => {};

  constructor(
    private readonly fetcher: typeof fetch = (...args) => fetch(...args),
    private readonly base = "/desk/api",
  ) {}

  /** Sends a file; `progress` hears the share sent, from 0 to 1. Raises Refused, Unreachable. */
  upload(file: File, progress: (share: number) => void, stop: AbortSignal): Promise<{ file: FileRef }> {
    return new Promise((resolve, reject) => {
      // fetch does not tell how far an upload has come.
      const request = new XMLHttpRequest();
      request.open("POST", `${this.base}/files`);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRF-Token", this.csrf ?? "");
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onerror = () => reject(new Unreachable());
      request.onload = () => {
        if (request.status === 401) this.onSignedOut();
        const content = readable(request.responseText);
        if (request.status < 300 && content) resolve(content as { file: FileRef });
        else reject(refusal(request.status, request.getResponseHeader("Retry-After"), content));
      };
      stop.addEventListener("abort", () => {
        request.abort();
        reject(new Unreachable());
      });
      request.send(file);
    });
  }

  protected async call<T>(method: Method, url: string, body?: unknown, signedIn = true, patience = TIME_LIMIT): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET" && this.csrf) headers["X-CSRF-Token"] = this.csrf;
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), patience);
    const early = askedEarly(method, this.base + url);
    let response: Response;
    let content: unknown;
    try {
      response = await (early ?? this.fetcher(this.base + url, {
        method,
        headers,
        credentials: "same-origin",
        cache: "no-store",
        signal: stop.signal,
        body: body === undefined ? null : JSON.stringify(body),
      }));
      content = await parse(response);
    } catch {
      throw new Unreachable();
    } finally {
      clearTimeout(limit);
    }
    heardDate(response.headers?.get("Date") ?? null);
    if (response.ok) return content as T;
    if (response.status === 401 && signedIn) this.onSignedOut();
    throw refusal(response.status, response.headers.get("Retry-After"), content);
  }
}

/** The answer to what was asked for while the desk was on its way (early.ts), once. Whatever changes something, as signing in does, ends it. */
function askedEarly(method: Method, address: string): Promise<Response> | null {
  const page = globalThis as { relaisEarly?: Early | undefined };
  if (method !== "GET") page.relaisEarly = undefined;
  const found = page.relaisEarly?.[address];
  if (!page.relaisEarly || !found) return null;
  delete page.relaisEarly[address];
  return Date.now() - found.at < EARLY_FOR ? found.answer : null;
}

async function parse(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    // A proxy's HTML error page is a refusal without a code; an unreadable success is no answer at all.
    if (response.ok) throw error;
    return undefined;
  }
}

function refusal(status: number, after: string | null, content: unknown): Refused {
  const problem = (content ?? {}) as { code?: unknown; detail?: unknown; retry_after?: unknown; fields?: unknown };
  const wait = Number(after ?? problem.retry_after ?? NaN);
  return new Refused(
    status,
    typeof problem.code === "string" ? problem.code : "",
    typeof problem.detail === "string" ? problem.detail : "",
    Number.isFinite(wait) && wait > 0 ? wait : null,
    typeof problem.fields === "object" && problem.fields !== null ? (problem.fields as Record<string, string>) : {},
  );
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
