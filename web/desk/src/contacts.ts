// Somebody's details as an agent types them, looked at as the server will.

import { addressesIn } from "./copies";
import type { Contact } from "./types";

export const MOST_CONTACTS = 5;
const MOST_OF_EACH = 5;
const PHONE = /^\+?[0-9][0-9 ().-]{3,30}$/;

export interface TypedContact {
  name: string;
  phones: string;
  emails: string;
}

/** What of it will not do: the field, and the part that is at fault. */
export type ContactTrouble =
  | { field: "name" | "phones"; why: "empty" }
  | { field: "phones" | "emails"; why: "wrong"; part: string }
  | { field: "phones" | "emails"; why: "many" };

/** The contact; or why it is none yet. Numbers and addresses are separated by commas. */
export function contactOf(typed: TypedContact): Contact | ContactTrouble {
  const name = typed.name.replace(/\s+/g, " ").trim();
  const phones = [...new Set(typed.phones.split(/[,;\n]+/).map((part) => part.replaceAll("\u00a0", " ").replaceAll("\u202f", " ").trim()).filter(Boolean))];
  const { good: emails, bad } = addressesIn(typed.emails);
  const wrong = phones.find((one) => !PHONE.test(one));
  if (!name) return { field: "name", why: "empty" };
  if (wrong !== undefined) return { field: "phones", why: "wrong", part: wrong };
  if (bad[0] !== undefined) return { field: "emails", why: "wrong", part: bad[0] };
  if (phones.length > MOST_OF_EACH) return { field: "phones", why: "many" };
  if (emails.length > MOST_OF_EACH) return { field: "emails", why: "many" };
  if (phones.length + emails.length === 0) return { field: "phones", why: "empty" };
  return { name, phones, emails };
}
