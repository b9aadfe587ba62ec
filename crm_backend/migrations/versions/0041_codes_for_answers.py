"""Codes that prove where a person's answer is to go: asked for by a message, with no turn of the assistant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BEFORE = "num_nonnulls(conversation_id, browser_key) = 1 and num_nonnulls(conversation_id, turn_id) <> 1"
ASKED_IN = (
    "num_nonnulls(conversation_id, browser_key) = 1"
    " and num_nonnulls(conversation_id) = num_nonnulls(turn_id, message_id)"
)


def upgrade() -> None:
    op.add_column("proof_codes", sa.Column("message_id", sa.Uuid(), nullable=True))
    op.create_unique_constraint(op.f("uq_proof_codes_message_id"), "proof_codes", ["message_id"])
    _check("asked_in", ASKED_IN)
    _check("purpose", "purpose in ('prove', 'change', 'answer')")


def downgrade() -> None:
    op.execute("delete from proof_codes where message_id is not null")
    _check("purpose", "purpose in ('prove', 'change')")
    _check("asked_in", BEFORE)
    op.drop_constraint(op.f("uq_proof_codes_message_id"), "proof_codes", type_="unique")
    op.drop_column("proof_codes", "message_id")


def _check(name: str, rule: str) -> None:
    op.drop_constraint(op.f(f"ck_proof_codes_{name}"), "proof_codes", type_="check")
    op.create_check_constraint(op.f(f"ck_proof_codes_{name}"), "proof_codes", rule)
