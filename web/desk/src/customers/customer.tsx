// A customer's own page: who they are at one side, what has happened with them at the other.

import { FolderPlus, GitMerge, MessageSquare } from "lucide-preact";
import { useState } from "preact/hooks";
import { Refused } from "../api";
import { Icon } from "../ui/bits";
import { useLanguage, useMay } from "../ui/hooks";
import type { Summary } from "../types";
import { Addresses } from "./addresses";
import { CasesPart, CaseForm } from "./cases";
import { Consents } from "./consents";
import { ContactPanel } from "./contact";
import { ConversationsPart } from "./conversations";
import { Details } from "./details";
import { Identities } from "./identities";
import { Merges } from "./merges";
import { NotesPart } from "./notes";
import { OrdersPart } from "./orders";
import { useAsked, useWide, useWords, Vip, Waiting, type Asked } from "./parts";
import { TheirSegments } from "./theirs";
import { Timeline } from "./timeline";
import type { Known, Value, Whole } from "./types";
import { ValuePanel } from "./value";
import { dayName, fullName } from "./values";
import { hashOf, PARTS, type Part } from "./where";

/** Whom a record was merged into is told in the sentence that says so. */
const IDENTIFIER = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

export function CustomerCard({ id, part }: { id: string; part: Part }) {
  const words = useWords();
  const asked = useAsked<Whole>(`/customers/${encodeURIComponent(id)}`);
  if (asked.value) return <Card asked={asked} customer={asked.value} part={part} />;
  const into = asked.failed instanceof Refused && asked.failed.status === 409 ? IDENTIFIER.exec(asked.failed.detail)?.[0] : null;
  if (into) {
    return (
      <div class="cust-body cust-none" role="alert" data-testid="cust-merged">
        <p class="cust-none-title">{words.card.merged}</p>
        <a class="button" href={hashOf({ at: "customer", id: into, part: "card" })}>{words.card.openMerged}</a>
      </div>
    );
  }
  if (asked.failed instanceof Refused && [404, 422].includes(asked.failed.status)) {
    return (
      <div class="cust-body cust-none" data-testid="cust-none">
        <p class="cust-none-title">{words.card.unknown}</p>
        <p>{words.card.unknownText}</p>
        <a class="button" href={hashOf({ at: "search", words: "" })}>{words.card.toSearch}</a>
      </div>
    );
  }
  return <div class="cust-body"><Waiting asked={asked} rows={4} /></div>;
}

function Card({ asked, customer, part }: { asked: Asked<Whole>; customer: Whole; part: Part }) {
  const changes = useMay("customers.write");
  const value = useAsked<Value>(`/customers/${customer.id}/value`);
  const known: Known = { customer, reload: asked.reload };
  const wide = useWide();
  // Where there is room for one column only, the card is a part like the others; beside them it needs no name.
  const shown = wide && part === "card" ? "timeline" : part;
  return (
    <div class="cust-card" data-testid="cust-card">
      <Top customer={customer} vip={value.value?.vip ?? false} reload={asked.reload} />
      <div class="cust-columns">
        <div class="cust-main">
          <Parts customer={customer} part={shown} wide={wide} />
          {shown !== "card" && <div class="cust-part" data-testid={`cust-part-${shown}`}><Shown part={shown} known={known} /></div>}
        </div>
        <div class="cust-side" hidden={!wide && shown !== "card"}>
          <Details {...known} changes={changes} />
          <Identities {...known} changes={changes} />
          <Addresses {...known} changes={changes} />
          <ContactPanel customer={customer.id} changes={changes} />
          <Consents {...known} changes={changes} />
          <ValuePanel customer={customer.id} asked={value} changes={changes} objected={customer.consents.some((one) => one.purpose === "profiling" && one.channel === "" && !one.given)} />
          <TheirSegments customer={customer} />
        </div>
      </div>
    </div>
  );
}

function Top({ customer, vip, reload }: { customer: Whole; vip: boolean; reload(): void }) {
  const words = useWords();
  const language = useLanguage();
  const merges = useMay("customers.merge");
  const opensCases = useMay("cases.write");
  const reads = useMay("conversations.read");
  const [opening, open] = useState(false);
  const last = useAsked<{ items: Summary[] }>(reads && customer.counts.conversations > 0 ? `/desk/api/customers/${customer.id}/conversations` : null);
  const talk = last.value?.items[0];
  const { duplicates } = customer.counts;
  return (
    <header class="cust-top">
      <div class="cust-top-who">
        <h2 class="cust-name" dir="auto" data-testid="cust-name">{fullName(customer) || words.search.nobody}</h2>
        <p class="cust-marks">
          {customer.company && <span dir="auto">{customer.company}</span>}
          {vip && <Vip />}
          <span class="tag">{words.languages[customer.language]}</span>
          {customer.tags.map((tag) => <span key={tag} class="tag" dir="auto">{tag}</span>)}
          <span class="quiet">{words.card.since(dayName(customer.created_at, language))}</span>
        </p>
      </div>
      <div class="cust-acts">
        {talk && <a class="button primary" href={`#/closed/${talk.id}`} data-testid="cust-open-last"><Icon of={MessageSquare} />{words.card.openLast}</a>}
        {opensCases && <button type="button" class="button" aria-expanded={opening} data-testid="cust-open-case" onClick={() => open(!opening)}><Icon of={FolderPlus} />{words.card.openCase}</button>}
        {merges && (
          <a class="button" href={hashOf({ at: "merge", kept: customer.id, gone: "choose" })} data-testid="cust-merge"><Icon of={GitMerge} />{words.card.merge}</a>
        )}
      </div>
      {merges && duplicates > 0 && (
        <p class="cust-suspected" data-testid="cust-suspected">
          <span>{words.card.duplicates(duplicates)}</span>
          <a class="link" href={hashOf({ at: "merge", kept: customer.id, gone: "choose" })}>{words.card.look}</a>
        </p>
      )}
      {opening && <CaseForm customer={customer.id} onClose={() => open(false)} onMade={() => {
        open(false);
        reload();
        location.hash = hashOf({ at: "customer", id: customer.id, part: "cases" });
      }} />}
    </header>
  );
}

function Parts({ customer, part, wide }: { customer: Whole; part: Part; wide: boolean }) {
  const words = useWords();
  const { counts } = customer;
  const count: Partial<Record<Part, number>> = { orders: counts.orders, conversations: counts.conversations, cases: counts.cases, notes: counts.notes };
  const rights: Partial<Record<Part, boolean>> = { orders: useMay("orders.read"), conversations: useMay("conversations.read"), cases: useMay("cases.read") };
  return (
    <nav class="cust-parts" aria-label={words.partsLabel}>
      {PARTS.filter((one) => (rights[one] ?? true) && (one !== "card" || !wide)).map((one) => (
        <a key={one} class="cust-part-link" href={hashOf({ at: "customer", id: customer.id, part: one })} aria-current={one === part ? "page" : undefined} data-testid={`cust-to-${one}`}>
          {words.parts[one]}{count[one] ? <span class="count">{count[one]}</span> : null}
        </a>
      ))}
    </nav>
  );
}

function Shown({ part, known }: { part: Exclude<Part, "card">; known: Known }) {
  switch (part) {
    case "timeline": return <Timeline customer={known.customer.id} />;
    case "orders": return <OrdersPart customer={known.customer.id} />;
    case "conversations": return <ConversationsPart customer={known.customer.id} />;
    case "cases": return <CasesPart customer={known.customer.id} />;
    case "notes": return <NotesPart {...known} />;
    case "merges": return <Merges {...known} />;
  }
}
