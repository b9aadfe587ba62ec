/** Stand-ins for the server's side: a WebSocket the test holds the other end of, and messages. */
import { vi } from "vitest";
import type { FileRef, Hello, Message, ServerFrame, Welcome } from "../src/chat/protocol";

export class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }

  static install(): void {
    FakeSocket.all = [];
    vi.stubGlobal("WebSocket", FakeSocket);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  says(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  breaks(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  /** Opens and answers the hello. */
  welcomes(welcome: Partial<Welcome> = {}): void {
    this.opens();
    this.says(welcomeFrame(welcome));
  }

  ofType(type: string): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame.type === type);
  }

  get hello(): Hello {
    return this.ofType("hello").at(-1) as unknown as Hello;
  }
}

export function welcomeFrame(welcome: Partial<Welcome> = {}): Welcome {
  return {
    type: "welcome", visitor: "v1", conversation: null, owner: { kind: "bot", name: null }, messages: [], last: 0, ...welcome,
  };
}

export function message(seq: number, over: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`, seq, from: "bot", name: "Maison Tilleul", text: `message ${seq}`, language: "fr", buttons: [], cards: [],
    at: "2026-11-22T09:30:00Z", client_id: null, delivery: "sent", ...over,
  };
}

export function file(id: string, over: Partial<FileRef> = {}): FileRef {
  return {
    id, kind: "image", name: `${id}.png`, media_type: "image/png", size: 184_000, state: "kept", refused: null, width: 400, height: 300,
    url: `/files/${id}?s=1`, ...over,
  };
}
