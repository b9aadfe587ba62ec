/** Article and order cards. */
import type { Card } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { articleIcon, externalIcon, parcelIcon } from "./icons";
import { cardAddress, link } from "./text";

export function card(card: Card, base: string, speech: Speech): HTMLElement {
  const order = card.kind === "order";
  const address = cardAddress(card.url, base);
  const lines = order && card.lines.length ? el("ul", { class: "card-lines" }) : null;
  if (order) for (const line of card.lines) lines?.append(el("li", { dir: "auto" }, line));
  return el(
    "div",
    { class: `card card-${order ? "order" : "article"}`, "data-testid": "card" },
    el(
      "div",
      { class: "card-head" },
      order ? parcelIcon(18) : articleIcon(18),
      el("strong", { class: "card-title", dir: "auto" }, card.title),
    ),
    card.text ? el("p", { class: "card-text", dir: "auto" }, card.text) : null,
    lines,
    address ? cardLink(address, speech.t(order ? "track" : "article"), speech) : null,
  );
}

function cardLink(address: string, label: string, speech: Speech): HTMLElement {
  const anchor = link(address, label, externalIcon(15), el("span", { class: "hidden" }, ` ${speech.t("newTab")}`));
  anchor.className = "card-link";
  return anchor;
}
