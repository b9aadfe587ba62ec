"""The companies that customers work for are found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_customers_company",
        "customers",
        [sa.text("relais_plain(company) gin_trgm_ops")],
        postgresql_using="gin",
        postgresql_where=sa.text("company <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_customers_company", "customers")
