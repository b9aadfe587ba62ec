"""Products have a picture, and a page in the shop for each language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("products", sa.Column("image", sa.String(), nullable=True))
    op.add_column("products", sa.Column("pages", JSONB(), server_default=sa.text("'{}'"), nullable=False))


def downgrade() -> None:
    op.drop_column("products", "pages")
    op.drop_column("products", "image")
