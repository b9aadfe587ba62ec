/** One message on screen, ours or theirs, on its way or stored. */
import type { Message } from "../chat/protocol";
import type { Pending } from "../chat/outbox";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { card } from "./cards";
import { alertIcon, assistantIcon, clockIcon } from "./icons";
import { textNodes } from "./text";

export type Sending = "sent" | "sending" | "waiting" | "failed";

export interface BubbleActions {
  retry(clientId: string): void;
  discard(clientId: string): void;
}

/** Everything a bubble shows that never changes once it is there. */
export function bubble(message: Message, startsGroup: boolean, base: string, speech: Speech): HTMLElement {
  const time = el("time", { class: "time", datetime: message.at, title: speech.full(message.at) }, speech.time(message.at));
  const attributes = {
    class: `message from-${message.from}${startsGroup ? " first" : ""}`,
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
  else if (startsGroup) node.append(speaker(message));
  if (message.text) {
    node.append(
      el(
        "div",
        { class: "line" },
        // A language of its own lets screen readers change voice; dir lets Arabic and Hebrew run their way.
        el("div", { class: "bubble", dir: "auto", lang: message.language }, ...textNodes(message.text)),
        time,
      ),
    );
  }
  for (const each of message.cards) node.append(card(each, base, speech));
  return node;
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
  speech: Speech,
  actions: BubbleActions,
): void {
  if (seq === null) delete node.dataset.seq;
  else node.dataset.seq = String(seq);
  const shown = `${sending}/${pending?.failed ?? ""}/${speech.language}`;
  if (node.dataset.shown === shown) return;
  node.dataset.shown = shown;
  node.dataset.state = sending;
  node.querySelector(".state")?.remove();
  if (sending === "sent" || !pending) return;
  node.append(stateLine(sending, pending, speech, actions));
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
