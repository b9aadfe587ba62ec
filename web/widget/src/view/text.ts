/** Message text as nodes: line breaks by CSS, https links as anchors, everything else as the characters it is. */
import type { Mark } from "../chat/protocol";
import { isOwnPath } from "@shared/own-path";
import { el } from "../dom";

/** Keyboards type a plain space before French punctuation; shown, it must not leave a lone "?" on the next line. */
const held = (text: string) => text.replace(/ (?=[?!;:»](?:\s|$))/g, "\u00a0");

const LINK = /https:\/\/[^\s<>"«»“”]+/g;

export function textNodes(text: string): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const address = trimmed(match[0]);
    if (!validAddress(address)) continue;
    if (match.index > from) nodes.push(document.createTextNode(held(text.slice(from, match.index))));
    nodes.push(link(address, address.replace(/^https:\/\//, "")));
    from = match.index + address.length;
  }
  if (from < text.length) nodes.push(document.createTextNode(held(text.slice(from))));
  return nodes;
}

/** The same with what the agent marked; marks that hold others come first. */
export function markedNodes(text: string, marks: readonly Mark[] = []): Node[] {
  if (marks.length === 0) return textNodes(text);
  const letters = [...text];
  const within = (from: number, to: number, inside: readonly Mark[]): Node[] => {
    const nodes: Node[] = [];
    let at = from;
    for (const [kind, start, length] of inside) {
      if (start < at || start + length > to) continue;
      nodes.push(...textNodes(letters.slice(at, start).join("")));
      at = start + length;
      const inner = inside.filter((mark) => mark[1] >= start && mark[1] + mark[2] <= at && (mark[0] !== kind || mark[2] < length));
      nodes.push(el(kind === "bold" ? "strong" : "em", {}, ...within(start, at, inner)));
    }
    return [...nodes, ...textNodes(letters.slice(at, to).join(""))];
  };
  return within(0, letters.length, marks);
}

export function link(address: string, ...children: (Node | string)[]): HTMLAnchorElement {
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** A card's address: https, or a path of the server the widget talks to. Anything else is no address. */
export function cardAddress(url: string | null, base: string): string | null {
  if (!url) return null;
  if (isOwnPath(url)) return base + url;
  return validAddress(url) ? url : null;
}

function validAddress(address: string): boolean {
  try {
    const url = new URL(address);
    // A name before the host ("https://bank.example@evil.example") only serves to deceive.
    return url.protocol === "https:" && url.hostname !== "" && url.username === "" && url.password === "";
  } catch {
    return false;
  }
}

/** The full stop after a link belongs to the sentence, and so does a bracket that was opened before it. */
function trimmed(address: string): string {
  let end = address;
  for (;;) {
    const last = end.at(-1) ?? "";
    const unopened = last === ")" && count(end, ")") > count(end, "(");
    if (!unopened && !".,;:!?…'’]".includes(last)) return end;
    end = end.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
