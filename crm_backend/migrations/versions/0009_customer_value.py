"""The value of customers, segments, what is bought together.

Triggers note whose orders change: orders are written by imports, by the shop's API and by agents, and none may be
forgotten.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STAGE = "stage in ('prospect', 'new', 'active', 'declining', 'lost')"
ORDERS_CHANGED = """
create function note_orders_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into changed_customers (customer_id) select distinct customer_id from new_rows;
    elsif tg_op = 'DELETE' then
        insert into changed_customers (customer_id) select distinct customer_id from old_rows;
    else
        insert into changed_customers (customer_id)
        select unnest(array[o.customer_id, n.customer_id])
        from old_rows o join new_rows n on n.id = o.id
        where (o.customer_id, o.currency, o.total_minor, o.placed_at, o.status in ('cancelled', 'returned'))
            is distinct from
            (n.customer_id, n.currency, n.total_minor, n.placed_at, n.status in ('cancelled', 'returned'));
    end if;
    return null;
end $$
"""
CUSTOMERS_ADDED = """
create function note_customers_added() returns trigger language plpgsql as $$
begin
    insert into changed_customers (customer_id) select id from new_rows;
    return null;
end $$
"""
PROFILING_SPOKEN_OF = """
create function note_profiling_spoken_of() returns trigger language plpgsql as $$
begin
    insert into changed_customers (customer_id) select distinct customer_id from new_rows where purpose = 'profiling';
    return null;
end $$
"""
TRIGGERS = (
    ("orders_inserted", "insert on orders referencing new table as new_rows", "note_orders_changed"),
    ("orders_deleted", "delete on orders referencing old table as old_rows", "note_orders_changed"),
    (
        "orders_updated",
        "update on orders referencing old table as old_rows new table as new_rows",
        "note_orders_changed",
    ),
    ("customers_inserted", "insert on customers referencing new table as new_rows", "note_customers_added"),
    ("consents_inserted", "insert on consent_events referencing new table as new_rows", "note_profiling_spoken_of"),
)


def upgrade() -> None:
    _models()
    _settings()
    _values()
    _segments_and_pairs()
    op.execute(ORDERS_CHANGED)
    op.execute(CUSTOMERS_ADDED)
    op.execute(PROFILING_SPOKEN_OF)
    for name, on, function in TRIGGERS:
        op.execute(f"create trigger {name} after {on} for each statement execute function {function}()")
    op.execute("insert into changed_customers (customer_id) select id from customers")


def _models() -> None:
    op.create_table(
        "value_models",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), server_default="", nullable=False),
        sa.Column("parameters", postgresql.JSONB(), nullable=True),
        sa.Column("statistics", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('bg_nbd', 'gamma_gamma')", name=op.f("ck_value_models_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_models")),
    )
    op.create_index("ix_value_models_kind_currency_as_of", "value_models", ["kind", "currency", "as_of"])
    op.create_table(
        "value_runs",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("details", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_value_runs")),
    )
    op.create_table(
        "score_cuts",
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        *(sa.Column(f"cut{number}", sa.Float(), nullable=False) for number in range(1, 5)),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("measure in ('recency', 'frequency', 'monetary')", name=op.f("ck_score_cuts_measure")),
        sa.PrimaryKeyConstraint("measure", "currency", name=op.f("pk_score_cuts")),
    )


def _settings() -> None:
    limits = {
        "one": "id = 1",
        "window_days": "window_days between 30 and 3650",
        "horizon_days": "horizon_days between 30 and 1825",
        "yearly_discount": "yearly_discount between 0 and 1",
        "every_hours": "every_hours between 1 and 720",
        "pair_orders": "pair_orders between 2 and 1000000",
        "pair_confidence": "pair_confidence between 0 and 1",
        "pair_lift": "pair_lift between 0 and 1000",
    }
    op.create_table(
        "value_settings",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("window_days", sa.Integer(), server_default="730", nullable=False),
        sa.Column("horizon_days", sa.Integer(), server_default="365", nullable=False),
        sa.Column("yearly_discount", sa.Float(), server_default="0.1", nullable=False),
        sa.Column("every_hours", sa.Integer(), server_default="24", nullable=False),
        sa.Column("stage_rules", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("vip_rule", postgresql.JSONB(), nullable=True),
        sa.Column("pair_orders", sa.Integer(), server_default="5", nullable=False),
        sa.Column("pair_confidence", sa.Float(), server_default="0.05", nullable=False),
        sa.Column("pair_lift", sa.Float(), server_default="1.2", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_value_settings_{name}")) for name, rule in limits.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_settings")),
    )


def _values() -> None:
    scores = ("recency_score", "frequency_score", "monetary_score")
    op.create_table(
        "customer_values",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("orders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("order_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("currency_orders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("window_orders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("window_spent_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("figures_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(score, sa.SmallInteger(), nullable=True) for score in scores),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alive", sa.Float(), nullable=True),
        sa.Column("leaving_risk", sa.Float(), nullable=True),
        sa.Column("expected_orders", sa.Float(), nullable=True),
        sa.Column("expected_order_minor", sa.BigInteger(), nullable=True),
        sa.Column("lifetime_value_minor", sa.BigInteger(), nullable=True),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.Column("vip_by_rule", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("vip_by_hand", sa.Boolean(), nullable=True),
        sa.Column("vip_note", sa.String(), server_default="", nullable=False),
        sa.Column("vip_by", sa.String(), nullable=True),
        sa.Column("vip_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(STAGE, name=op.f("ck_customer_values_stage")),
        *(sa.CheckConstraint(f"{score} between 1 and 5", name=op.f(f"ck_customer_values_{score}")) for score in scores),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_values_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["value_models.id"],
            name=op.f("fk_customer_values_model_id_value_models"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_values")),
    )
    op.create_index("ix_customer_values_stage", "customer_values", ["stage"])
    op.create_index("ix_customer_values_lifetime_value_minor", "customer_values", ["currency", "lifetime_value_minor"])
    op.create_index("ix_customer_values_model_id", "customer_values", ["model_id"])
    op.create_table(
        "stage_changes",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(STAGE, name=op.f("ck_stage_changes_stage")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_stage_changes_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_changes")),
    )
    op.create_index("ix_stage_changes_customer_id_at", "stage_changes", ["customer_id", "at"])
    op.create_table(
        "changed_customers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changed_customers")),
    )


def _segments_and_pairs() -> None:
    op.create_table(
        "segments",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_segments_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    op.create_index("uq_segments_name", "segments", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "product_pairs",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("with_id", sa.Uuid(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("support", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("lift", sa.Float(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("product_id <> with_id", name=op.f("ck_product_pairs_two")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_pairs_product_id_products"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["with_id"], ["products.id"], name=op.f("fk_product_pairs_with_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", "with_id", name=op.f("pk_product_pairs")),
    )
    op.create_index("ix_product_pairs_with_id", "product_pairs", ["with_id"])


def downgrade() -> None:
    for name, on, _ in TRIGGERS:
        op.execute(f"drop trigger {name} on {on.split()[2]}")
    op.execute("drop function note_orders_changed()")
    op.execute("drop function note_customers_added()")
    op.execute("drop function note_profiling_spoken_of()")
    for table in (
        "product_pairs",
        "segments",
        "changed_customers",
        "stage_changes",
        "customer_values",
        "value_settings",
        "score_cuts",
        "value_runs",
        "value_models",
    ):
        op.drop_table(table)
