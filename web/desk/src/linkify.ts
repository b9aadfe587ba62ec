// Finds what may be clicked in plain text: https addresses and nothing else.

import { isOwnPath } from "@shared/own-path";

export type Piece = { text: string; href?: string };

const ADDRESS = /https:\/\/[^\s<>"«»“”]+/g;

/** The text cut into plain pieces and links, in order; joined, they give back the text exactly. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = trimEnd(match[0]);
    if (!isSafe(found)) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push({ text: found, href: found });
    from = match.index + found.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** The address when it may be opened from the desk (https, or a path of this server), else null. */
export function safeUrl(url: string | null): string | null {
  if (!url) return null;
  if (isOwnPath(url)) return url;
  return isSafe(url) ? url : null;
}

function isSafe(url: string): boolean {
  try {
    const parsed = new URL(url);
    return parsed.protocol === "https:" && parsed.username === "" && parsed.password === "";
  } catch {
    return false;
  }
}

// Punctuation that ends the sentence is not part of the address, unless it closes a parenthesis opened in it.
function trimEnd(url: string): string {
  let end = url.length;
  for (;;) {
    const last = url.charAt(end - 1);
    if (/[.,;:!?'’…]/.test(last)) end -= 1;
    else if (last === ")" && !balanced(url.slice(0, end))) end -= 1;
    else return url.slice(0, end);
  }
}

function balanced(text: string): boolean {
  return text.split("(").length >= text.split(")").length;
}
