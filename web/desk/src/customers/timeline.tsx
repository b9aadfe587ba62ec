// Everything that passed between the customer and the company, the newest first.

import { Banknote, FileText, FolderOpen, GitMerge, MessageSquare, Package, PenLine, Star, StickyNote, Truck, Undo2, UserCheck, type LucideIcon } from "lucide-preact";
import { useState } from "preact/hooks";
import { clock } from "../format";
import { ChannelIcon, Icon } from "../ui/bits";
import { useLanguage, useMay } from "../ui/hooks";
import { More, Nothing, usePaged, useWords, Waiting } from "./parts";
import { byDay, told } from "./told";
import type { Entry } from "./types";
import { dayName } from "./values";

const ICONS: Record<string, LucideIcon> = {
  message: MessageSquare, rating: Star, wrap_up: PenLine, order: Package, shipped: Truck, delivered: Truck, payment: Banknote, refund: Banknote, return: Undo2, invoice: FileText,
  case: FolderOpen, case_comment: FolderOpen, note: StickyNote, consent: UserCheck, document: FileText, merge: GitMerge,
};
const NEEDS: Record<string, string[]> = {
  "conversations.read": ["message", "rating", "wrap_up"], "orders.read": ["order", "shipped", "delivered", "payment", "refund", "return", "invoice"], "cases.read": ["case", "case_comment"],
};

export function Timeline({ customer }: { customer: string }) {
  const words = useWords();
  const [kind, choose] = useState("");
  const path = `/customers/${customer}/timeline?limit=40${kind ? `&kind=${kind}` : ""}`;
  const list = usePaged<Entry>(path);
  const rights: Record<string, boolean> = { "conversations.read": useMay("conversations.read"), "orders.read": useMay("orders.read"), "cases.read": useMay("cases.read") };
  const hidden = Object.entries(NEEDS).flatMap(([needs, kinds]) => (rights[needs] ? [] : kinds));
  const kinds = Object.keys(words.timeline.kinds).filter((one) => !hidden.includes(one));
  return (
    <>
      <label class="cust-inline cust-filter">
        <span class="quiet">{words.timeline.filter}</span>
        <select class="cust-select" value={kind} data-testid="cust-kind" onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">{words.timeline.everything}</option>
          {kinds.map((one) => <option key={one} value={one}>{words.timeline.kinds[one]}</option>)}
        </select>
      </label>
      {!list.value ? <Waiting asked={list} /> : list.value.length === 0 ? <Nothing title={words.timeline.none} /> : <Days entries={list.value} />}
      <More list={list} />
    </>
  );
}

function Days({ entries }: { entries: Entry[] }) {
  const language = useLanguage();
  return (
    <div data-testid="cust-timeline">
      {byDay(entries).map(([day, those]) => (
        <section key={day} class="cust-day">
          <h3>{dayName(those[0]?.at ?? null, language)}</h3>
          <ol>{those.map((one) => <li key={`${one.kind}:${one.id}`}><Line entry={one} /></li>)}</ol>
        </section>
      ))}
    </div>
  );
}

function Line({ entry }: { entry: Entry }) {
  const words = useWords();
  const language = useLanguage();
  const opens = useMay("conversations.read");
  const { title, text } = told(entry, words, language);
  return (
    <div class="cust-entry" data-testid="cust-entry" data-kind={entry.kind}>
      <Icon of={ICONS[entry.kind] ?? MessageSquare} size={14} />
      <div class="cust-entry-words">
        <p class="cust-entry-top">
          <span dir="auto">{entry.conversation_id && opens ? <a class="link" href={`#/closed/${entry.conversation_id}`} title={words.timeline.open}>{title}</a> : title}</span>
          {entry.channel && <ChannelIcon channel={entry.channel} />}
          <time class="quiet">{clock(entry.at, language)}</time>
        </p>
        {text && <p class="cust-entry-text" dir="auto">{text}</p>}
      </div>
    </div>
  );
}
