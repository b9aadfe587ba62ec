/** The stream of messages: keeps its nodes, its scroll place and the reader's attention. */
import type { Chat } from "../chat/chat";
import type { Greeted } from "../chat/before";
import type { Message } from "../chat/protocol";
import { asMessage, type Pending } from "../chat/outbox";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { bubble, contentVersion, updateBubble, type BubbleActions, type Sending } from "./bubble";
import { downIcon } from "./icons";

const NEAR_END = 80;
const GROUP_WITHIN = 10 * 60_000;

interface Item {
  key: string;
  version: string;
  make(): HTMLElement;
  update?(node: HTMLElement): void;
}

export class Log {
  readonly list: HTMLElement;
  readonly scroller: HTMLElement;
  readonly element: HTMLElement;
  private readonly newBelow: HTMLButtonElement;
  private readonly nodes = new Map<string, { version: string; node: HTMLElement }>();
  private atEnd = true;
  private known = -1;

  constructor(
    private readonly chat: Chat,
    private readonly speech: Speech,
    private readonly base: string,
    private readonly actions: BubbleActions,
    private readonly company: () => string,
    intro: HTMLElement,
    tail: HTMLElement,
  ) {
    this.list = el("div", { class: "list", role: "log", "aria-live": "off", "data-testid": "log" });
    this.scroller = el("div", { class: "scroller", tabindex: 0 }, intro, this.list, tail);
    this.newBelow = el("button", { type: "button", class: "new-below", hidden: true, click: () => this.toEnd(true) });
    this.element = el("div", { class: "stream" }, this.scroller, this.newBelow);
    speech.bind(() => {
      this.list.setAttribute("aria-label", speech.t("messages"));
      this.newBelow.replaceChildren(downIcon(16), speech.t("newMessages"));
    });
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.walk(event));
    // The keyboard, a notice or a growing composer take height away: the last message stays in sight.
    if (typeof ResizeObserver === "function") new ResizeObserver(() => this.grown()).observe(this.scroller);
  }

  render(): void {
    const keep = this.atEnd;
    const items = this.items();
    const messages = this.chat.messages;
    const newest = messages.at(-1);
    const wanted = new Set(items.map((item) => item.key));
    for (const [key, { node }] of this.nodes) {
      if (wanted.has(key)) continue;
      node.remove();
      this.nodes.delete(key);
    }
    let above: HTMLElement | null = null;
    for (const item of items) {
      const node = this.nodeFor(item);
      const place: ChildNode | null = above ? above.nextSibling : this.list.firstChild;
      if (place !== node) this.list.insertBefore(node, place);
      above = node;
    }
    const fromOthers = newest !== undefined && newest.seq > this.known && newest.from !== "customer";
    if (keep) this.toEnd();
    else if (fromOthers && this.known >= 0) this.newBelow.hidden = false;
    if (this.chat.welcomed) {
      this.known = this.chat.last;
      // Only what arrives from now on is read out, not the history.
      if (this.list.getAttribute("aria-live") === "off") setTimeout(() => this.list.setAttribute("aria-live", "polite"), 500);
    }
  }

  /** What was there has become taller: the last message stays in sight. */
  grown(): void {
    if (this.atEnd) this.toEnd();
  }

  toEnd(smooth = false): void {
    this.atEnd = true;
    this.newBelow.hidden = true;
    const calm = !smooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
    // With nothing said yet, the greeting is what there is to see.
    this.scroller.scrollTo({ top: this.list.childElementCount ? this.scroller.scrollHeight : 0, behavior: calm ? "auto" : "smooth" });
  }

  private nodeFor(item: Item): HTMLElement {
    const old = this.nodes.get(item.key);
    let node = old?.node;
    if (!node || old?.version !== item.version) {
      const made = item.make();
      if (!old && this.known >= 0) made.classList.add("arrives");
      node?.replaceWith(made);
      node = made;
      this.nodes.set(item.key, { version: item.version, node });
    }
    item.update?.(node);
    return node;
  }

  private items(): Item[] {
    const { past, thread, outbox } = this.chat;
    const messages = thread.shown;
    const stored = new Set(messages.map((message) => message.client_id));
    const pending = outbox.list().filter((each) => !stored.has(each.frame.client_id));
    const items: Item[] = [];
    let previous: Message | null = null;
    const add = (message: Message, waiting: Pending | null, era: string) => {
      const day = this.speech.day(message.at);
      const newDay = !previous || this.speech.day(previous.at) !== day;
      if (newDay) items.push(this.divider(`day ${era}${message.at.slice(0, 10)} ${message.id}`, day));
      const starts = newDay || !previous || startsGroup(previous, message);
      const isLast = !pending.length && message === messages.at(-1);
      items.push(this.item(message, waiting, starts, era, isLast ? this.reached(message) : ""));
      previous = message;
    };
    const { greeting } = this.chat.before;
    for (const message of past) add(message, null, "past ");
    if (past.length) {
      items.push(this.divider("new", this.speech.t("earlier")));
      previous = null;
    }
    if (greeting) add(this.asSaid(greeting), null, "greeting ");
    for (const message of messages) add(message, null, "");
    for (const each of pending) add(asMessage(each, 0), each, "");
    return items;
  }

  /** What the page said by itself: no part of the stored conversation, but what its first message answers. */
  private asSaid({ text, language, at }: Greeted): Message {
    return { ...asMessage({ frame: { type: "message", client_id: "", text }, at, failed: null }, 0), from: "bot", name: this.company(), language };
  }

  private item(message: Message, pending: Pending | null, startsGroup: boolean, era: string, reached: string): Item {
    const quoted = this.chat.thread.find(message.quote);
    const setting = { startsGroup, quoted: quoted?.text || null, base: this.base };
    return {
      key: era + (message.client_id ?? message.id),
      version: `${this.speech.language} ${startsGroup} ${message.name} ${setting.quoted ?? ""} ${contentVersion(message)}`,
      make: () => bubble(message, setting, this.speech, this.actions),
      update: (node) =>
        updateBubble(node, pending || era ? null : message.seq, this.sending(pending), pending, reached, this.speech, this.actions),
    };
  }

  /** Until somebody answers, the visitor may wonder whether the last message came through. */
  private reached({ from, delivery }: Message): string {
    if (from !== "customer") return "";
    return this.speech.t(delivery === "read" || delivery === "delivered" ? delivery : "sent");
  }

  private sending(pending: Pending | null): Sending {
    if (!pending) return "sent";
    if (pending.failed !== null) return "failed";
    return this.chat.status === "offline" || this.chat.status === "refused" ? "waiting" : "sending";
  }

  private divider(key: string, text: string): Item {
    return { key, version: text, make: () => el("div", { class: "divider", role: "separator", "aria-label": text }, el("span", {}, text)) };
  }

  private scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.atEnd) this.newBelow.hidden = true;
  }

  /** Arrow keys go from message to message, which shows their time. */
  private walk(event: KeyboardEvent): void {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const all = [...this.list.querySelectorAll<HTMLElement>(".message")];
    const root = this.scroller.getRootNode() as ShadowRoot | Document;
    const here = all.findIndex((node) => node === root.activeElement);
    if (here < 0 && (root.activeElement !== this.scroller || event.key === "ArrowDown")) return;
    const next = here < 0 ? all.length - 1 : here + (event.key === "ArrowUp" ? -1 : 1);
    const target = all[next];
    if (!target) return;
    event.preventDefault();
    target.focus();
  }
}

function startsGroup(previous: Message, message: Message): boolean {
  return (
    previous.from !== message.from ||
    previous.name !== message.name ||
    Date.parse(message.at) - Date.parse(previous.at) > GROUP_WITHIN
  );
}
