/** Keeps one line to the server open: chooses WebSocket or polling, waits longer after each failure, tries again for ever. */
import type { Line, LineEvents } from "./line";
import { openPolling } from "./polling";
import type { ClientFrame, Hello, ServerFrame } from "./protocol";
import { openSocket } from "./socket";

export type Status = "connecting" | "online" | "offline" | "refused";

export interface ConnectionEvents {
  hello(): Hello;
  frame(frame: ServerFrame): void;
  status(status: Status): void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const SOCKET_FAILURES = 2;
const SOCKET_AGAIN = 5 * 60_000;
/** Where a socket has worked before, it was the server that went away: come back to sockets soon. */
const SOCKET_BACK = 10_000;

export class Connection {
  /** Which line carries us; for tests and curious people. */
  kind: "socket" | "polling" = "socket";
  status: Status = "connecting";

  private line: Line | null = null;
  private probe: Line | null = null;
  private failures = 0;
  private socketFailures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private started = false;
  private held = false;
  private socketWorked = false;
  private socketDue = 0;

  constructor(
    private readonly base: string,
    private readonly events: ConnectionEvents,
  ) {}

  start(): void {
    if (this.started) return;
    this.started = true;
    addEventListener("online", this.wake);
    addEventListener("offline", this.lost);
    document.addEventListener("visibilitychange", this.wake);
    this.open();
  }

  stop(): void {
    this.started = false;
    removeEventListener("online", this.wake);
    removeEventListener("offline", this.lost);
    document.removeEventListener("visibilitychange", this.wake);
    this.drop();
  }

  /** Sends when connected; otherwise does nothing, and what matters waits in the outbox. */
  send(frame: ClientFrame): boolean {
    if (this.status !== "online" || !this.line) return false;
    this.line.send(frame);
    return true;
  }

  /** Asks for everything after what we hold, over the line we have. */
  helloAgain(): void {
    this.line?.send(this.events.hello());
  }

  /** Gives up a line that looks alive and does not answer. */
  reconnect(): void {
    if (!this.line) return;
    this.drop();
    this.failed(false, true);
  }

  /** Hangs up and says hello anew: nothing that was under way for the former visitor arrives any more. */
  restart(): void {
    if (!this.started) return;
    this.failures = 0;
    this.held = false;
    this.open();
  }

  /** Hangs up until `restart`: the server does not take what the page says. */
  hold(): void {
    this.held = true;
    this.drop();
    this.setStatus("refused");
  }

  private readonly wake = () => {
    if (this.held || document.visibilityState === "hidden" || this.line || !this.started) return;
    this.failures = 0;
    this.open();
  };

  private readonly lost = () => {
    if (this.line) this.reconnect();
  };

  private open(): void {
    this.drop();
    this.kind = this.socketFailures < SOCKET_FAILURES ? "socket" : "polling";
    let welcomed = false;
    const events: LineEvents = {
      hello: () => this.events.hello(),
      frame: (frame) => {
        if (frame.type === "welcome" && !welcomed) {
          welcomed = true;
          this.welcomed();
        }
        this.events.frame(frame);
      },
      down: (refused) => {
        this.line = null;
        this.failed(refused, welcomed);
      },
    };
    this.line = this.kind === "socket" ? openSocket(this.base, events) : openPolling(this.base, events);
  }

  private welcomed(): void {
    this.failures = 0;
    if (this.kind === "socket") {
      this.socketFailures = 0;
      this.socketDue = 0;
      this.socketWorked = true;
    } else this.planSocket();
    this.setStatus("online");
  }

  private failed(refused: boolean, welcomed: boolean): void {
    this.drop();
    if (!this.started) return;
    if (!welcomed) {
      if (this.kind === "socket") this.socketFailures++;
      // Polling failed too: it is the server or the network, not the WebSocket. Let both be tried in turn.
      else this.socketFailures = SOCKET_FAILURES - 1;
    }
    // A blocked socket is not a lost connection: go straight to the other line before saying anything.
    const changingLine = this.kind === "socket" && this.socketFailures >= SOCKET_FAILURES;
    if (refused) this.setStatus("refused");
    else if (!(changingLine && this.status === "connecting")) this.setStatus(this.failures || welcomed ? "offline" : this.status);
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.failures++);
    const wait = refused ? LONGEST_WAIT : longest * (0.5 + Math.random() / 2);
    this.retry = setTimeout(() => this.open(), wait);
  }

  /** Polling that breaks and comes back must not put the next try off for ever: the date stays. */
  private planSocket(): void {
    const now = Date.now();
    this.socketDue ||= now + (this.socketWorked ? SOCKET_BACK : SOCKET_AGAIN);
    this.again = setTimeout(() => this.tryGettingSocketBack(), Math.max(0, this.socketDue - now));
  }

  private tryGettingSocketBack(): void {
    const buffered: ServerFrame[] = [];
    this.probe = openSocket(this.base, {
      hello: () => this.events.hello(),
      frame: (frame) => {
        if (frame.type !== "welcome") return void (this.line === this.probe ? this.events.frame(frame) : buffered.push(frame));
        const socket = this.probe;
        if (socket && this.line !== socket) {
          this.line?.close();
          this.line = socket;
          this.kind = "socket";
          this.socketFailures = 0;
          this.socketDue = 0;
          this.socketWorked = true;
        }
        this.events.frame(frame);
        for (const late of buffered.splice(0)) this.events.frame(late);
      },
      down: () => {
        const wasLine = this.line !== null && this.line === this.probe;
        this.probe = null;
        if (wasLine) {
          this.line = null;
          this.failed(false, true);
        } else if (this.line) {
          this.socketDue = Date.now() + SOCKET_AGAIN;
          this.planSocket();
        }
      },
    });
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.again);
    this.probe?.close();
    this.line?.close();
    this.probe = this.line = null;
  }

  private setStatus(status: Status): void {
    this.status = status;
    this.events.status(status);
  }
}
