"""The estimate of a wait: honest about what it knows."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents import services as agents
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import queries
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now
from crm_backend.routing import services as routing
from crm_backend.routing.model import QueueEntry


async def conversation(session: AsyncSession) -> Conversation:
    identity = Identity(id=new_id(), kind="browser", value=str(new_id()))
    session.add(identity)
    await session.flush()
    made = Conversation(id=new_id(), channel="webchat", address="x", identity_id=identity.id, owner="queue:support")
    session.add(made)
    await session.flush()
    return made


async def test_nothing_known_is_said_as_unknown(session: AsyncSession) -> None:
    estimate = await routing.wait_estimate(session)
    assert (estimate.ahead, estimate.minutes, estimate.agents_present) == (0, None, 0)


async def test_those_who_came_before_are_ahead(session: AsyncSession) -> None:
    now = utc_now()
    waiting = [await conversation(session) for _ in range(3)]
    for minutes, one in zip((9, 6, 3), waiting, strict=True):
        entered = now - timedelta(minutes=minutes)
        routing.enter(session, conversation_id=one.id, team="support", reason="asked", now=entered)
    await session.flush()
    assert [(await routing.wait_estimate(session, conversation_id=one.id)).ahead for one in waiting] == [0, 1, 2]
    await routing.leave(session, conversation_id=waiting[0].id, agent_id=None, now=now)
    assert (await routing.wait_estimate(session, conversation_id=waiting[2].id)).ahead == 1
    assert (await routing.wait_estimate(session)).ahead == 2


async def waited(session: AsyncSession) -> None:
    """Three who were answered after 1, 4 and 40 minutes."""
    now = utc_now()
    for minutes in (1, 4, 40):
        one = await conversation(session)
        session.add(
            QueueEntry(
                conversation_id=one.id,
                team="support",
                reason="asked",
                entered_at=now - timedelta(minutes=minutes),
                taken_at=now,
                left_at=now,
            )
        )
    await session.flush()


async def test_minutes_are_the_median_of_recent_waits(session: AsyncSession) -> None:
    await waited(session)
    assert (await routing.wait_estimate(session)).minutes == 4


async def test_who_waits_is_told_no_minutes_while_nobody_is_there(session: AsyncSession) -> None:
    await waited(session)
    one = await conversation(session)
    session.add(QueueEntry(conversation_id=one.id, team="support", reason="asked", entered_at=utc_now()))
    await session.flush()
    view = await queries.owner_view(session, one)
    assert (view.kind, view.ahead, view.minutes) == ("queue", 0, None)


async def test_an_agent_counts_while_the_desk_is_open(session: AsyncSession) -> None:
    await agents.add_agent(
        session, email="a@example.com", name="Ana", role="agent", language="fr", password="a-long-password"
    )
    signed_in = await agents.sign_in(session, email="a@example.com", password="a-long-password", hours=1)
    await session.flush()
    assert (await routing.wait_estimate(session)).agents_present == 1
    await agents.gone(session, signed_in.token)
    assert (await routing.wait_estimate(session)).agents_present == 0


async def test_the_queue_of_another_team_is_another_queue(session: AsyncSession) -> None:
    now = utc_now()
    billing, support = await conversation(session), await conversation(session)
    for minutes, one, team in ((9, billing, "billing"), (3, support, "support")):
        entered = now - timedelta(minutes=minutes)
        routing.enter(session, conversation_id=one.id, team=team, reason="asked", now=entered)
    for _ in range(3):
        old, then = await conversation(session), now - timedelta(minutes=20)
        session.add(
            QueueEntry(
                conversation_id=old.id, team="billing", reason="asked", entered_at=then, taken_at=now, left_at=now
            )
        )
    await session.flush()
    assert (await routing.wait_estimate(session, conversation_id=support.id)).ahead == 0
    waits = [await routing.wait_estimate(session, team=team) for team in ("support", "billing", "returns", None)]
    assert [(wait.ahead, wait.minutes) for wait in waits] == [(1, None), (1, 20), (0, None), (2, 20)]
