// Requests to the server: one place for cookies, the CSRF header, time limits and problem documents.

import type {
  Account, Along, Channel, ChannelNames, ContactWish, ConversationAnswer, DeskMessage, FileRef, Language, ListAnswer, Offers, Original, Presence, Session, SetAside,
  Summary, Undelivered, View, Ways,
} from "./types";

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

export interface ListQuery {
  view: View;
  q?: string;
  limit?: number;
  before?: string | null;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const TIME_LIMIT = 15_000;
/** A platform that is asked whether all is well may think about it. */
const PLATFORM_LIMIT = 45_000;

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

  send(id: string, clientId: string, text: string, files: string[] = [], along: Along = {}): Promise<{ message: DeskMessage }> {
    return this.call("POST", `${path(id)}/messages`, { client_id: clientId, text, ...(files.length > 0 && { files }), ...along });
  }

  intents(): Promise<{ items: string[] }> {
    return this.call("GET", "/intents");
  }

  correct(id: string, seq: number, intent: string | null): Promise<DeskMessage> {
    return this.call("PUT", `${path(id)}/messages/${seq}/intent`, { intent });
  }

  resend(id: string, seq: number): Promise<{ message: DeskMessage }> {
    return this.call("POST", `${path(id)}/messages/${seq}/resend`);
  }

  original(id: string, seq: number, images: boolean): Promise<Original> {
    return this.call("GET", `${path(id)}/messages/${seq}/original?images=${images ? 1 : 0}`);
  }

  ways(id: string): Promise<Ways> {
    return this.call("GET", `${path(id)}/elsewhere`);
  }

  offerElsewhere(id: string, channel: string): Promise<{ text: string }> {
    return this.call("POST", `${path(id)}/elsewhere`, { channel });
  }

  split(id: string, seq: number): Promise<{ conversation?: Summary }> {
    return this.call("POST", `${path(id)}/split`, { seq });
  }

  unsplit(id: string): Promise<{ conversation?: Summary }> {
    return this.call("POST", `${path(id)}/unsplit`, {});
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

  channels(): Promise<{ channels: Channel[] }> {
    return this.call("GET", "/channels");
  }

  saveAccount(channel: string, account: string, wanted: { enabled: boolean; settings: Record<string, unknown> }): Promise<{ account: Account }> {
    return this.call("PUT", accountPath(channel, account), wanted, true, PLATFORM_LIMIT);
  }

  deleteAccount(channel: string, account: string): Promise<void> {
    return this.call("DELETE", accountPath(channel, account));
  }

  checkAccount(channel: string, account: string): Promise<{ account: Account }> {
    return this.call("POST", `${accountPath(channel, account)}/check`, {}, true, PLATFORM_LIMIT);
  }

  testAccount(channel: string, account: string, to: string): Promise<{ id: string }> {
    return this.call("POST", `${accountPath(channel, account)}/test`, { to }, true, PLATFORM_LIMIT);
  }

  asides(channel: string, account: string): Promise<{ items: SetAside[]; count: number }> {
    return this.call("GET", `${accountPath(channel, account)}/asides`);
  }

  wishAside(channel: string, account: string, id: string, wish: "again" | "leave"): Promise<{ items: SetAside[]; count: number }> {
    return this.call("POST", `${accountPath(channel, account)}/asides/${encodeURIComponent(id)}`, { do: wish });
  }

  channelNames = (): Promise<{ ways: ChannelNames; copies: string[] }> => this.call("GET", "/ways");

  offers = (id: string): Promise<Offers> => this.call("GET", `${path(id)}/offers`);

  contact = (id: string): Promise<{ contact: ContactWish }> => this.call("GET", `${path(id)}/contact`);

  chooseContact(id: string, channel: string | null): Promise<{ contact: ContactWish }> {
    return this.call("PUT", `${path(id)}/contact`, { channel });
  }

  setAside(id: string, why: string): Promise<void> {
    return this.call("POST", `/deliveries/${encodeURIComponent(id)}/aside`, { why });
  }

  setMessageAside(id: string, seq: number, why: string): Promise<{ message: DeskMessage }> {
    return this.call("POST", `${path(id)}/messages/${seq}/aside`, { why });
  }

  deliveries(query: { channel?: string; account?: string; aside?: string; before?: string | null }): Promise<{ items: Undelivered[]; next: string | null }> {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value) params.set(name, value);
    return this.call("GET", `/deliveries${params.size ? `?${params}` : ""}`);
  }

  replay(id: string): Promise<void> {
    return this.call("POST", `/deliveries/${encodeURIComponent(id)}/replay`, {});
  }

  replayAll(channel: string, account: string): Promise<{ count: number; left: number }> {
    return this.call("POST", "/deliveries/replay", { channel, account });
  }

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

  private async call<T>(method: Method, url: string, body?: unknown, signedIn = true, patience = TIME_LIMIT): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET" && this.csrf) headers["X-CSRF-Token"] = this.csrf;
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), patience);
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
    throw refusal(response.status, response.headers.get("Retry-After"), content);
  }
}

function path(id: string): string {
  return `/conversations/${encodeURIComponent(id)}`;
}

function accountPath(channel: string, account: string): string {
  return `/channels/${encodeURIComponent(channel)}/${encodeURIComponent(account)}`;
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
