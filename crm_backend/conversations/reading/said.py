"""Where words were said: the weeks of the index of messages, the newest first, until enough is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, cast, func, literal_column, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message

WEEK, FIRST = 604_800, 2_609
"""Seconds in a week of the index; its first since 1970, in which all is that is older than 2020
(`relais_week_words`)."""
MOST = 10_000
"""Conversations that are gathered, about: the words of more are common, and met soon by whoever goes through
conversations one by one."""
SLACK = timedelta(days=1)
"""By so much a conversation may seem younger than its first message, where clocks disagree."""

# A week costs microseconds, however common its words are: the index has each word of each week by itself. All weeks are
# one statement; with one for each the way there and back would cost more than the looking. What waits to be put into
# the index would be read through for every week: it is put in before (PostgreSQL, "GIN Fast Update Technique").
_BY_WEEK = text("""
with recursive whole as materialized (
  select coalesce(sum(gin_clean_pending_list(i.oid)), 0) as pages from pg_class i
  where i.oid = 'ix_messages_week_words'::regclass and pg_has_role(i.relowner, 'usage')
), asked as materialized (
  select regexp_replace(relais_plain(:looked_for), '([[:alnum:]]+)', '~\\1', 'g') as words from whole
), weeks (week, conversations, many) as (
  select floor(extract(epoch from now()) / :seconds)::int + 2, cast(null as uuid[]), 0
  union all
  select weeks.week - 1, found.conversations, weeks.many + coalesce(cardinality(found.conversations), 0)
  from weeks cross join asked cross join lateral (
    select array_agg(distinct m.conversation_id) as conversations from messages m
    where relais_week_words(m.created_at, m.text)
      @@ to_tsquery('simple', replace(asked.words, '~', 'w' || lpad((weeks.week - 1)::text, 5, '0')))
  ) found
  where weeks.many < :enough and weeks.week > :first
)
select min(week), max(many), coalesce(string_agg(array_to_string(conversations, ','), ','), '') from weeks
""")
_LOOKED_FOR = func.to_tsquery(literal_column("'simple'"), func.relais_plain(bindparam("looked_for")))
_IDENTIFIERS: Any = ARRAY(Uuid())
_HERE = func.relais_words(Message.text).op("@@")(_LOOKED_FOR)


class Said(NamedTuple):
    """Where the words of a query were said: in which conversations, `many` in all, and since when these are known; None
    when they are all there are, or too many to go by."""

    query: str
    conversations: str
    many: int
    since: datetime | None

    @property
    def common(self) -> bool:
        """Whether they were said so often that conversations are better asked one by one."""
        return self.many > MOST

    def known(self) -> Select[tuple[Any]]:
        """The conversations that are known."""
        # As one text: thousands of identifiers are made and read more slowly than they are found.
        return select(func.unnest(self._identifiers()))

    def holds(self) -> ColumnElement[bool]:
        """The condition that they were said in a conversation, whenever that was."""
        if self.common:
            return self._there(None)
        among = Conversation.id == func.any(self._identifiers())
        if self.since is None:
            return among
        # What was said before is looked for in those conversations only that began before.
        began_before = Conversation.created_at < self.since + SLACK
        return among | (began_before & self._there(self.since))

    def _identifiers(self) -> ColumnElement[Any]:
        return cast(func.string_to_array(self.conversations, ","), _IDENTIFIERS)

    def _there(self, before: datetime | None) -> ColumnElement[bool]:
        inside = select(true()).where(Message.conversation_id == Conversation.id, _HERE.params(looked_for=self.query))
        if before is not None:
            inside = inside.where(Message.created_at < before)
        # Not `exists`, for which the database would gather the conversations of all these messages after all.
        return inside.correlate(Conversation).limit(1).scalar_subquery().is_(True)


async def said(session: AsyncSession, query: str, *, enough: int) -> Said:
    """The conversations in which all words of a query (`searching.query_of`) were said in one message: those of so many
    of the newest weeks that they are `enough`."""
    asked = {"looked_for": query, "enough": enough, "seconds": WEEK, "first": FIRST}
    week, many, conversations = (await session.execute(_BY_WEEK, asked)).one()
    since = datetime.fromtimestamp(week * WEEK, UTC) if week > FIRST and many <= MOST else None
    return Said(query, conversations, many, since)
