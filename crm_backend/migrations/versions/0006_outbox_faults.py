"""Bugs that a reply met are counted apart from the tries of its platform, and why it failed is kept as a word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DUE = "ix_outbox_due"
UNSENT = "state in ('queued', 'sending')"
REASONS = "reason in ('unreachable', 'window', 'content', 'settings', 'late', 'fault')"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("faults", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("reason", sa.String(), nullable=True))
    op.create_check_constraint(op.f("ck_outbox_reason"), "outbox", REASONS)
    op.create_index(
        DUE, "outbox", ["channel", "account", "available_at"], unique=False, postgresql_where=sa.text(UNSENT)
    )


def downgrade() -> None:
    op.drop_index(DUE, table_name="outbox", postgresql_where=sa.text(UNSENT))
    op.drop_constraint(op.f("ck_outbox_reason"), "outbox", type_="check")
    op.drop_column("outbox", "reason")
    op.drop_column("outbox", "faults")
