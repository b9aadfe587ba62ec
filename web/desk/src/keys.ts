// The keyboard map: which key asks for what, outside of fields.

import { ALL_VIEWS, type View } from "./types";

export type Command =
  | { do: "next" } | { do: "previous" } | { do: "take" } | { do: "reply" } | { do: "release" } | { do: "close" }
  | { do: "search" } | { do: "help" } | { do: "context" } | { do: "leave" } | { do: "attach" } | { do: "channels" }
  | { do: "snooze" } | { do: "filters" } | { do: "undelivered" } | { do: "admin" } | { do: "view"; view: View };

export interface Key {
  key: string;
  /** The physical key: digits need Shift on a French keyboard, the keys themselves do not. */
  code?: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
  isComposing?: boolean;
}

const LETTERS: Record<string, Command> = {
  j: { do: "next" }, k: { do: "previous" }, t: { do: "take" }, r: { do: "reply" }, e: { do: "release" },
  x: { do: "close" }, i: { do: "context" }, a: { do: "attach" }, c: { do: "channels" }, u: { do: "undelivered" }, s: { do: "admin" }, z: { do: "snooze" }, f: { do: "filters" }, "/": { do: "search" }, "?": { do: "help" },
};

/** The command for a key, or null. `typing` is true inside a field, `inList` when a row has the focus. */
export function commandFor(event: Key, where: { typing: boolean; inList: boolean }): Command | null {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === "Escape") return { do: "leave" };
  if (where.typing) return null;
  if (where.inList && event.key === "ArrowDown") return { do: "next" };
  if (where.inList && event.key === "ArrowUp") return { do: "previous" };
  const letter = LETTERS[event.key.toLowerCase()];
  if (letter) return letter;
  const number = /^[1-8]$/.test(event.key) ? event.key : /^Digit([1-8])$/.exec(event.code ?? "")?.[1];
  const view = ALL_VIEWS[Number(number) - 1];
  return view ? { do: "view", view } : null;
}

/** Whether a key in the composer sends. Ctrl or Cmd with Enter always does; plain Enter when the agent wants it so. */
export function sends(event: Key & { shiftKey?: boolean }, enterSends: boolean): boolean {
  if (event.key !== "Enter" || event.isComposing) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return enterSends && !event.shiftKey && !event.altKey;
}

/** Whether the element takes text, so that letters belong to it. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}
