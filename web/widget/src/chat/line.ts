/** One way to reach the server: what a WebSocket and long polling have in common. */
import type { ClientFrame, Hello, ServerFrame } from "./protocol";

export interface LineEvents {
  /** What to introduce ourselves with, as things stand now. */
  hello(): Hello;
  frame(frame: ServerFrame): void;
  /** Called once. `refused`: the server is there and does not want this page. */
  down(refused: boolean): void;
}

export interface Line {
  send(frame: ClientFrame): void;
  close(): void;
}

