/** Article, order and product cards; several stand side by side and are leafed through. */
import type { Card, Price, ProductCard } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { articleIcon, externalIcon, nextIcon, parcelIcon, previousIcon, productIcon } from "./icons";
import { cardAddress, link } from "./text";

export function cards(list: Card[], base: string, speech: Speech): HTMLElement[] {
  if (list.length < 2) return list.map((each) => card(each, base, speech));
  return [carousel(list.map((each) => card(each, base, speech)), speech)];
}

const KINDS = {
  article: [articleIcon, "article"],
  order: [parcelIcon, "track"],
  product: [productIcon, "product"],
} as const;

function card(card: Card, base: string, speech: Speech): HTMLElement {
  const [icon, opens] = KINDS[card.kind] ?? KINDS.article;
  const address = cardAddress(card.url, base);
  const list = card.kind === "article" ? [] : card.lines ?? [];
  const lines = list.length ? el("ul", { class: "card-lines" }, ...list.map((line) => el("li", { dir: "auto" }, line))) : null;
  const product = card.kind === "product" ? card : null;
  return el(
    "div",
    { class: `card card-${card.kind}`, "data-testid": "card" },
    product && picture(product, base),
    el(
      "div",
      { class: "card-head" },
      icon(18),
      el("strong", { class: "card-title", dir: "auto" }, card.title),
    ),
    product?.price ? el("p", { class: "card-price" }, price(product.price, speech)) : null,
    card.text ? el("p", { class: "card-text", dir: "auto" }, card.text) : null,
    lines,
    address ? cardLink(address, speech.t(opens), speech) : null,
  );
}

/** In a room kept for it; one that does not come leaves no hole. */
function picture({ picture, title }: ProductCard, base: string): HTMLElement | null {
  const address = cardAddress(picture ?? null, base);
  if (!address) return null;
  const image = el("img", { class: "card-picture", src: address, alt: title, loading: "lazy", decoding: "async", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.remove(), { once: true });
  return image;
}

function price({ minor, currency, lowest }: Price, speech: Speech): string {
  const amount = speech.money(minor, currency);
  return lowest ? speech.t("fromPrice", { price: amount }) : amount;
}

function cardLink(address: string, label: string, speech: Speech): HTMLElement {
  const anchor = link(address, label, externalIcon(15), el("span", { class: "hidden" }, ` ${speech.t("newTab")}`));
  anchor.className = "card-link";
  return anchor;
}

function carousel(cards: HTMLElement[], speech: Speech): HTMLElement {
  const row = el("div", { class: "card-row", tabindex: 0, role: "group", "aria-label": `${speech.t("cards")} (${cards.length})`, "data-testid": "carousel" }, ...cards);
  const count = el("span", { class: "card-count", "aria-live": "polite" });
  let at = 0;
  const rtl = () => getComputedStyle(row).direction === "rtl";
  /** Pixels from where a card stands to where it would begin the row. */
  const ahead = (each: HTMLElement | undefined) => {
    const [place, from] = [each?.getBoundingClientRect(), row.getBoundingClientRect()];
    const padding = parseFloat(getComputedStyle(row).paddingInlineStart) || 0;
    if (!place) return 0;
    return rtl() ? place.right - from.right + padding : place.left - from.left - padding;
  };
  const go = (to: number) => {
    at = Math.max(0, Math.min(cards.length - 1, to));
    // Not scrollIntoView, which would move the panel itself along.
    row.scrollBy({ left: ahead(cards[at]) });
    show();
  };
  const arrow = (label: "previousCard" | "nextCard", icon: SVGSVGElement, step: number) =>
    el("button", { type: "button", class: "icon-button card-arrow", "aria-label": speech.t(label), "data-testid": label, click: () => go(at + step) }, icon);
  const back = arrow("previousCard", previousIcon(18), -1);
  const on = arrow("nextCard", nextIcon(18), 1);
  const show = () => {
    // Not `disabled`: the arrow under the finger must keep the focus.
    back.setAttribute("aria-disabled", String(at === 0));
    on.setAttribute("aria-disabled", String(at === cards.length - 1));
    count.textContent = `${at + 1} / ${cards.length}`;
  };
  row.addEventListener("keydown", (event) => {
    const step = { ArrowRight: rtl() ? -1 : 1, ArrowLeft: rtl() ? 1 : -1 }[event.key];
    if (!step || event.target !== row) return;
    event.preventDefault();
    go(at + step);
  });
  row.addEventListener("scroll", () => {
    const distances = cards.map((each) => Math.abs(ahead(each)));
    const atEnd = row.scrollWidth - row.clientWidth - Math.abs(row.scrollLeft) < 2;
    at = atEnd ? cards.length - 1 : distances.indexOf(Math.min(...distances));
    show();
  }, { passive: true });
  show();
  return el("div", { class: "carousel" }, row, el("div", { class: "card-arrows" }, back, count, on));
}
