"""Messages are found again that tell where they were written from, or that are to be taken down on a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None
MARKS = ("asked_from", "take_down")


def upgrade() -> None:
    for mark in MARKS:
        where = sa.text(f"details ? '{mark}'")
        op.create_index(f"ix_messages_{mark}", "messages", ["created_at"], postgresql_where=where)


def downgrade() -> None:
    for mark in MARKS:
        op.drop_index(f"ix_messages_{mark}", "messages")
