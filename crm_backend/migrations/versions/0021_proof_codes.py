"""Codes that prove an address, the secret that an outbox item carries, and tries at gift cards."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
CHECKS = {
    "purpose": "purpose in ('prove', 'change')",
    "kind": "kind in ('email', 'phone')",
    "heard": "heard in ('ok', 'wrong', 'expired', 'used', 'replaced', 'locked')",
}


def upgrade() -> None:
    op.add_column("outbox", sa.Column("secret", sa.String(), nullable=True))
    op.create_table(
        "proof_codes",
        *_identified("proof_codes"),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("writer_id", sa.Uuid(), nullable=True),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("wrong", sa.Integer(), server_default="0", nullable=False),
        sa.Column("heard_turn_id", sa.Uuid(), nullable=True),
        sa.Column("heard", sa.String(), nullable=True),
        *(sa.CheckConstraint(said, name=op.f(f"ck_proof_codes_{name}")) for name, said in CHECKS.items()),
        _key("proof_codes", "conversation_id", "conversations", "CASCADE"),
        _key("proof_codes", "writer_id", "identities", "SET NULL"),
        _key("proof_codes", "identity_id", "identities", "SET NULL"),
        sa.UniqueConstraint("turn_id", name=op.f("uq_proof_codes_turn_id")),
    )
    op.create_index(op.f("ix_proof_codes_identity_id"), "proof_codes", ["identity_id"])
    for column in ("conversation_id", "writer_id", "address_key"):
        op.create_index(f"ix_proof_codes_{column}_created_at", "proof_codes", [column, "created_at"])
    op.create_table(
        "gift_card_tries",
        *_identified("gift_card_tries"),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("writer_id", sa.Uuid(), nullable=True),
        sa.Column("code_key", sa.String(), nullable=False),
        sa.Column("card_key", sa.String(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=True),
        _key("gift_card_tries", "conversation_id", "conversations", "CASCADE"),
        _key("gift_card_tries", "writer_id", "identities", "SET NULL"),
        sa.UniqueConstraint("turn_id", name=op.f("uq_gift_card_tries_turn_id")),
    )
    for column in ("conversation_id", "writer_id", "card_key"):
        op.create_index(f"ix_gift_card_tries_{column}_created_at", "gift_card_tries", [column, "created_at"])


def downgrade() -> None:
    op.drop_table("gift_card_tries")
    op.drop_table("proof_codes")
    op.drop_column("outbox", "secret")


def _identified(table: str) -> list[Any]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _key(table: str, column: str, target: str, gone: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=gone)
