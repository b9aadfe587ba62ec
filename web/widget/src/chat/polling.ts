/** The HTTP line, for networks that block WebSockets: posts messages one by one, long-polls for the rest. */
import type { Line, LineEvents } from "./line";
import { headersOf } from "./requests";
import { SIGN_IN_CODES } from "./account";
import type { ClientFrame, ErrorFrame, Hello, Message, MessageFrame, Owner, ServerFrame, Welcome } from "./protocol";

const WAIT = 20;
const PATIENCE = 35_000;

export function openPolling(base: string, events: LineEvents): Line {
  let over = false;
  let polling: AbortController | null = null;
  let sending: Promise<void> = Promise.resolve();

  const end = () => {
    over = true;
    polling?.abort();
  };
  const fail = (refused = false) => {
    if (over) return;
    end();
    events.down(refused);
  };
  const tell = (frame: ServerFrame) => {
    if (!over) events.frame(frame);
  };

  const call = (path: string, body?: unknown, abort = new AbortController()): Promise<Response> => {
    const timer = setTimeout(() => abort.abort(), PATIENCE);
    return fetch(base + path, {
      method: body === undefined ? "GET" : "POST",
      headers: headersOf(events.hello(), body !== undefined),
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal: abort.signal,
    }).finally(() => clearTimeout(timer));
  };

  const greet = async (hello: Hello) => {
    polling?.abort();
    polling = null;
    const response = await call("/chat/hello", hello);
    if (response.status === 401) {
      const { code = "", detail = "" } = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
      if (SIGN_IN_CODES.includes(code)) return tell({ type: "error", code, message: detail, client_id: null, retry_after: null });
    }
    if (!response.ok) return fail(response.status === 403);
    tell((await response.json()) as Welcome);
    void poll();
  };

  const poll = async () => {
    while (!over && !polling) {
      const { conversation, after } = events.hello();
      if (!conversation) return;
      const mine = (polling = new AbortController());
      try {
        const query = new URLSearchParams({ conversation, after: String(after), wait: String(WAIT) });
        const response = await call(`/chat/messages?${query}`, undefined, mine);
        if (polling !== mine) return;
        if (!response.ok) {
          // The server no longer knows us or the conversation: introduce ourselves again, if the line itself holds.
          if (response.status === 401 || response.status === 404) return await greet(events.hello());
          return fail(response.status === 403);
        }
        const news = (await response.json()) as { messages: Message[]; owner: Owner | null };
        if (polling !== mine) return;
        if (news.owner) tell({ type: "owner", owner: news.owner });
        for (const message of news.messages) tell({ type: "message", message });
        if (polling === mine) polling = null;
      } catch {
        if (polling === mine) fail();
        return;
      }
    }
  };

  const post = async (frame: MessageFrame) => {
    if (over) return;
    const { conversation, language } = events.hello();
    const response = await call("/chat/messages", { ...frame, conversation, language });
    const answer = (await response.json()) as ServerFrame | Partial<ErrorFrame>;
    if (answer.type === "ack" || answer.type === "error") tell(answer as ServerFrame);
    else if (!response.ok) throw new Error(`HTTP ${response.status}`);
    void poll();
  };

  const send = (frame: ClientFrame) => {
    if (over) return;
    if (frame.type === "message") sending = sending.then(() => post(frame)).catch(() => fail());
    else if (frame.type === "hello") greet(frame).catch(() => fail());
    else if (frame.type === "new") {
      polling?.abort();
      polling = null;
    }
  };

  greet(events.hello()).catch(() => fail());
  return { send, close: end };
}
