// The WebSocket to the server: keeps itself connected, says when it is, and passes frames on.

import type { Frame } from "./types";

export type Connection = "connecting" | "online" | "offline";

export interface LiveEvents {
  frame(frame: Frame): void;
  connection(state: Connection): void;
  /** The connection was refused or lost; the session may be gone. */
  lost(): void;
  signedOut(): void;
}

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;
const TOUCHED_EVERY = 60_000;
const SESSION_ENDED = 4401;

/** Milliseconds before attempt `n` (0 is the first retry): doubling, with jitter so that desks do not return at once. */
export function backoff(n: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** n);
  return full / 2 + (full / 2) * random();
}

export class Live {
  private socket: WebSocket | null = null;
  private wanted = false;
  private ready = false;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private ping: ReturnType<typeof setTimeout> | undefined;
  private pong: ReturnType<typeof setTimeout> | undefined;
  private viewed: string | null = null;
  private toldAt = 0;
  private board = false;
  private looked = false;

  constructor(
    private readonly events: LiveEvents,
    private readonly url: string = address(),
    private readonly make: (url: string) => WebSocket = (to) => new WebSocket(to),
  ) {}

  start(): void {
    this.wanted = true;
    this.attempt = 0;
    this.connect();
  }

  stop(): void {
    this.wanted = false;
    this.forget();
  }

  /** Tries at once instead of waiting for the next turn: the network came back, or somebody asked. */
  hurry(): void {
    if (!this.wanted || this.ready) return;
    this.attempt = 0;
    this.connect();
  }

  viewing(id: string | null): void {
    this.viewed = id;
    if (this.ready) this.say({ type: "viewing", conversation: id });
  }

  /** Asks for the board every second, or for no more of it. */
  watchBoard(on: boolean): void {
    this.board = on;
    if (this.ready) this.say({ type: "board", watch: on });
  }

  /** Whether the agent has this desk before their eyes: if not, their browser may tell them. */
  front(on: boolean): void {
    if (this.looked === on) return;
    this.looked = on;
    if (this.ready) this.say({ type: "front", front: on });
  }

  /** Tells now and then that somebody is at this desk. */
  touched(now: number = Date.now()): void {
    if (!this.ready || now - this.toldAt < TOUCHED_EVERY) return;
    this.toldAt = now;
    this.say({ type: "active" });
  }

  private connect(): void {
    this.forget();
    const socket = this.make(this.url);
    this.socket = socket;
    socket.onmessage = (event) => this.hear(String(event.data));
    socket.onclose = (event) => this.dropped(event.code);
    this.awaitPong();
  }

  private hear(data: string): void {
    let frame: Frame;
    try {
      frame = JSON.parse(data) as Frame;
    } catch {
      return;
    }
    clearTimeout(this.pong);
    if (frame.type === "ready") {
      this.ready = true;
      this.attempt = 0;
      this.events.connection("online");
      this.say({ type: "viewing", conversation: this.viewed });
      if (this.board) this.say({ type: "board", watch: true });
      if (this.looked) this.say({ type: "front", front: true });
      this.schedulePing();
    }
    if (frame.type !== "pong") this.events.frame(frame);
  }

  private schedulePing(): void {
    clearTimeout(this.ping);
    this.ping = setTimeout(() => {
      this.say({ type: "ping" });
      this.awaitPong();
      this.schedulePing();
    }, PING_EVERY);
  }

  // A sleeping laptop leaves sockets that look open: silence counts as a loss.
  private awaitPong(): void {
    clearTimeout(this.pong);
    this.pong = setTimeout(() => {
      const socket = this.socket;
      this.dropped(0);
      socket?.close();
    }, PONG_WITHIN);
  }

  private dropped(code: number): void {
    this.forget();
    if (!this.wanted) return;
    if (code === SESSION_ENDED) {
      this.wanted = false;
      this.events.signedOut();
      return;
    }
    this.events.connection("offline");
    this.events.lost();
    this.retry = setTimeout(() => this.connect(), backoff(this.attempt));
    this.attempt += 1;
  }

  private forget(): void {
    clearTimeout(this.retry);
    clearTimeout(this.ping);
    clearTimeout(this.pong);
    this.ready = false;
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private say(frame: object): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(frame));
  }
}

function address(): string {
  const { protocol, host } = location;
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/desk/ws`;
}
