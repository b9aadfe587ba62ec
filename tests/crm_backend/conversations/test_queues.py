"""Both queues stay as quick on a company's millionth message as on its first."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.sending import outbox
from crm_backend.conversations.thinking import turns

HISTORY = """
with visitor as (
  insert into identities (id, kind, value, proof) values (gen_random_uuid(), 'browser', 'v', 'none') returning id
), talk as (
  insert into conversations (id, channel, address, identity_id, proof, owner, version, language, language_pinned, mood,
    priority, last_seq, agent_seen_seq, customer_seen_seq, last_message_at)
  select gen_random_uuid(), 'webchat', 'v', id, 'anonymous', 'bot', 1, 'fr', false, 'calm', 'normal', 3000, 0, 0, now()
  from visitor returning id
), said as (
  insert into messages (id, conversation_id, seq, place, author, channel, text, content)
  select gen_random_uuid(), talk.id, seq, seq, 'bot', 'webchat', 'x', '{}' from talk, generate_series(1, 3000) seq
  returning id, conversation_id, seq
), thought as (
  insert into turns (id, conversation_id, message_id, seq, state, attempts)
  select gen_random_uuid(), conversation_id, id, seq, 'done', 1 from said
)
insert into outbox (id, conversation_id, message_id, seq, channel, address, state, attempts, available_at)
select gen_random_uuid(), conversation_id, id, seq, 'webchat', 'v', 'sent', 1, now() from said
"""
READ = text(
    "select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int from pg_stat_xact_user_tables"
    " where relname in ('turns', 'outbox')"
)


async def test_claiming_does_not_read_what_is_done(session: AsyncSession) -> None:
    await session.execute(text(HISTORY))
    before = await session.scalar(READ)
    # More often than PostgreSQL plans a statement for its very values.
    for _ in range(8):
        assert await turns.claim(session, lease_seconds=30) is None
        assert await outbox.claim(session, lease_seconds=30) == []
    assert await session.scalar(READ) - before < 100
