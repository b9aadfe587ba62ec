"""Deliveries that are under a lease are found however many wait: every process looks for those of the dead, each second."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

INDEX = "ix_outbox_leased"
LEASED = sa.text("state = 'sending' and lease is not null")


def upgrade() -> None:
    op.create_index(INDEX, "outbox", ["lease"], postgresql_where=LEASED)


def downgrade() -> None:
    op.drop_index(INDEX, table_name="outbox", postgresql_where=LEASED)
