"""The kinds of entries of a timeline: where each comes from, as a question to the database.

A noun adds its kind by an entry in SOURCES, whose `tables` find the rows of the customer `:customer` by an index;
`facts` is a JSON object that says what a reader needs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One kind of entry.

    `row` is its table with an alias, `tables` where those of a customer are found; `at` and `id` are expressions for
    when it was and what it is; `needs` is the permission to see it; `channel` the expression of its channel, or None
    where it has none.
    """

    kind: str
    labels: dict[str, str]
    row: str
    tables: str
    at: str
    id: str
    facts: str
    needs: str = "customers.read"
    channel: str | None = None
    conversation: str = "null::uuid"

    def question(self, *, channels: bool, before: bool, after: bool) -> str:
        """The newest entries of this kind, newest first, as many as `:limit`."""
        where = []
        if before:
            where.append(f"({self.at}, {self.id}) < (:before_at, :before_id)")
        if after:
            where.append(f"{self.at} >= :since")
        where.append(f"{self.at} < :until")
        if channels:
            where.append(f"{self.channel or 'null'} = any(:channels)")
        return _QUESTION.format(
            kind=self.kind,
            at=self.at,
            id=self.id,
            channel=self.channel or "null::text",
            conversation=self.conversation,
            facts=self.facts,
            row=self.row,
            tables=self.tables,
            where=" and ".join(where),
        )


# What is told of an entry is put together for those of the page only: a customer may have thousands.
_QUESTION = """
(select e.at, e.id, '{kind}' as kind, {channel} as channel, {conversation} as conversation_id, {facts} as facts
 from (select {at} as at, {id} as id from {tables} and {where} order by {at} desc, {id} desc limit :limit) e
 join {row} on {id} = e.id)
"""

# The number is looked up for the entries of the page, as all facts are.
_OF_ORDER = (
    "jsonb_build_object('order_id', {0}.order_id,"
    " 'number', (select q.number from orders q where q.id = {0}.order_id), {1})"
)

SOURCES: tuple[Source, ...] = (
    Source(
        kind="message",
        labels={"fr": "Message", "en": "Message"},
        row="messages m",
        tables="conversations c join messages m on m.conversation_id = c.id where c.customer_id = :customer",
        at="m.created_at",
        id="m.id",
        channel="m.channel",
        conversation="m.conversation_id",
        facts="jsonb_build_object('author', m.author, 'agent_id', m.agent_id, 'seq', m.seq,"
        " 'text', left(m.text, 500), 'delivery', m.delivery, 'subject', m.details ->> 'subject')",
        needs="conversations.read",
    ),
    Source(
        kind="rating",
        labels={"fr": "Avis", "en": "Rating"},
        row="ratings r",
        tables="conversations c join ratings r on r.conversation_id = c.id where c.customer_id = :customer",
        at="r.created_at",
        id="r.id",
        channel="r.channel",
        conversation="r.conversation_id",
        facts="jsonb_build_object('score', r.score, 'comment', left(r.comment, 500), 'author', r.author,"
        " 'agent_id', r.agent_id)",
        needs="conversations.read",
    ),
    Source(
        kind="wrap_up",
        labels={"fr": "Compte rendu", "en": "Wrap-up"},
        row="wrap_ups w",
        # A conversation that was closed once more has a newer one.
        tables="conversations c join wrap_ups w on w.conversation_id = c.id where c.customer_id = :customer"
        " and w.ended_by is distinct from 'replaced'",
        at="w.created_at",
        id="w.id",
        channel="w.channel",
        conversation="w.conversation_id",
        facts="jsonb_build_object('summary', left(w.summary, 500), 'edited', w.edited, 'agent_id', w.agent_id,"
        " 'reason', (select z.names from closing_reasons z where z.id = w.reason_id))",
        needs="conversations.read",
    ),
    Source(
        kind="order",
        labels={"fr": "Commande", "en": "Order"},
        row="orders o",
        tables="orders o where o.customer_id = :customer",
        at="coalesce(o.placed_at, o.created_at)",
        id="o.id",
        facts="jsonb_build_object('number', o.number, 'status', o.status, 'total_minor', o.total_minor,"
        " 'currency', o.currency)",
        needs="orders.read",
    ),
    Source(
        kind="case",
        labels={"fr": "Dossier", "en": "Case"},
        row="cases k",
        tables="cases k where k.customer_id = :customer",
        at="k.created_at",
        id="k.id",
        channel="k.channel",
        facts="jsonb_build_object('number', k.number, 'subject', left(k.subject, 300), 'status', k.status,"
        " 'type', k.type_key, 'priority', k.priority)",
        needs="cases.read",
    ),
    Source(
        kind="shipped",
        labels={"fr": "Expédition", "en": "Sent"},
        row="shipments p",
        # A cursor is (at, id): the two entries of a parcel must differ, and one instant for both says but one thing.
        tables="orders o join shipments p on p.order_id = o.id where o.customer_id = :customer"
        " and p.shipped_at is distinct from p.delivered_at",
        at="p.shipped_at",
        id="p.id",
        facts=_OF_ORDER.format("p", "'carrier', p.carrier, 'tracking_number', p.tracking_number"),
        needs="orders.read",
    ),
    Source(
        kind="delivered",
        labels={"fr": "Livraison", "en": "Delivered"},
        row="shipments l",
        tables="orders o join shipments l on l.order_id = o.id where o.customer_id = :customer",
        at="l.delivered_at",
        id="l.id",
        facts=_OF_ORDER.format("l", "'carrier', l.carrier, 'tracking_number', l.tracking_number"),
        needs="orders.read",
    ),
    Source(
        kind="payment",
        labels={"fr": "Paiement", "en": "Payment"},
        row="payments y",
        tables="orders o join payments y on y.order_id = o.id where o.customer_id = :customer",
        at="y.paid_at",
        id="y.id",
        facts=_OF_ORDER.format("y", "'method', y.method, 'amount_minor', y.amount_minor, 'currency', y.currency"),
        needs="orders.read",
    ),
    Source(
        kind="return",
        labels={"fr": "Retour", "en": "Return"},
        row="returns b",
        tables="orders o join returns b on b.order_id = o.id where o.customer_id = :customer",
        at="b.created_at",
        id="b.id",
        facts=_OF_ORDER.format("b", "'what', b.kind, 'status', b.status, 'closed_at', b.closed_at"),
        needs="orders.read",
    ),
    Source(
        kind="refund",
        labels={"fr": "Remboursement", "en": "Refund"},
        row="refunds f",
        tables="orders o join refunds f on f.order_id = o.id where o.customer_id = :customer",
        at="f.created_at",
        id="f.id",
        facts=_OF_ORDER.format(
            "f", "'amount_minor', f.amount_minor, 'currency', f.currency, 'status', f.status, 'done_at', f.done_at"
        ),
        needs="orders.read",
    ),
    Source(
        kind="invoice",
        labels={"fr": "Facture", "en": "Invoice"},
        row="invoices i",
        tables="orders o join invoices i on i.order_id = o.id where o.customer_id = :customer",
        at="i.issued_at",
        id="i.id",
        facts=_OF_ORDER.format(
            "i", "'what', i.kind, 'invoice', i.number, 'total_minor', i.total_minor, 'currency', i.currency"
        ),
        needs="orders.read",
    ),
    Source(
        kind="case_comment",
        labels={"fr": "Commentaire de dossier", "en": "Comment on a case"},
        row="case_comments t",
        # What was written to the customer is a message, and told as one.
        tables="cases k join case_comments t on t.case_id = k.id where k.customer_id = :customer"
        " and t.message_id is null",
        at="t.created_at",
        id="t.id",
        facts="jsonb_build_object('case_id', t.case_id, 'author', t.author, 'agent_id', t.agent_id,"
        " 'text', left(t.body, 500), 'edited_at', t.edited_at)",
        needs="cases.read",
    ),
    Source(
        kind="note",
        labels={"fr": "Note", "en": "Note"},
        row="customer_notes n",
        tables="customer_notes n where n.customer_id = :customer",
        at="n.created_at",
        id="n.id",
        facts="jsonb_build_object('author', n.author, 'text', left(n.text, 500), 'pinned', n.pinned,"
        " 'edited_at', n.edited_at)",
    ),
    Source(
        kind="consent",
        labels={"fr": "Consentement", "en": "Consent"},
        row="consent_events s",
        tables="consent_events s where s.customer_id = :customer",
        at="s.at",
        id="s.id",
        channel="nullif(s.channel, '')",
        facts="jsonb_build_object('purpose', s.purpose, 'given', s.given, 'how', s.how, 'actor', s.actor)",
    ),
    Source(
        kind="document",
        labels={"fr": "Document", "en": "Document"},
        row="customer_documents d",
        tables="customer_documents d where d.customer_id = :customer",
        at="d.created_at",
        id="d.id",
        facts="jsonb_build_object('title', d.title, 'actor', d.actor)",
    ),
    Source(
        kind="merge",
        labels={"fr": "Fusion", "en": "Merge"},
        row="merges g",
        tables="merges g where g.kept_id = :customer",
        at="g.created_at",
        id="g.id",
        facts="jsonb_build_object('gone_id', g.gone_id, 'actor', g.actor, 'undone_at', g.undone_at)",
    ),
)
"""In no order of importance: entries are ordered by when they were."""
KINDS = tuple(source.kind for source in SOURCES)
