// The WebSocket comes back by itself, and knows a lost line from an ended session.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backoff, Live } from "../src/live";

class Socket {
  readyState = 1;
  sent: string[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
}

let sockets: Socket[];
const events = { frame: vi.fn(), connection: vi.fn(), lost: vi.fn(), signedOut: vi.fn() };
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  for (const event of Object.values(events)) event.mockClear();
  live = new Live(events, "ws://desk.test", () => {
    const socket = new Socket();
    sockets.push(socket);
    return socket as unknown as WebSocket;
  });
  live.viewing("x");
  live.start();
});
afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

const ready = (index: number): void => sockets[index]?.onmessage?.({ data: '{"type":"ready"}' });

test("says what is being viewed once connected", () => {
  ready(0);
  expect(sockets[0]?.sent).toEqual(['{"type":"viewing","conversation":"x"}']);
  expect(events.connection).toHaveBeenLastCalledWith("online");
});

test("a lost line is taken up again, and its return is told", () => {
  ready(0);
  sockets[0]?.onclose?.({ code: 1006 });
  expect(events.connection).toHaveBeenLastCalledWith("offline");
  expect(events.lost).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(1_000);
  expect(sockets).toHaveLength(2);
  ready(1);
  expect(events.connection).toHaveBeenLastCalledWith("online");
});

test("4401 means signed out: no more attempts", () => {
  ready(0);
  sockets[0]?.onclose?.({ code: 4401 });
  expect(events.signedOut).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(120_000);
  expect(sockets).toHaveLength(1);
});

test("silence after a ping counts as a loss", () => {
  ready(0);
  vi.advanceTimersByTime(25_000);
  expect(sockets[0]?.sent).toContain('{"type":"ping"}');
  sockets[0]?.onmessage?.({ data: '{"type":"pong"}' });
  vi.advanceTimersByTime(20_000);
  expect(events.lost).not.toHaveBeenCalled();
  vi.advanceTimersByTime(15_000);
  expect(events.lost).toHaveBeenCalledOnce();
});

test("waits longer each time, up to half a minute, never in step with others", () => {
  expect([0, 1, 2, 9].map((n) => backoff(n, () => 1))).toEqual([1_000, 2_000, 4_000, 30_000]);
  expect(backoff(3, () => 0)).toBe(4_000);
});
