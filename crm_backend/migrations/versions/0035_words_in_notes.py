"""Words in private notes are found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_conversation_notes_words",
        "conversation_notes",
        [sa.text("relais_words(text)")],
        postgresql_using="gin",
    )


def downgrade() -> None:
    op.drop_index("ix_conversation_notes_words", "conversation_notes")
