"""Visits to the customers' pages; codes and proofs by an order's facts that were asked for there, in no conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
CHECKS = {
    "way": "way in ('code', 'link', 'token', 'order')",
    "guest": "(way = 'order') = (order_id is not null)",
    "proved": "(way = 'order') = (identity_id is null)",
}
ASKED_IN = "num_nonnulls(conversation_id, browser_key) = 1 and num_nonnulls(conversation_id, turn_id) <> 1"


def upgrade() -> None:
    op.create_table(
        "portal_visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_visits")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_portal_visits_token_hash")),
        *(sa.CheckConstraint(said, name=op.f(f"ck_portal_visits_{name}")) for name, said in CHECKS.items()),
        *(_key(column, target) for column, target in (("customer_id", "customers"), ("identity_id", "identities"))),
        _key("order_id", "orders"),
    )
    for column in ("customer_id", "identity_id", "order_id"):
        op.create_index(op.f(f"ix_portal_visits_{column}"), "portal_visits", [column])
    op.add_column("proof_codes", sa.Column("browser_key", sa.String(), nullable=True))
    op.add_column("proof_codes", sa.Column("link_hash", sa.String(), nullable=True))
    for table in ("proof_codes", "verification_attempts"):
        for column in ("conversation_id", "turn_id"):
            op.alter_column(table, column, nullable=True)
    op.create_check_constraint(op.f("ck_proof_codes_asked_in"), "proof_codes", ASKED_IN)
    op.create_unique_constraint(op.f("uq_proof_codes_link_hash"), "proof_codes", ["link_hash"])
    op.create_index("ix_proof_codes_browser_key_created_at", "proof_codes", ["browser_key", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_proof_codes_browser_key_created_at", "proof_codes")
    op.drop_constraint(op.f("uq_proof_codes_link_hash"), "proof_codes", type_="unique")
    op.drop_constraint(op.f("ck_proof_codes_asked_in"), "proof_codes", type_="check")
    for table in ("proof_codes", "verification_attempts"):
        op.execute(f"delete from {table} where conversation_id is null")  # noqa: S608
        for column in ("conversation_id", "turn_id"):
            op.alter_column(table, column, nullable=False)
    op.drop_column("proof_codes", "link_hash")
    op.drop_column("proof_codes", "browser_key")
    op.drop_table("portal_visits")


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_portal_visits_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")
