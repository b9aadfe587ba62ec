// Requests to the server: one place for cookies, the CSRF header, time limits and problem documents.

import type {
  ConversationAnswer, DeskMessage, Language, ListAnswer, Presence, Session, Summary, View,
} from "./types";

/** The server answered, and refused. `code` is stable; `detail` is a sentence in the agent's language. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly retryAfter: number | null = null,
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

export interface ListQuery {
  view: View;
  q?: string;
  limit?: number;
  before?: string | null;
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

const TIME_LIMIT = 15_000;

export class Api {
  csrf: string | null = null;
  /** Called when a request finds the session gone; never for the sign-in itself. */
  onSignedOut: () => void = () => {};

  constructor(
    private readonly fetcher: typeof fetch = (...args) => fetch(...args),
    private readonly base = "/desk/api",
  ) {}

  async signIn(email: string, password: string): Promise<Session> {
    const session = await this.call<Session>("POST", "/session", { email, password }, false);
    this.csrf = session.csrf;
    return session;
  }

  /** The session the cookie stands for; null when there is none. */
  async session(): Promise<Session | null> {
    try {
      const session = await this.call<Session>("GET", "/session", undefined, false);
      this.csrf = session.csrf;
      return session;
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return null;
      throw error;
    }
  }

  async signOut(): Promise<void> {
    await this.call("DELETE", "/session", undefined, false);
    this.csrf = null;
  }

  setSession(change: { language?: Language; presence?: Presence }): Promise<Partial<Session>> {
    return this.call("PATCH", "/session", change);
  }

  list({ view, q, limit = 50, before }: ListQuery): Promise<ListAnswer> {
    const params = new URLSearchParams({ view, limit: String(limit) });
    if (q) params.set("q", q);
    if (before) params.set("before", before);
    return this.call("GET", `/conversations?${params}`);
  }

  conversation(id: string): Promise<ConversationAnswer> {
    return this.call("GET", path(id));
  }

  messages(id: string, after: number): Promise<{ messages: DeskMessage[] }> {
    return this.call("GET", `${path(id)}/messages?after=${after}`);
  }

  take(id: string, version: number): Promise<{ conversation: Summary }> {
    return this.call("POST", `${path(id)}/take`, { version });
  }

  send(id: string, clientId: string, text: string): Promise<{ message: DeskMessage }> {
    return this.call("POST", `${path(id)}/messages`, { client_id: clientId, text });
  }

  release(id: string, version: number, note: string): Promise<{ conversation: Summary }> {
    return this.call("POST", `${path(id)}/release`, { version, note });
  }

  close(id: string, version: number): Promise<{ conversation: Summary }> {
    return this.call("POST", `${path(id)}/close`, { version });
  }

  typing(id: string): Promise<void> {
    return this.call("POST", `${path(id)}/typing`);
  }

  private async call<T>(method: Method, url: string, body?: unknown, signedIn = true): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET" && this.csrf) headers["X-CSRF-Token"] = this.csrf;
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), TIME_LIMIT);
    let response: Response;
    let content: unknown;
    try {
      response = await this.fetcher(this.base + url, {
        method,
        headers,
        credentials: "same-origin",
        cache: "no-store",
        signal: stop.signal,
        body: body === undefined ? null : JSON.stringify(body),
      });
      content = await parse(response);
    } catch {
      throw new Unreachable();
    } finally {
      clearTimeout(limit);
    }
    if (response.ok) return content as T;
    if (response.status === 401 && signedIn) this.onSignedOut();
    throw refusal(response, content);
  }
}

function path(id: string): string {
  return `/conversations/${encodeURIComponent(id)}`;
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

function refusal(response: Response, content: unknown): Refused {
  const problem = (content ?? {}) as { code?: unknown; detail?: unknown; retry_after?: unknown };
  const wait = Number(response.headers.get("Retry-After") ?? problem.retry_after ?? NaN);
  return new Refused(
    response.status,
    typeof problem.code === "string" ? problem.code : "",
    typeof problem.detail === "string" ? problem.detail : "",
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}
