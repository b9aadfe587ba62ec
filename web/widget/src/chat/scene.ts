/** What the views look at and are told about: messages, who answers, who writes, passing notices. */
import { Notices, type Notice } from "./notices";
import type { Message, Owner } from "./protocol";
import { Thread } from "./thread";
import { Typing } from "./typing";

export type Change = "status" | "messages" | "owner" | "typing" | "notice";

export abstract class Scene {
  readonly thread = new Thread();
  owner: Owner = { kind: "bot", name: null };
  welcomed = false;
  signedIn = false;
  /** Why the server does not take who the page says is signed in. */
  signInTrouble = "";
  readonly notices = new Notices(() => this.changed("notice"));
  readonly typing = new Typing(() => this.changed("typing"));
  /** Whether what the visitor says may leave: the form before it may still have to be put right. */
  mayBegin: () => boolean = () => true;
  /** Called with a text that the server found too long, so that it is not lost. */
  onReturned: (text: string) => void = () => {};
  /** Called for what somebody else has just said. */
  onArrival: (message: Message) => void = () => {};
  /** Called when somebody else, or nobody, is signed in: nothing of the former may stay in sight. */
  onSomebodyElse: () => void = () => {};
  private readonly listeners = new Set<(change: Change) => void>();

  get notice(): Notice | null {
    return this.notices.current;
  }

  get messages(): Message[] {
    return this.thread.messages;
  }

  get past(): Message[] {
    return this.thread.past;
  }

  get last(): number {
    return this.thread.last;
  }

  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  protected forget(): void {
    this.thread.clear();
    this.typing.stop();
  }

  /** As before anything was said. */
  protected empty(): void {
    this.forget();
    this.owner = { kind: "bot", name: null };
    this.changed("owner");
    this.changed("messages");
  }

  protected changed(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }
}
