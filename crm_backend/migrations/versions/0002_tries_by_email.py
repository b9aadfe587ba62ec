"""Wrong tries are counted by e-mail address too"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEX = "ix_verification_attempts_email_key_created_at"


def upgrade() -> None:
    op.add_column("verification_attempts", sa.Column("email_key", sa.String(), nullable=True))
    op.create_index(INDEX, "verification_attempts", ["email_key", "created_at"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="verification_attempts")
    op.drop_column("verification_attempts", "email_key")
