/** One message on screen, ours or theirs, on its way or stored. */
import type { Message } from "../chat/protocol";
import type { Pending } from "../chat/outbox";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { cards } from "./cards";
import { files } from "./files";
import { alertIcon, assistantIcon, clockIcon } from "./icons";
import { markedNodes, textNodes } from "./text";

export type Sending = "sent" | "sending" | "waiting" | "failed";

export interface BubbleActions {
  retry(clientId: string): void;
  discard(clientId: string): void;
  /** An address of a file no longer works. */
  stale(): void;
  /** Draws places and contacts. */
  shared(room: HTMLElement, message: Message): void;
}

export interface Setting {
  startsGroup: boolean;
  /** The words of the message that this one answers. */
  quoted: string | null;
  base: string;
}

/** What a bubble shows that may change after it was drawn; another value means another bubble. */
export function contentVersion({ text, edited, deleted, reactions, files }: Message): string {
  return JSON.stringify([text, edited, deleted, reactions, files?.map((file) => [file.state, file.url])]);
}

export function bubble(message: Message, setting: Setting, speech: Speech, actions: BubbleActions): HTMLElement {
  const time = el("time", { class: "time", datetime: message.at, title: speech.full(message.at) }, speech.time(message.at));
  const attributes = {
    class: `message from-${message.from}${setting.startsGroup ? " first" : ""}`,
    "data-testid": "message",
    "data-from": message.from,
    tabindex: -1,
  };
  if (message.from === "system") {
    return el("div", attributes, el("p", { class: "system-text", dir: "auto" }, ...textNodes(message.text)), time);
  }
  const mine = message.from === "customer";
  const node = el("div", attributes);
  if (mine) node.append(el("span", { class: "hidden" }, `${speech.t("you")}${speech.language === "fr" ? "\u00a0" : ""}: `));
  else if (setting.startsGroup) node.append(speaker(message));
  if (message.text || message.deleted) node.append(el("div", { class: "line" }, words(message, setting, speech), time));
  if (message.deleted) return node;
  if (message.files?.length) node.append(files(message.files, setting.base, speech, actions.stale));
  if (message.location || message.contacts?.length) {
    const room = el("div", { class: "files shared" });
    node.append(room);
    actions.shared(room, message);
  }
  node.append(...cards(message.cards, setting.base, speech));
  if (message.reactions?.length) node.append(reactions(message.reactions, speech));
  return node;
}

function words(message: Message, { quoted }: Setting, speech: Speech): HTMLElement {
  if (message.deleted) return el("div", { class: "bubble bubble-deleted" }, speech.t("deleted"));
  // A language of its own lets screen readers change voice; dir lets Arabic and Hebrew run their way.
  return el(
    "div",
    { class: "bubble", dir: "auto", lang: message.language },
    quoted ? el("span", { class: "quote", dir: "auto" }, el("span", { class: "hidden" }, `${speech.t("quote")} `), quoted) : null,
    ...markedNodes(message.text, message.marks),
    message.edited ? el("span", { class: "edited" }, ` ${speech.t("edited")}`) : null,
  );
}

function reactions(list: string[], speech: Speech): HTMLElement {
  return el("div", { class: "reactions", role: "img", "aria-label": `${speech.t("reactions")} ${list.join(" ")}` }, ...list.map((one) => el("span", {}, one)));
}

function speaker(message: Message): HTMLElement {
  const name = message.name ?? "";
  return el(
    "div",
    { class: "speaker" },
    message.from === "bot"
      ? el("span", { class: "face face-bot", "aria-hidden": "true" }, assistantIcon(13))
      : el("span", { class: "face", "aria-hidden": "true" }, initial(name)),
    el("span", { dir: "auto" }, name),
  );
}

export function initial(name: string): string {
  return [...name.trim()][0]?.toLocaleUpperCase() ?? "";
}

/** Brings what does change up to date: the place in the conversation, and how sending goes. */
export function updateBubble(
  node: HTMLElement,
  seq: number | null,
  sending: Sending,
  pending: Pending | null,
  /** How far the visitor's last message came; empty for all others. */
  reached: string,
  speech: Speech,
  actions: BubbleActions,
): void {
  if (seq === null) delete node.dataset.seq;
  else node.dataset.seq = String(seq);
  const shown = `${sending}/${pending?.failed ?? ""}/${reached}/${speech.language}`;
  if (node.dataset.shown === shown) return;
  node.dataset.shown = shown;
  node.dataset.state = sending;
  node.querySelector(".state")?.remove();
  if (pending && sending !== "sent") node.append(stateLine(sending, pending, speech, actions));
  else if (reached) node.append(el("div", { class: "state state-quiet", "data-testid": "reached" }, reached));
}

function stateLine(sending: Sending, pending: Pending, speech: Speech, actions: BubbleActions): HTMLElement {
  const id = pending.frame.client_id;
  if (sending !== "failed") {
    return el("div", { class: "state" }, clockIcon(14), speech.t(sending === "waiting" ? "waiting" : "sending"));
  }
  return el(
    "div",
    { class: "state state-failed", role: "alert" },
    alertIcon(14),
    el("span", { dir: "auto" }, pending.failed || speech.t("failed")),
    el("button", { type: "button", class: "inline", "data-testid": "retry", click: () => actions.retry(id) }, speech.t("retry")),
    el("button", { type: "button", class: "inline quiet", click: () => actions.discard(id) }, speech.t("discard")),
  );
}
