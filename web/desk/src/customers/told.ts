// The timeline in words: what each entry says, and what stands below it.

import type { Language } from "../types";
import type { Entry } from "./types";
import { amount } from "./values";
import type { Words } from "./words.en";

export interface Told {
  title: string;
  text: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");

/** An entry in words; a kind that this page does not know yet is told as an event. */
export function told({ kind, facts }: Entry, words: Words, language: Language): Told {
  const { said } = words.timeline;
  const n = text(facts.number);
  const sum = amount(facts.amount_minor ?? facts.total_minor, facts.currency, language);
  const one = (title: string, below: unknown = ""): Told => ({ title, text: text(below) });
  switch (kind) {
    case "message": return one(said.from[text(facts.author)] ?? said.unknown, [text(facts.subject), text(facts.text)].filter(Boolean).join("\n"));
    case "rating": return one(said.rating(Number(facts.score)), facts.comment);
    case "wrap_up": return one(said.wrapUp(text((facts.reason as Record<string, unknown> | null)?.[language])), facts.summary);
    case "order": return one(said.order(n, sum));
    case "shipped": return one(said.shipped(n), [text(facts.carrier), text(facts.tracking_number)].filter(Boolean).join(" "));
    case "delivered": return one(said.delivered(n));
    case "payment": return one(said.payment(n, sum));
    case "refund": return one(said.refund(n, sum));
    case "return": return one(said.return(n));
    case "invoice": return one((facts.what === "credit_note" ? said.credit : said.invoice)(n, text(facts.invoice)));
    case "case": return one(said.case(n, text(facts.subject)));
    case "case_comment": return one(said.comment, facts.text);
    case "note": return one(said.note, facts.text);
    case "consent": return one(said.consent(words.consents.purposes[text(facts.purpose)] ?? text(facts.purpose), facts.given === true));
    case "document": return one(said.document(text(facts.title)));
    case "merge": return one(facts.undone_at ? said.mergeUndone : said.merge);
    default: return one(said.unknown);
  }
}

/** The entries by day, in the order they came. */
export function byDay(entries: readonly Entry[]): [day: string, entries: Entry[]][] {
  const days: [string, Entry[]][] = [];
  for (const entry of entries) {
    const day = new Date(entry.at).toDateString();
    const last = days[days.length - 1];
    if (last?.[0] === day) last[1].push(entry);
    else days.push([day, [entry]]);
  }
  return days;
}
