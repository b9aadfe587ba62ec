"""The words of messages are put into their index many at a time.

One by one they are a fifth of what the database does for a message, and four fifths of what it writes to its log.
"""

from __future__ import annotations

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

INDEX = "ix_messages_week_words"


def upgrade() -> None:
    # So many kilobytes wait at the most: some milliseconds' work for whoever puts them in.
    op.execute(f"alter index {INDEX} set (fastupdate = on, gin_pending_list_limit = 256)")


def downgrade() -> None:
    op.execute(f"alter index {INDEX} set (fastupdate = off)")
    op.execute(f"alter index {INDEX} reset (gin_pending_list_limit)")
    op.execute(f"select gin_clean_pending_list('{INDEX}')")
