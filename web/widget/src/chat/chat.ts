/** The conversation as this browser knows it: messages in order, what is not yet sent, who answers, what went wrong. */
import type { Language } from "@shared/language";
import type { Store } from "../storage";
import { Connection, type Status } from "./connection";
import { Outbox, type Pending } from "./outbox";
import type { Ack, ErrorFrame, Hello, Message, Owner, ServerFrame, Welcome } from "./protocol";
import { Sender } from "./sender";

export type Change = "status" | "messages" | "owner" | "typing" | "notice";

export interface Notice {
  text: string;
  /** Milliseconds since the epoch after which it has said its piece. */
  until: number;
}

const TYPING_LASTS = 6_000;
const TYPING_EVERY = 3_000;

export class Chat {
  /** Messages of conversations that ended while the visitor was looking, kept above the current one. */
  past: Message[] = [];
  messages: Message[] = [];
  owner: Owner = { kind: "bot", name: null };
  typing: "bot" | "agent" | null = null;
  notice: Notice | null = null;
  welcomed = false;
  readonly outbox: Outbox;
  readonly connection: Connection;
  /** Called with a text that the server found too long, so that it is not lost. */
  onReturned: (text: string) => void = () => {};

  private conversation: string | null;
  /** When "new conversation" was asked for, until its first message is stored. */
  private fresh: string | null;
  private asked: Hello | null = null;
  private readonly sender: Sender;
  private readonly listeners = new Set<(change: Change) => void>();
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private typingSaid = 0;

  constructor(
    base: string,
    private readonly store: Store,
    public language: Language,
  ) {
    this.outbox = new Outbox(store);
    this.conversation = store.get("conversation");
    this.fresh = store.get("fresh");
    this.connection = new Connection(base, {
      hello: () => this.hello(),
      frame: (frame) => this.receive(frame),
      status: () => this.changed("status"),
    });
    this.sender = new Sender(this.outbox, this.connection);
    store.watch((key, value) => this.followOtherTab(key, value));
  }

  get status(): Status {
    return this.connection.status;
  }

  get last(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }

  /** Messages from the other side that were never on screen. */
  get unread(): number {
    const seen = this.seenSeq();
    return this.messages.filter((message) => message.seq > seen && message.from !== "customer").length;
  }

  start(): void {
    this.connection.start();
    this.sender.start();
  }

  stop(): void {
    this.connection.stop();
    this.sender.stop();
  }

  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  say(text: string, how: { button?: { seq: number; index: number }; action?: "person" } = {}): void {
    const pending = this.outbox.add({ text, ...how });
    this.changed("messages");
    this.sender.transmit(pending);
  }

  retry(clientId: string): void {
    this.sender.retry(clientId);
    this.changed("messages");
  }

  discard(clientId: string): void {
    this.outbox.remove(clientId);
    this.changed("messages");
  }

  startAnew(): void {
    this.setFresh(new Date().toISOString());
    this.forget();
    this.owner = { kind: "bot", name: null };
    this.connection.send({ type: "new" });
    this.changed("owner");
    this.changed("messages");
  }

  switchLanguage(language: Language): void {
    this.language = language;
    this.connection.send({ type: "language", language });
  }

  nowTyping(): void {
    const now = Date.now();
    if (now - this.typingSaid < TYPING_EVERY) return;
    if (this.connection.send({ type: "typing" })) this.typingSaid = now;
  }

  /** Everything received so far has been on screen. */
  markSeen(): void {
    if (!this.conversation || this.last <= this.seenSeq()) return;
    this.store.set("seen", `${this.conversation}:${this.last}`);
    this.connection.send({ type: "seen", seq: this.last });
    this.changed("messages");
  }

  clearNotice(): void {
    this.notice = null;
    this.changed("notice");
  }

  private hello(): Hello {
    return (this.asked = {
      type: "hello",
      visitor: this.store.get("visitor"),
      conversation: this.fresh ? null : this.conversation,
      after: this.fresh ? 0 : this.last,
      language: this.language,
      page: location.href.split("#")[0] ?? "",
    });
  }

  private receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        return this.welcome(frame);
      case "ack":
        return this.acknowledged(frame);
      case "message":
        return this.arrived(frame.message);
      case "owner":
        this.owner = frame.owner;
        return this.changed("owner");
      case "typing":
        return this.showTyping(frame.from);
      case "delivery":
        this.messages = this.messages.map((m) => (m.seq === frame.seq ? { ...m, delivery: frame.delivery } : m));
        return;
      case "error":
        return this.refused(frame);
    }
  }

  private welcome(frame: Welcome): void {
    this.welcomed = true;
    if (frame.visitor !== this.store.get("visitor")) this.store.set("visitor", frame.visitor);
    const fresh = this.fresh;
    if (fresh) {
      // What was written before "new" still goes where it was meant to.
      this.sender.flush((pending) => pending.at < fresh);
      this.connection.send({ type: "new" });
      return this.sender.flush((pending) => pending.at >= fresh);
    }
    if (frame.conversation !== this.conversation) {
      const asked = this.asked;
      this.forget();
      this.setConversation(frame.conversation);
      // What came was counted from our place in another conversation.
      if (frame.conversation && asked && asked.after > 0) return this.connection.helloAgain();
    }
    if (frame.owner) this.owner = frame.owner;
    for (const message of frame.messages) if (message.seq > this.last) this.place(message);
    this.changed("owner");
    this.changed("messages");
    this.sender.flush();
  }

  private acknowledged(frame: Ack): void {
    const pending = this.sender.settle(frame.client_id);
    if (this.fresh && pending && pending.at < this.fresh) return this.changed("messages");
    if (frame.conversation !== this.conversation) {
      const ended = this.conversation !== null && !this.fresh ? this.messages : [];
      const kept = this.fresh || this.conversation === null ? this.messages : [];
      this.setConversation(frame.conversation);
      this.past = [...this.past, ...ended];
      this.messages = kept;
    }
    if (this.fresh) this.setFresh(null);
    if (frame.seq > this.last) {
      if (frame.seq === this.last + 1 && pending) this.place(asMessage(pending, frame.seq));
      else this.connection.helloAgain();
    }
    this.changed("messages");
  }

  private arrived(message: Message): void {
    const ours = message.client_id !== null && this.outbox.get(message.client_id) !== undefined;
    // Until the new conversation has begun, anything else belongs to the one we left.
    if (this.fresh && this.messages.length === 0 && !(ours && message.seq === 1)) return;
    if (message.seq <= this.last) return;
    if (message.seq > this.last + 1) return this.connection.helloAgain();
    if (message.from !== "customer") this.stopTyping();
    this.place(message);
    this.changed("messages");
  }

  private place(message: Message): void {
    if (message.client_id && this.outbox.get(message.client_id) && this.conversation && !this.fresh) {
      this.sender.settle(message.client_id);
    }
    this.messages = [...this.messages, message];
  }

  private refused(frame: ErrorFrame): void {
    const id = frame.client_id;
    const pending = id ? this.outbox.get(id) : undefined;
    if (!id || !pending) return this.tell(frame.message, frame.retry_after);
    const fate = this.sender.refused(id, frame);
    if (fate === "returned") this.onReturned(pending.frame.text);
    if (fate === "returned" || frame.code === "rate_limited") this.tell(frame.message, frame.retry_after);
    this.changed("messages");
  }

  private tell(text: string, seconds: number | null): void {
    this.notice = { text, until: Date.now() + Math.max(6, seconds ?? 0) * 1000 };
    this.changed("notice");
  }

  private followOtherTab(key: string, value: string | null): void {
    if (this.outbox.follow(key, value)) return this.changed("messages");
    if (key === "seen") return this.changed("messages");
    if (key === "conversation" && value && value !== this.conversation) {
      this.conversation = value;
      this.fresh = null;
      this.forget();
      this.changed("messages");
      this.connection.helloAgain();
    }
  }

  private showTyping(from: "bot" | "agent"): void {
    this.typing = from;
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.stopTyping(), TYPING_LASTS);
    this.changed("typing");
  }

  private stopTyping(): void {
    clearTimeout(this.typingTimer);
    if (this.typing === null) return;
    this.typing = null;
    this.changed("typing");
  }

  private forget(): void {
    this.messages = [];
    this.past = [];
    this.stopTyping();
  }

  private setConversation(conversation: string | null): void {
    this.conversation = conversation;
    if (conversation) this.store.set("conversation", conversation);
    else this.store.remove("conversation");
  }

  private setFresh(fresh: string | null): void {
    this.fresh = fresh;
    if (fresh) this.store.set("fresh", fresh);
    else this.store.remove("fresh");
  }

  private seenSeq(): number {
    const [conversation, seq] = (this.store.get("seen") ?? "").split(":");
    return conversation === this.conversation ? Number(seq) || 0 : 0;
  }

  private changed(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }
}

function asMessage({ frame, at }: Pending, seq: number): Message {
  return {
    id: frame.client_id,
    seq,
    from: "customer",
    name: null,
    text: frame.text,
    language: null,
    buttons: [],
    cards: [],
    at,
    client_id: frame.client_id,
    delivery: null,
  };
}
