// What stands on a mail: its addresses and its subject.

import type { DeskMessage } from "../types";

/** "Marie Dupont <marie@example.fr>", whichever way the channel tells an address; several are joined by commas. */
export function addresses(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(addresses).filter(Boolean).join(", ");
  if (typeof value !== "object" || value === null) return "";
  const { name, address, email } = value as { name?: unknown; address?: unknown; email?: unknown };
  const at = typeof address === "string" ? address : typeof email === "string" ? email : "";
  return typeof name === "string" && name ? `${name} <${at}>` : at;
}

/** What tells a mail from a line of chat; null for everything that is none. */
export function subjectOf(message: DeskMessage): string | null {
  const subject = message.details?.subject;
  return typeof subject === "string" ? subject : null;
}

const PREFIXES = /^\s*(?:(?:re|ré|réf|rép|aw|tr|fw|fwd|sv|vs)\s*(?:\[\d+\])?\s*:\s*)+/i;

/** The subject without what mail programs put before it: an answer is not about something else. */
export function bareSubject(subject: string | null): string | null {
  return subject === null ? null : subject.replace(PREFIXES, "").trim().toLowerCase();
}
