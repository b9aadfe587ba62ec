/** The conversation as this browser knows it: messages in order, what is not yet sent, who answers, what went wrong. */
import type { Language } from "@shared/language";
import type { Store } from "../storage";
import { Account, SIGN_IN_CODES } from "./account";
import { Addresses } from "./addresses";
import { Before } from "./before";
import { Connection, type Status } from "./connection";
import { Memory } from "./memory";
import { asMessage, Outbox, type Said } from "./outbox";
import { pageHere } from "./page";
import type { Ack, ErrorFrame, Hello, Message, ServerFrame, Welcome } from "./protocol";
import { Requests } from "./requests";
import { Scene } from "./scene";
import { Sender } from "./sender";
import { Tray } from "./tray";

export class Chat extends Scene {
  readonly outbox: Outbox;
  readonly connection: Connection;
  readonly requests: Requests;
  readonly tray: Tray;
  readonly before: Before;

  private readonly account: Account;
  private readonly memory: Memory;
  private asked: Hello | null = null;
  private readonly sender: Sender;
  private readonly addresses: Addresses;

  constructor(
    base: string,
    store: Store,
    public language: Language,
    user: string | null = null,
  ) {
    super();
    this.account = new Account(store, user);
    this.outbox = new Outbox(store);
    this.memory = new Memory(store, this.account);
    this.before = new Before(store);
    this.connection = new Connection(base, {
      hello: () => this.hello(),
      frame: (frame) => this.receive(frame),
      status: () => this.changed("status"),
    });
    this.sender = new Sender(this.outbox, this.connection);
    this.requests = new Requests(base, () => ({ visitor: this.memory.visitor, user: this.account.token }));
    this.tray = new Tray(store, this.requests, () => this.welcomed && this.status === "online");
    this.addresses = new Addresses(
      this.requests, this.thread, () => (this.status === "online" ? this.conversation : null), () => this.changed("messages"),
    );
    store.watch((key, value) => this.followOtherTab(key, value));
  }

  get status(): Status {
    return this.connection.status;
  }

  /** The conversation that is open, null while the next message will begin one. */
  get conversation(): string | null {
    return this.memory.fresh ? null : this.memory.conversation;
  }

  /** Messages from the other side that were never on screen. */
  get unread(): number {
    return this.thread.newSince(this.memory.seen);
  }

  /** Somebody is signed in on the page. */
  get known(): boolean {
    return this.signedIn || this.account.token !== null;
  }

  start(): void {
    this.connection.start();
    this.sender.start();
    this.addresses.start();
  }

  stop(): void {
    this.connection.stop();
    this.sender.stop();
    this.addresses.stop();
  }

  /** False when it did not leave. */
  say(text: string, how: Omit<Said, "text"> = {}): boolean {
    if (!this.mayBegin()) return false;
    const { fresh } = this.memory;
    const begins = this.conversation === null && !this.outbox.list().some(({ at }) => at >= (fresh ?? ""));
    const pending = this.outbox.add({ text, ...how, ...(begins && this.before.along(this.known)) });
    this.changed("messages");
    this.sender.transmit(pending);
    return true;
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
    this.memory.fresh = new Date().toISOString();
    this.connection.send({ type: "new" });
    this.empty();
  }

  /** Goes to another conversation of this visitor; false while a message of this one is still on its way. */
  reopen(id: string): boolean {
    if (id === this.conversation) return true;
    if (this.outbox.list().some((pending) => pending.failed === null)) return false;
    this.memory.fresh = null;
    this.memory.conversation = id;
    this.forget();
    this.changed("messages");
    this.connection.helloAgain();
    return true;
  }

  /** The page has signed somebody in or out, or renews the token of who is signed in. */
  signIn(token: string | null): void {
    if (token === this.account.token && !this.signInTrouble) return;
    this.signInTrouble = "";
    if (this.account.change(token)) {
      this.outbox.clear();
      this.tray.clear();
      this.memory.reload();
      this.empty();
      this.onSomebodyElse();
    }
    this.connection.restart();
  }

  switchLanguage(language: Language): void {
    this.language = language;
    this.connection.send({ type: "language", language });
  }

  nowTyping(): void {
    this.typing.tell(() => this.connection.send({ type: "typing" }));
  }

  /** Everything received so far has been on screen. */
  markSeen(): void {
    if (!this.memory.conversation || this.last <= this.memory.seen) return;
    this.memory.seen = this.last;
    this.connection.send({ type: "seen", seq: this.last });
    this.changed("messages");
  }

  /** Reads messages with files again, for addresses that work. */
  refreshFiles(): void {
    void this.addresses.refresh();
  }

  protected override forget(): void {
    super.forget();
    this.before.leave();
  }

  private hello(): Hello {
    const { fresh, conversation, visitor } = this.memory;
    return (this.asked = {
      type: "hello",
      visitor,
      conversation: fresh ? null : conversation,
      after: fresh ? 0 : this.last,
      language: this.language,
      page: pageHere(),
      user: this.account.token,
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
        return this.typing.heard(frame.from);
      case "delivery":
        this.thread.delivered(frame.seq, frame.delivery);
        return this.changed("messages");
      case "gone":
        return this.gone(frame.conversation);
      case "error":
        return this.refused(frame);
    }
  }

  private welcome(frame: Welcome): void {
    this.welcomed = true;
    this.signedIn = frame.signed_in ?? false;
    this.memory.visitor = frame.visitor;
    void this.tray.next();
    const { fresh } = this.memory;
    if (fresh) {
      // What was written before "new" still goes where it was meant to.
      this.sender.flush((pending) => pending.at < fresh);
      this.connection.send({ type: "new" });
      return this.sender.flush((pending) => pending.at >= fresh);
    }
    if (frame.conversation !== this.memory.conversation) {
      const asked = this.asked;
      this.forget();
      this.memory.conversation = frame.conversation;
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
    const { fresh, conversation } = this.memory;
    if (fresh && pending && pending.at < fresh) return this.changed("messages");
    if (frame.conversation !== conversation) {
      this.before.begun();
      const ended = conversation !== null && !fresh ? this.messages : [];
      const kept = fresh || conversation === null ? this.messages : [];
      this.memory.conversation = frame.conversation;
      this.thread.turnPage(ended, kept);
    }
    if (fresh) this.memory.fresh = null;
    if (frame.seq > this.last) {
      if (frame.seq === this.last + 1 && pending) this.place(asMessage(pending, frame.seq));
      else this.connection.helloAgain();
    }
    this.changed("messages");
  }

  private arrived(message: Message): void {
    const ours = message.client_id !== null && this.outbox.get(message.client_id) !== undefined;
    // Until the new conversation has begun, anything else belongs to the one we left.
    if (this.memory.fresh && this.messages.length === 0 && !(ours && message.seq === 1)) return;
    if (message.seq <= this.last) {
      if (this.thread.update(message)) this.changed("messages");
      return;
    }
    if (message.seq > this.last + 1) return this.connection.helloAgain();
    if (message.from !== "customer") this.typing.stop();
    this.place(message);
    this.changed("messages");
    if (message.from === "bot" || message.from === "agent") this.onArrival(message);
  }

  private place(message: Message): void {
    const { conversation, fresh } = this.memory;
    if (message.client_id && this.outbox.get(message.client_id) && conversation && !fresh) this.sender.settle(message.client_id);
    this.thread.add(message);
  }

  /** Who signed in, in another tab, took the conversation along. */
  private gone(conversation: string): void {
    if (conversation !== this.memory.conversation) return;
    this.memory.conversation = null;
    this.empty();
  }

  private refused(frame: ErrorFrame): void {
    if (SIGN_IN_CODES.includes(frame.code)) {
      // What is written waits for the page to say anew who is there; nobody goes on as somebody else.
      this.signInTrouble = frame.message;
      return this.connection.hold();
    }
    const id = frame.client_id;
    const pending = id ? this.outbox.get(id) : undefined;
    if (!id || !pending) return this.notices.tell(frame.message, frame.retry_after);
    const fate = this.sender.refused(id, frame);
    if (fate === "returned") this.onReturned(pending.frame.text);
    if (fate === "returned" || frame.code === "rate_limited") this.notices.tell(frame.message, frame.retry_after);
    this.changed("messages");
  }

  private followOtherTab(key: string, value: string | null): void {
    if (!this.account.current) return;
    if (this.outbox.follow(key, value) || key === "seen") return this.changed("messages");
    if (key === "conversation" && value && value !== this.memory.conversation) {
      this.memory.followed(value);
      this.forget();
      this.changed("messages");
      this.connection.helloAgain();
    }
  }
}
