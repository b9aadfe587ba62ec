"""After-sales: policies, payments, refunds, returns, gift cards, invoices; and what orders need for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KEEP = """
create function relais_keep_invoice() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if current_setting('relais.retention', true) = 'over' then
            return old;
        end if;
        raise exception 'an invoice is kept';
    end if;
    if row(new.id, new.created_at, new.kind, new.year, new.sequence, new.number, new.corrects_id, new.issued_at,
           new.currency, new.total_minor, new.vat_minor, new.content)
       is distinct from
       row(old.id, old.created_at, old.kind, old.year, old.sequence, old.number, old.corrects_id, old.issued_at,
           old.currency, old.total_minor, old.vat_minor, old.content)
       or coalesce(new.order_id, old.order_id) is distinct from old.order_id
       or coalesce(new.refund_id, old.refund_id) is distinct from old.refund_id then
        raise exception 'an invoice is never changed';
    end if;
    return new;
end $$
"""
"""What an order or a refund that is gone leaves behind is all that may change. `relais.retention` is set to `over` by
whoever deletes invoices that need not be kept any longer."""


def upgrade() -> None:
    op.execute("create extension if not exists btree_gist")
    _orders()
    _tables()
    op.execute(_KEEP)
    op.execute(
        "create trigger keep_invoice before update or delete on invoices"
        " for each row execute function relais_keep_invoice()"
    )


def _orders() -> None:
    op.add_column("products", sa.Column("vat_rate", sa.Integer(), nullable=True))
    op.add_column("products", sa.Column("return_exclusion", sa.String(), nullable=True))
    op.create_check_constraint(op.f("ck_products_vat_rate"), "products", "vat_rate between 0 and 10000")
    op.create_check_constraint(
        op.f("ck_products_return_exclusion"), "products", "return_exclusion in ('hygiene', 'made_to_measure')"
    )
    op.add_column("order_lines", sa.Column("vat_rate", sa.Integer(), nullable=True))
    op.add_column("orders", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    for part in ("shipping_minor", "discount_minor"):
        op.add_column("orders", sa.Column(part, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_orders_replaces_id_orders"), "orders", "orders", ["replaces_id"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(op.f("ck_orders_parts"), "orders", "shipping_minor >= 0 and discount_minor >= 0")
    op.create_index(op.f("ix_orders_replaces_id"), "orders", ["replaces_id"])
    op.create_index("ix_orders_created_at_id", "orders", ["created_at", "id"])
    placed = sa.text("coalesce(placed_at, created_at)")
    op.create_index("ix_orders_placed", "orders", [placed, "id"])
    op.create_index("ix_orders_status_placed", "orders", ["status", placed, "id"])
    op.create_index("ix_orders_country_placed", "orders", ["ship_country", placed, "id"])
    op.create_index("ix_orders_updated_at_id", "orders", ["updated_at", "id"])
    op.execute(
        "delete from tracking_events a using tracking_events b where a.shipment_id = b.shipment_id"
        " and a.code = b.code and a.at = b.at and a.id > b.id"
    )
    op.create_unique_constraint(
        op.f("uq_tracking_events_shipment_id_code_at"), "tracking_events", ["shipment_id", "code", "at"]
    )


def _tables() -> None:
    op.create_table(
        "policies",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("kind"), "="),
            (sa.column("category"), "="),
            (sa.text("coalesce(product_id, '00000000-0000-0000-0000-000000000000'::uuid)"), "="),
            (sa.text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_policies_one_at_a_time",
        ),
        sa.CheckConstraint("category = '' or product_id is null", name=op.f("ck_policies_scope")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_policies_dates")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_policies_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
    )
    op.create_index(op.f("ix_policies_product_id"), "policies", ["product_id"], unique=False)
    op.create_table(
        "gift_cards",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("last_letters", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("balance_minor >= 0", name=op.f("ck_gift_cards_balance")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_gift_cards_currency")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_gift_cards_customer_id_customers"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_cards")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_gift_cards_code_hash")),
    )
    op.create_index("ix_gift_cards_created_at_id", "gift_cards", ["created_at", "id"], unique=False)
    op.create_index("ix_gift_cards_last_letters", "gift_cards", ["last_letters", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_gift_cards_customer_id"), "gift_cards", ["customer_id"], unique=False)
    op.create_table(
        "gift_card_entries",
        sa.Column("gift_card_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "amount_minor <> 0 and (amount_minor < 0) = (kind = 'redeemed')", name=op.f("ck_gift_card_entries_amount")
        ),
        sa.CheckConstraint("kind in ('issued', 'redeemed', 'refunded')", name=op.f("ck_gift_card_entries_kind")),
        sa.ForeignKeyConstraint(
            ["gift_card_id"],
            ["gift_cards.id"],
            name=op.f("fk_gift_card_entries_gift_card_id_gift_cards"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_gift_card_entries_order_id_orders"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card_entries")),
    )
    op.create_index(op.f("ix_gift_card_entries_gift_card_id"), "gift_card_entries", ["gift_card_id"], unique=False)
    op.create_index(op.f("ix_gift_card_entries_order_id"), "gift_card_entries", ["order_id"], unique=False)
    op.create_table(
        "order_commands",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_commands_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_commands")),
        sa.UniqueConstraint("actor", "key", name=op.f("uq_order_commands_actor_key")),
    )
    op.create_index(op.f("ix_order_commands_order_id"), "order_commands", ["order_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("gift_card_id", sa.Uuid(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(method = 'gift_card') = (gift_card_id is not null)", name=op.f("ck_payments_gift_card")),
        sa.CheckConstraint(
            "method in ('card', 'paypal', 'bank_transfer', 'direct_debit', 'cash', 'cheque', 'instalments', 'gift_card', 'other')",
            name=op.f("ck_payments_method"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payments_amount")),
        sa.CheckConstraint("refunded_minor between 0 and amount_minor", name=op.f("ck_payments_refunded")),
        sa.ForeignKeyConstraint(["gift_card_id"], ["gift_cards.id"], name=op.f("fk_payments_gift_card_id_gift_cards")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payments_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("order_id", "method", "reference", name=op.f("uq_payments_order_id_method_reference")),
    )
    op.create_index(op.f("ix_payments_gift_card_id"), "payments", ["gift_card_id"], unique=False)
    op.create_table(
        "returns",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("label_reference", sa.String(), nullable=True),
        sa.Column("label_url", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replacement_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('return', 'exchange')", name=op.f("ck_returns_kind")),
        sa.CheckConstraint(
            "status in ('requested', 'labelled', 'received', 'inspected', 'refunded', 'exchanged', 'refused', 'cancelled')",
            name=op.f("ck_returns_status"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_returns_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"], ["orders.id"], name=op.f("fk_returns_replacement_id_orders"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
    )
    op.create_index("ix_returns_created_at_id", "returns", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_returns_order_id"), "returns", ["order_id"], unique=False)
    op.create_index(op.f("ix_returns_replacement_id"), "returns", ["replacement_id"], unique=False)
    op.create_index("ix_returns_status_created_at", "returns", ["status", "created_at", "id"], unique=False)
    op.create_table(
        "return_lines",
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("wanted_variant_id", sa.Uuid(), nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.Column("refused_because", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "reason in ('changed_mind', 'wrong_size', 'not_as_described', 'wrong_item', 'damaged', 'defective', 'late', 'other')",
            name=op.f("ck_return_lines_reason"),
        ),
        sa.CheckConstraint("accepted between 0 and quantity", name=op.f("ck_return_lines_accepted")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_return_lines_order_line_id_order_lines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_lines_return_id_returns"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["wanted_variant_id"],
            ["variants.id"],
            name=op.f("fk_return_lines_wanted_variant_id_variants"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_lines")),
        sa.UniqueConstraint("return_id", "order_line_id", name=op.f("uq_return_lines_return_id_order_line_id")),
    )
    op.create_index(op.f("ix_return_lines_order_line_id"), "return_lines", ["order_line_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('requested', 'done')", name=op.f("ck_refunds_status")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_refunds_return_id_returns"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index("ix_refunds_created_at_id", "refunds", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"], unique=False)
    op.create_index(op.f("ix_refunds_return_id"), "refunds", ["return_id"], unique=False)
    op.create_index("ix_refunds_status_created_at", "refunds", ["status", "created_at", "id"], unique=False)
    op.create_table(
        "refund_parts",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('requested', 'done')", name=op.f("ck_refund_parts_status")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_parts_amount")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refund_parts_payment_id_payments"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_refund_parts_refund_id_refunds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_parts")),
        sa.UniqueConstraint("refund_id", "payment_id", name=op.f("uq_refund_parts_refund_id_payment_id")),
    )
    op.create_index(op.f("ix_refund_parts_payment_id"), "refund_parts", ["payment_id"], unique=False)
    op.create_table(
        "invoice_counters",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_invoice_counters")),
    )
    op.create_table(
        "invoices",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'credit_note') = (corrects_id is not null)", name=op.f("ck_invoices_corrects")),
        sa.CheckConstraint("kind in ('invoice', 'credit_note')", name=op.f("ck_invoices_kind")),
        sa.ForeignKeyConstraint(["corrects_id"], ["invoices.id"], name=op.f("fk_invoices_corrects_id_invoices")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id_orders"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_invoices_refund_id_refunds"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("kind", "year", "sequence", name=op.f("uq_invoices_kind_year_sequence")),
        sa.UniqueConstraint("number", name=op.f("uq_invoices_number")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_invoices_refund_id")),
    )
    op.create_index(op.f("ix_invoices_corrects_id"), "invoices", ["corrects_id"], unique=False)
    op.create_index("ix_invoices_created_at_id", "invoices", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_invoices_order_id"), "invoices", ["order_id"], unique=False)
    op.create_index(
        "uq_invoices_order", "invoices", ["order_id"], unique=True, postgresql_where=sa.text("kind = 'invoice'")
    )


def downgrade() -> None:
    for table in (
        "invoices",
        "invoice_counters",
        "refund_parts",
        "refunds",
        "return_lines",
        "returns",
        "payments",
        "order_commands",
        "gift_card_entries",
        "gift_cards",
        "policies",
    ):
        op.drop_table(table)
    op.execute("drop function relais_keep_invoice()")
    op.drop_constraint(op.f("uq_tracking_events_shipment_id_code_at"), "tracking_events")
    for name in (
        "ix_orders_updated_at_id",
        "ix_orders_country_placed",
        "ix_orders_status_placed",
        "ix_orders_placed",
        "ix_orders_created_at_id",
    ):
        op.drop_index(name, table_name="orders")
    for name in ("replaces_id", "discount_minor", "shipping_minor", "version"):
        op.drop_column("orders", name)
    op.drop_column("order_lines", "vat_rate")
    op.drop_column("products", "return_exclusion")
    op.drop_column("products", "vat_rate")
    op.execute("drop extension if exists btree_gist")
