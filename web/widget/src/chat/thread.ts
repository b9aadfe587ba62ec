/** The messages of one conversation as far as this browser holds them: each once, without a gap, changed when the server says so. */
import type { Delivery, Message } from "./protocol";

export class Thread {
  /** Messages of conversations that ended while the visitor was looking, kept above the current one. */
  past: Message[] = [];
  /** In the order of `seq`, which is where to resume from. */
  messages: Message[] = [];

  get last(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }

  /** In the order in which they are read: a late one stands where it belongs. */
  get shown(): Message[] {
    return [...this.messages].sort((a, b) => (a.place ?? a.seq) - (b.place ?? b.seq) || a.seq - b.seq);
  }

  find(seq: number | null | undefined): Message | undefined {
    return seq ? this.messages.find((message) => message.seq === seq) : undefined;
  }

  /** How many messages of the other side came after `seen`. */
  newSince(seen: number): number {
    return this.messages.filter((message) => message.seq > seen && message.from !== "customer").length;
  }

  add(message: Message): void {
    this.messages = [...this.messages, message];
  }

  /** Replaces a message that was edited, deleted, or whose file has arrived; true when something is different. */
  update(message: Message): boolean {
    const known = this.find(message.seq);
    if (!known || JSON.stringify(known) === JSON.stringify(message)) return false;
    this.messages = this.messages.map((each) => (each.seq === message.seq ? message : each));
    return true;
  }

  delivered(seq: number, delivery: Delivery): void {
    this.messages = this.messages.map((each) => (each.seq === seq ? { ...each, delivery } : each));
  }

  /** Another conversation begins below this one. */
  turnPage(ended: Message[], kept: Message[]): void {
    this.past = [...this.past, ...ended];
    this.messages = kept;
  }

  clear(): void {
    this.messages = [];
    this.past = [];
  }

  /** The first message with a file that has an address, whose signature will run out. */
  get firstWithFile(): number | null {
    return this.messages.find((message) => message.files?.some((file) => file.url))?.seq ?? null;
  }
}
