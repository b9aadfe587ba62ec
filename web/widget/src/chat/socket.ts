/** The WebSocket line: hello first, then frames both ways, with a heartbeat because dead sockets keep quiet. */
import type { Line, LineEvents } from "./line";
import type { ClientFrame, ServerFrame } from "./protocol";

const WELCOME_WITHIN = 10_000;
const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;

export function openSocket(base: string, events: LineEvents): Line {
  let over = false;
  let heard = 0;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let beat: ReturnType<typeof setInterval> | undefined;
  let socket: WebSocket | null = null;

  const end = () => {
    if (over) return;
    over = true;
    clearTimeout(deadline);
    clearInterval(beat);
    socket?.close();
  };
  const fail = () => {
    if (over) return;
    end();
    events.down(false);
  };
  const send = (frame: ClientFrame) => {
    if (!over && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };

  const ping = () => {
    const before = heard;
    send({ type: "ping" });
    clearTimeout(deadline);
    deadline = setTimeout(() => heard === before && fail(), PONG_WITHIN);
  };

  const receive = (event: MessageEvent) => {
    if (over) return;
    let frame: ServerFrame;
    try {
      frame = JSON.parse(String(event.data)) as ServerFrame;
    } catch {
      return;
    }
    heard++;
    if (frame.type === "welcome" && beat === undefined) {
      clearTimeout(deadline);
      beat = setInterval(ping, PING_EVERY);
    }
    if (frame.type !== "pong") events.frame(frame);
  };

  try {
    socket = new WebSocket(base.replace(/^http/, "ws") + "/chat/ws");
    socket.onopen = () => send(events.hello());
    socket.onmessage = receive;
    socket.onclose = fail;
    socket.onerror = fail;
    deadline = setTimeout(fail, WELCOME_WITHIN);
  } catch {
    // A page's CSP may throw here; callers expect to hear of it later, not from the constructor.
    deadline = setTimeout(fail);
  }
  return { send, close: end };
}
