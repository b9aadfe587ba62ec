"""Where codes are asked from on pages, and which words of the company's own site have let somebody in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proof_codes", sa.Column("asked_from", sa.String(), nullable=True))
    op.create_index("ix_proof_codes_asked_from_created_at", "proof_codes", ["asked_from", "created_at"])
    op.create_table(
        "portal_tokens",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_portal_tokens")),
    )


def downgrade() -> None:
    op.drop_table("portal_tokens")
    op.drop_index("ix_proof_codes_asked_from_created_at", "proof_codes")
    op.drop_column("proof_codes", "asked_from")
