/** Questions to the server beside the line: the visitor's conversations, a link to go on elsewhere, fresh addresses of files. */
import type { FileRef, Message, Rating } from "./protocol";

export interface Past {
  id: string;
  closed: boolean;
  last: { from: string; text: string; at: string } | null;
  unread: number;
}

export interface Passage {
  link: string | null;
  code: string;
  expires: string;
}

/** The browser's secret, and what the page says of who is signed in. */
export interface Who {
  visitor: string | null;
  user: string | null;
}

export function headersOf({ visitor, user }: Who, json = false): Record<string, string> {
  return {
    ...(visitor && { Authorization: `Bearer ${visitor}` }),
    ...(user && { "X-Relais-User": user }),
    ...(json && { "Content-Type": "application/json" }),
  };
}

/** The server answered and refused; `code` as in docs/protocols.md, empty when it gave none. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(code);
  }
}

/** Told by its fields: each script has a class of its own. */
export function refusalIn(error: unknown): Refusal | null {
  return error instanceof Error && "detail" in error ? (error as Refusal) : null;
}

export class Requests {
  constructor(
    private readonly base: string,
    private readonly who: () => Who,
  ) {}

  async conversations(): Promise<Past[]> {
    return (await this.call<{ items: Past[] }>("/chat/conversations")).items;
  }

  /** Whether another conversation than this one has something new; not known counts as no. */
  async newBeside(conversation: string): Promise<boolean> {
    const items = await this.conversations().catch((): Past[] => []);
    return items.some((item) => item.unread > 0 && item.id !== conversation);
  }

  elsewhere(conversation: string, channel: string): Promise<Passage> {
    return this.call("/chat/elsewhere", { conversation, channel });
  }

  async rate(conversation: string, score: number, comment: string): Promise<Rating> {
    return (await this.call<{ rating: Rating }>("/chat/rating", { conversation, score, comment })).rating;
  }

  /** Asks for the transcript, or for the answer, by e-mail; where it goes, masked, and whether a code that went there
   * is to be typed in the conversation first. Raises Refusal with a sentence. */
  byMail(what: "transcript" | "answer", conversation: string, email: string, language: string): Promise<{ email: string; code?: boolean }> {
    return this.call(`/chat/${what}`, { conversation, email: email || null, language });
  }

  async messages(conversation: string, after: number): Promise<Message[]> {
    const query = new URLSearchParams({ conversation, after: String(after), wait: "0" });
    return (await this.call<{ messages: Message[] }>(`/chat/messages?${query}`)).messages;
  }

  /** Sends a file; `progress` hears the share sent, from 0 to 1. Raises Refusal, or Error when the line breaks. */
  upload(file: File, progress: (share: number) => void, stop: AbortSignal): Promise<FileRef> {
    return new Promise((resolve, reject) => {
      // fetch does not tell how far an upload has come.
      const request = new XMLHttpRequest();
      request.open("POST", `${this.base}/chat/files`);
      for (const [name, value] of Object.entries(headersOf(this.who()))) request.setRequestHeader(name, value);
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onerror = () => reject(new Error("unreachable"));
      request.onload = () => {
        const answer = parsed(request.responseText);
        if (request.status >= 200 && request.status < 300 && answer.file) resolve(answer.file);
        else reject(new Refusal(answer.code ?? (request.status === 413 ? "too_large" : ""), answer.detail ?? ""));
      };
      stop.addEventListener("abort", () => {
        request.abort();
        reject(new Error("stopped"));
      });
      request.send(file);
    });
  }

  async call<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.base + path, {
      method: body === undefined ? "GET" : "POST",
      headers: headersOf(this.who(), body !== undefined),
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
    if (!response.ok) {
      const { code, detail, message } = parsed(await response.text());
      throw new Refusal(code ?? "", message ?? detail ?? "");
    }
    return (await response.json()) as T;
  }
}

interface Answer {
  file?: FileRef;
  code?: string;
  detail?: string;
  message?: string;
}

function parsed(text: string): Answer {
  try {
    return (JSON.parse(text) ?? {}) as Answer;
  } catch {
    return {};
  }
}
