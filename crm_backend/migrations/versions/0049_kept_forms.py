"""A form that was sent when the portal's visit had just ended is kept for the visit that follows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("portal_visits", sa.Column("kept", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("portal_visits", "kept")
