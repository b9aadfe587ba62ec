// The third column: the order concerned, then the person, then the rest.

import { ArrowLeft, ShieldQuestionMark } from "lucide-preact";
import { phone, spoken } from "../format";
import type { OpenConversation } from "../state/conversation";
import type { Beforehand, Customer, Order, Proof, Rating, Summary } from "../types";
import { CasesPart, OfferPart } from "./beside";
import { CopyButton, Icon, IconButton, ProofMark } from "./bits";
import { ContactPart } from "./contact";
import { useDesk, useLanguage, useMay, useSelect, useText } from "./hooks";
import { SuggestionsPlace, useSuggested } from "../suggestions/place";
import { OrderItem } from "./order";

export function ContextColumn() {
  const desk = useDesk();
  const t = useText();
  const open = useSelect((state) => state.open);
  return (
    <aside class="column context" aria-label={t.context.label} data-testid="context">
      <header class="bar not-three-flex">
        <IconButton icon={ArrowLeft} label={t.conversation.backToConversation} onClick={() => desk.go({ context: false })} />
        <p class="bar-title">{t.conversation.details}</p>
      </header>
      {open && <Content open={open} />}
    </aside>
  );
}

function Content({ open }: { open: OpenConversation }) {
  const t = useText();
  const seesCustomers = useMay("customers.read");
  const seesOrders = useMay("orders.read");
  const suggested = useSuggested();
  if (open.status === "loading") {
    return (
      <div class="context-scroll" aria-hidden="true">
        <div class="skeleton" style={{ height: "88px" }} />
        <div class="skeleton" style={{ height: "140px" }} />
      </div>
    );
  }
  if (open.status !== "ready") return null;
  const named = new Set(open.passport?.orders ?? []);
  const concerned = open.orders.filter((order) => named.has(order.number));
  const others = open.orders.filter((order) => !named.has(order.number));
  return (
    <div class="context-scroll">
      {concerned.length > 0 && <Orders title={t.context.concerned(concerned.length)} orders={concerned} conversation={open.id} expanded />}
      <Whose customer={open.customer} summary={open.summary} />
      {suggested && <SuggestionsPlace open={open} />}
      <CasesPart key={`cases-${open.id}`} cases={open.cases} conversation={open.id} />
      {open.customer && seesCustomers && <ContactPart key={open.id} conversation={open.id} />}
      {open.beforehand && <Told beforehand={open.beforehand} />}
      {open.summary?.rating && <Rated rating={open.summary.rating} />}
      {others.length > 0 && (
        <Orders title={concerned.length > 0 ? t.context.otherOrders : t.context.orders} orders={others} conversation={open.id} />
      )}
      {open.customer && seesOrders && open.orders.length === 0 && (
        <section class="part"><h2>{t.context.orders}</h2><p class="quiet">{t.context.noOrders}</p></section>
      )}
      {open.summary && open.customer && seesCustomers && !suggested && <OfferPart summary={open.summary} />}
    </div>
  );
}

function Whose({ customer, summary }: { customer: Customer | null; summary: Summary | null }) {
  const t = useText();
  const proof = summary?.proof ?? "anonymous";
  if (customer) return <Person customer={customer} proof={proof} />;
  // Somebody is known by name, and the rest is not for this role.
  if (!summary?.customer) return <Unknown />;
  return (
    <section class="part" data-testid="customer-hidden">
      <h2>{t.context.customer}</h2>
      <p class="part-lead"><span dir="auto">{summary.customer.name}</span><ProofMark proof={proof} /></p>
      <p class="quiet">{t.rights.customer}</p>
    </section>
  );
}

function Unknown() {
  const t = useText();
  return (
    <section class="part" data-testid="unverified">
      <h2>{t.context.customer}</h2>
      <p class="part-lead"><Icon of={ShieldQuestionMark} />{t.context.unknown}</p>
      <p class="quiet">{t.context.unknownText}</p>
    </section>
  );
}

function Person({ customer, proof }: { customer: Customer; proof: Proof }) {
  const t = useText();
  const language = useLanguage();
  const spent = customer.spent.map(({ amount }) => amount).join(" + ");
  const facts: [string, string | null, boolean][] = [
    [t.context.email, customer.email, true],
    [t.context.phone, customer.phone, true],
    [t.context.language, customer.language && t.languageName[customer.language], false],
    [t.context.address, customer.address, false],
    [t.context.since, customer.since && spoken(customer.since, language), false],
    [t.context.orders, customer.orders_count === null ? null : String(customer.orders_count), false],
    [t.context.spent, spent || null, false],
  ];
  return (
    <section class="part" data-testid="customer">
      <h2>{t.context.customer}</h2>
      <p class="part-lead"><a class="link" href={`#/customers/${customer.id}`} title={t.context.whole} dir="auto" data-testid="to-customer">{customer.name}</a><ProofMark proof={proof} /></p>
      <dl class="facts">
        {facts.map(([label, value, copy]) => value && (
          <div key={label}>
            <dt>{label}</dt>
            <dd dir="auto"><span>{phone(value)}</span>{copy && <CopyButton text={value} what={label} />}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const COPIED = ["email", "order_number"];

function Told({ beforehand }: { beforehand: Beforehand }) {
  const t = useText();
  const { facts, greeting } = beforehand;
  return (
    <section class="part" data-testid="beforehand">
      <h2>{t.context.beforehand}</h2>
      {facts.length > 0 && (
        <>
          <p class="quiet">{t.context.beforehandText}</p>
          <dl class="facts">
            {facts.map(({ name, label, value }) => (
              <div key={name}>
                <dt>{label}</dt>
                <dd dir="auto"><span>{value}</span>{COPIED.includes(name) && <CopyButton text={value} what={label} />}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {greeting && (
        <>
          <p class="quiet">{t.context.greeted}</p>
          <p class="rating-comment" dir="auto">{greeting.text}</p>
        </>
      )}
    </section>
  );
}

function Rated({ rating }: { rating: Rating }) {
  const t = useText();
  return (
    <section class="part" data-testid="rating">
      <h2>{t.context.rating}</h2>
      <p>{t.context.ratingOf(rating.score)}</p>
      {rating.comment && <p class="rating-comment" dir="auto">{rating.comment}</p>}
    </section>
  );
}

function Orders({ title, orders, conversation, expanded = false }: { title: string; orders: Order[]; conversation: string; expanded?: boolean }) {
  const desk = useDesk();
  return (
    <section class="part part-orders">
      <h2>{title}</h2>
      {orders.map((order) => <OrderItem key={order.number} order={order} expanded={expanded} onChanged={() => void desk.reading.loadOpen(conversation)} />)}
    </section>
  );
}
