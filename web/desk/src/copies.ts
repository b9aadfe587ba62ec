// Whom an answer goes to besides the customer: addresses as an agent types them, and as they were used before.

import type { Copies, DeskMessage } from "./types";

export const MOST_COPIES = 10;
// As the server looks at them.
const ADDRESS = /^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,190}$/;

export interface Typed {
  cc: string;
  bcc: string;
}

/** The addresses, and what of them cannot be one. `Paul <paul@x.fr>` is the address within. */
export function addressesIn(typed: string): { good: string[]; bad: string[] } {
  const parts = typed.split(/[,;\n]+/).map((part) => (/<([^<>]*)>\s*$/.exec(part)?.[1] ?? part).trim()).filter(Boolean);
  const good = parts.filter((part) => ADDRESS.test(part));
  return { good: [...new Map(good.map((one) => [one.toLowerCase(), one])).values()], bad: parts.filter((part) => !ADDRESS.test(part)) };
}

/** Whether what was typed may be sent. */
export function sendable(typed: string): boolean {
  const { good, bad } = addressesIn(typed);
  return bad.length === 0 && good.length <= MOST_COPIES;
}

/** Who got a copy of our last answer reads the next one too, until the agent takes them out. */
export function lastCopies(messages: readonly DeskMessage[]): Typed {
  const last = [...messages].reverse().find((message) => message.from === "agent");
  return { cc: last?.copies?.cc.join(", ") ?? "", bcc: last?.copies?.bcc.join(", ") ?? "" };
}

/** What goes to the server; nothing where there are none. */
export function asSent(typed: Typed): Partial<Copies> {
  const [cc, bcc] = [addressesIn(typed.cc).good, addressesIn(typed.bcc).good];
  return { ...(cc.length > 0 && { cc }), ...(bcc.length > 0 && { bcc }) };
}
