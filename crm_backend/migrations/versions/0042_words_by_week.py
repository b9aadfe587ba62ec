"""Words in messages are found week by week, the newest first."""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

# Each word begins with the week since 1970 in which it was said. What is older than 2020 is in that year's first.
WORDS = """
create or replace function relais_week_words(timestamptz, text) returns tsvector
language sql immutable strict parallel safe
return to_tsvector('pg_catalog.simple'::regconfig, replace(
  ' ' || btrim(regexp_replace(public.relais_plain($2), '[^[:alnum:]]+', ' ', 'g')), ' ',
  ' w' || lpad(greatest(floor(extract(epoch from $1) / 604800)::int, 2609)::text, 5, '0')))
"""
# A search looks into the index once for each week: each time it would read through what waits to be put in. The words of
# one week lie beside each other, so putting them in at once is cheap.
INDEX = """
create index if not exists ix_messages_week_words on messages using gin (relais_week_words(created_at, text))
with (fastupdate = off)
"""


def upgrade() -> None:
    op.execute(WORDS)
    # Who has many millions of messages may have made it beforehand, `concurrently`.
    op.execute(INDEX)
    op.drop_index("ix_messages_words", "messages")


def downgrade() -> None:
    op.execute("create index ix_messages_words on messages using gin (relais_words(text))")
    op.drop_index("ix_messages_week_words", "messages")
    op.execute("drop function relais_week_words(timestamptz, text)")
