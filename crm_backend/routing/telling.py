"""Telling those who wait in a messenger how their wait has changed: when it is much, and not too often.

Where the wait is on the screen all along, as in the chat, nothing is sent; nor where nobody sits waiting, as by mail.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import confirming
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import Reply, owner_kind
from crm_backend.conversations.waiting import instead, instead_steps
from crm_backend.routing import forecasting
from crm_backend.routing.model import QueueEntry
from crm_backend.routing.services import agents_present

EVERY: Final = timedelta(minutes=5)
"""The least time between two messages about one wait, and before the first."""
LEAST_MINUTES: Final = 3
MOST: Final = 50
"""Waits that one round looks at."""

_WAITING = text("""
select e.id, e.team, e.conversation_id, e.points, e.ahead as ahead_first, e.predicted_seconds, e.told_at, e.told_ahead,
    e.told_minutes, e.entered_at, c.channel, c.owner, c.answer_by is not null as elsewhere,
    exists (select 1 from routing_offers o where o.entry_id = e.id and o.state = 'offered') as offered
from queue_entries e join conversations c on c.id = e.conversation_id
where e.left_at is null order by e.front desc, e.entered_at, e.id limit 2000
""")


@dataclass(frozen=True)
class Wait:
    """`ahead` people are before one; `minutes` is None while too little is known to tell."""

    ahead: int
    minutes: int | None


@dataclass(frozen=True)
class Change:
    """A wait as it is now; `longer` when it was foreseen to be shorter."""

    now: Wait
    longer: bool
    language: str


Wording = Callable[[Change], str]


async def tell(session: AsyncSession, *, channels: Collection[str], wording: Wording, now: datetime) -> list[UUID]:
    """Tells each customer on one of `channels` whose wait has changed by much since they were last told of it, at most
    every five minutes; the conversations. Nobody is told while no agent is there: nothing is known then.

    Who has been asked something, and may be about to answer that, is told later.
    """
    rows = list(await session.execute(_WAITING)) if channels else []
    places = [place for place, row in enumerate(rows) if row.channel in channels and not (row.offered or row.elsewhere)]
    due = [place for place in places if _last_told(rows[place]) <= now - EVERY][:MOST]
    if not due or not await agents_present(session):
        return []
    told = []
    known: dict[str, forecasting.Rates | None] = {}
    for place in due:
        row = rows[place]
        if row.team not in known:
            known[row.team] = await forecasting.rates(session, team=row.team)
        wait = await _wait(session, row, rows[:place], known[row.team])
        before = _before(row)
        if not much(before, wait):
            continue
        if await _say(session, row, wait, longer=is_longer(before, wait), wording=wording, now=now):
            told.append(row.conversation_id)
    return told


def much(before: Wait | None, now: Wait) -> bool:
    """Whether a change is worth a message: half of the wait and three minutes, or half of those who were before; and
    being next is."""
    if before is None:
        return True
    if now.ahead == 0 and before.ahead > 0:
        return True
    if before.minutes is not None and now.minutes is not None:
        return abs(now.minutes - before.minutes) >= max(LEAST_MINUTES, before.minutes / 2)
    return abs(now.ahead - before.ahead) >= max(2, before.ahead / 2)


def is_longer(before: Wait | None, now: Wait) -> bool:
    """Whether one waits longer than one was told."""
    if before is None:
        return False
    if before.minutes is not None and now.minutes is not None:
        return now.minutes > before.minutes
    return now.ahead > before.ahead


def _last_told(row: Any) -> datetime:
    at: datetime = row.told_at or row.entered_at
    return at


def _before(row: Any) -> Wait | None:
    """What was last told, else what was foreseen when the wait began, which is what was said then."""
    if row.told_at is not None:
        return Wait(row.told_ahead, row.told_minutes)
    if row.ahead_first is None:
        return None
    return Wait(row.ahead_first, forecasting.in_minutes(row.predicted_seconds))


async def _wait(session: AsyncSession, row: Any, earlier: list[Any], rates: forecasting.Rates | None) -> Wait:
    before = [each for each in earlier if each.team == row.team]
    if rates is None:
        return Wait(len(before), None)
    unoffered = sum(not each.offered for each in before)
    seconds = await forecasting.wait(session, rates, ahead=unoffered, points=row.points)
    return Wait(len(before), forecasting.in_minutes(seconds))


async def _say(session: AsyncSession, row: Any, wait: Wait, *, longer: bool, wording: Wording, now: datetime) -> bool:
    conversation = await session.scalar(
        select(Conversation)
        .where(Conversation.id == row.conversation_id)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if conversation is None or owner_kind(conversation.owner) != "queue" or conversation.channel != row.channel:
        return False
    last = await session.scalar(
        select(Message.content).where(
            Message.conversation_id == conversation.id, Message.seq == conversation.last_seq, Message.author == "bot"
        )
    )
    if (last or {}).get("asks", "").startswith((f"{confirming.ASKS}_", f"{instead_steps.ASKS}_")):
        return False
    entry = await session.get_one(QueueEntry, row.id, populate_existing=True)
    if entry.left_at is not None or entry.told_at != row.told_at:
        return False
    entry.told_at, entry.told_ahead, entry.told_minutes = now, wait.ahead, wait.minutes
    words = wording(Change(wait, longer, conversation.language))
    buttons = await instead.offered(session, conversation, now=now)
    reply, asks = Reply(text=words, buttons=buttons), {"asks": instead_steps.ASKS} if buttons else None
    # Who offers choices is the assistant.
    stream.send(session, conversation, author="bot" if buttons else "system", reply=reply, now=now, content=asks)
    await session.flush()
    return True
