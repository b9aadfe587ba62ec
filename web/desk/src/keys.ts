// Which command a key asks for, and which keys belong to the field that has the focus.

import type { State } from "./state/state";
import { allCommands, available, shortcutsOf, type Command } from "./ui/commands";

export interface Key {
  key: string;
  /** The physical key: digits need Shift on a French keyboard, the keys themselves do not. */
  code?: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
  shiftKey?: boolean;
  isComposing?: boolean;
}

export interface Where {
  /** Inside a field that takes text. */
  typing: boolean;
  /** A row of the list has the focus. */
  inList: boolean;
  state: State;
  /** Whether keys without Ctrl, Cmd or Alt ask for anything at all. */
  letters?: boolean;
}

/** The command for a key, "leave" for the key that leaves what has the focus, or null. */
export function commandFor(event: Key, { typing, inList, state, letters = true }: Where): Command | "leave" | null {
  // What a browser fills in by itself comes as a key without a name.
  if (event.isComposing || !event.key) return null;
  if (event.key === "Escape" && !modified(event)) return "leave";
  const plain = !modified(event);
  if (plain && (typing || !letters)) return null;
  const offered = allCommands().filter((command) => available(command, state));
  const arrow = plain && inList ? ARROWS[event.key] : undefined;
  if (arrow) return offered.find(({ id }) => id === arrow) ?? null;
  const by = (key: Key): Command | undefined => offered.find((command) => shortcutsOf(command).some((one) => matches(one, key)));
  // A capital that nobody asked for is the letter: Caps Lock, or a slow finger on Shift.
  return by(event) ?? (plain && event.shiftKey ? by({ key: event.key, ...(event.code && { code: event.code }) }) : undefined) ?? null;
}

const ARROWS: Record<string, string> = { ArrowDown: "next", ArrowUp: "previous" };

const modified = ({ ctrlKey, metaKey, altKey }: Key): boolean => Boolean(ctrlKey || metaKey || altKey);

/** Whether a key is the one that a shortcut names. */
export function matches(shortcut: string, event: Key): boolean {
  const { key, mod, alt, shift } = parsed(shortcut);
  if (mod !== Boolean(event.ctrlKey || event.metaKey) || alt !== Boolean(event.altKey)) return false;
  const letter = /^[a-z]$/.test(key);
  // Whether "?" and digits need Shift is the keyboard's business.
  if ((letter || mod || alt) && shift !== Boolean(event.shiftKey)) return false;
  if (/^[0-9]$/.test(key) && event.code === `Digit${key}`) return true;
  return event.key.toLowerCase() === key;
}

/** A shortcut taken apart: the key in lower case, and what is held down with it. */
export function parsed(shortcut: string): { key: string; mod: boolean; alt: boolean; shift: boolean } {
  const parts = shortcut.split("+").filter(Boolean);
  const key = shortcut === "+" ? "+" : parts[parts.length - 1] ?? "";
  const held = parts.slice(0, -1);
  return { key: key.toLowerCase(), mod: held.includes("Mod"), alt: held.includes("Alt"), shift: held.includes("Shift") };
}

/** Whether a key in the composer sends. Ctrl or Cmd with Enter always does; plain Enter when the agent wants it so. */
export function sends(event: Key, enterSends: boolean): boolean {
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
