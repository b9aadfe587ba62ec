"""What customers who wait in a messenger were last told of their place."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COLUMNS: dict[str, Any] = {
    "told_at": sa.DateTime(timezone=True),
    "told_ahead": sa.Integer(),
    "told_minutes": sa.Integer(),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("queue_entries", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("queue_entries", name)
