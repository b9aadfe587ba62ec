/** What this browser remembers of the conversation from page to page. */
import type { Store } from "../storage";
import type { Account } from "./account";

export class Memory {
  private currentConversation: string | null;
  private currentFresh: string | null;

  constructor(
    private readonly store: Store,
    private readonly account: Account,
  ) {
    this.currentConversation = store.get("conversation");
    this.currentFresh = store.get("fresh");
  }

  get visitor(): string | null {
    return this.store.get("visitor");
  }

  set visitor(token: string | null) {
    if (token !== this.visitor) this.keep("visitor", token);
  }

  get conversation(): string | null {
    return this.currentConversation;
  }

  set conversation(id: string | null) {
    this.currentConversation = id;
    this.keep("conversation", id);
  }

  /** When "new conversation" was asked for, until its first message is stored. */
  get fresh(): string | null {
    return this.currentFresh;
  }

  set fresh(since: string | null) {
    this.currentFresh = since;
    this.keep("fresh", since);
  }

  /** Another tab went on in this conversation; it has written that down already. */
  followed(conversation: string): void {
    this.currentConversation = conversation;
    this.currentFresh = null;
  }

  get seen(): number {
    const [conversation, seq] = (this.store.get("seen") ?? "").split(":");
    return conversation === this.currentConversation ? Number(seq) || 0 : 0;
  }

  set seen(seq: number) {
    this.store.set("seen", `${this.currentConversation}:${seq}`);
  }

  /** After the person has changed: as the store has it now. */
  reload(): void {
    this.currentConversation = this.store.get("conversation");
    this.currentFresh = this.store.get("fresh");
  }

  private keep(key: string, value: string | null): void {
    if (key !== "visitor" && !this.account.current) return;
    if (value) this.store.set(key, value);
    else this.store.remove(key);
  }
}
