"""Words in messages and names on channels are found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# Letters and digits are words, whatever stands between them: PostgreSQL's own reading takes an address for one word.
WORDS = """
create function relais_words(text) returns tsvector language sql immutable strict parallel safe
return to_tsvector('pg_catalog.simple'::regconfig, regexp_replace(public.relais_plain($1), '[^[:alnum:]]+', ' ', 'g'))
"""


def upgrade() -> None:
    op.execute(WORDS)
    op.create_index("ix_messages_words", "messages", [sa.text("relais_words(text)")], postgresql_using="gin")
    op.create_index(
        "ix_identities_shown_name",
        "identities",
        [sa.text("relais_plain(shown_name) gin_trgm_ops")],
        postgresql_using="gin",
        postgresql_where=sa.text("shown_name <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_identities_shown_name", "identities")
    op.drop_index("ix_messages_words", "messages")
    op.execute("drop function relais_words(text)")
