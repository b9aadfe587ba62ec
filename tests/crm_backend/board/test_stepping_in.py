"""Listening in, whispering, moving who waits, and what the figures are held to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.board import stepping_in, targets
from crm_backend.board.held import owned_by
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message
from crm_backend.database import new_id
from crm_backend.errors import BadInput, Empty, Invalid, NotAllowed, NotFound, NotNow, Stale, TooLong
from crm_backend.routing.model import QueueEntry
from crm_backend.routing.settings_model import Team
from tests.crm_backend.routing import centre


async def acting(session: AsyncSession, agent: Agent) -> Actor:
    return await access.actor_of(session, agent, "desk")


async def house(session: AsyncSession) -> tuple[Agent, Agent, Conversation]:
    """A supervisor, an agent, and the conversation that the agent has."""
    nadia = await centre.agent(session, "Nadia Roux", role="supervisor")
    claire, talk = await centre.agent(session), await centre.waits(session)
    await owners.take(session, conversation_id=talk.id, agent=claire, version=talk.version)
    await session.flush()
    return nadia, claire, talk


async def noted(session: AsyncSession, action: str) -> list[AuditEntry]:
    return list(await session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


async def says(session: AsyncSession, agent: Agent, talk: Conversation, text: str = "Propose l’échange.",
               client_id: UUID | None = None) -> Any:  # fmt: skip
    return await stepping_in.whisper(session, talk.id, agent=agent, client_id=client_id or new_id(), text=text)


async def test_listening_in_is_noted_and_changes_nothing_in_the_conversation(crm: AsyncSession) -> None:
    nadia, claire, talk = await house(crm)
    before = (talk.version, talk.last_seq, talk.agent_seen_seq, talk.owner)
    await stepping_in.listen(crm, talk.id, actor=await acting(crm, nadia))
    await crm.refresh(talk)
    assert (talk.version, talk.last_seq, talk.agent_seen_seq, talk.owner) == before
    entry = (await noted(crm, "listened"))[0]
    assert (entry.actor, entry.subject_id) == (f"agent:{nadia.id}", str(talk.id))
    with pytest.raises(NotAllowed):
        await stepping_in.listen(crm, talk.id, actor=await acting(crm, claire))
    with pytest.raises(NotFound):
        await stepping_in.listen(crm, new_id(), actor=await acting(crm, nadia))


async def test_a_whisper_reaches_the_agent_and_nobody_else(crm: AsyncSession) -> None:
    nadia, claire, talk = await house(crm)
    thomas = await centre.agent(crm, "Thomas Bernard", role="supervisor")
    messages = await crm.scalar(select(func.count(Message.id)))
    said, new = await says(crm, nadia, talk)
    assert new and (await says(crm, nadia, talk, "Autre", said.client_id)) == (said, False)
    heard = {one.name: await stepping_in.whispers(crm, talk.id, agent=one) for one in (nadia, claire, thomas)}
    assert {name: [(each.whisper.text, each.author) for each in told] for name, told in heard.items()} == {
        "Nadia Roux": [("Propose l’échange.", "Nadia Roux")],
        "Claire Martin": [("Propose l’échange.", "Nadia Roux")],
        "Thomas Bernard": [],
    }
    assert await crm.scalar(select(func.count(Message.id))) == messages, "it is no message"
    assert "échange" not in str([(each.old, each.new, each.details) for each in await noted(crm, "whispered")])
    assert await stepping_in.heard(crm, talk.id, agent=thomas) == set()
    assert await stepping_in.heard(crm, talk.id, agent=claire) == {nadia.id}
    assert await stepping_in.heard(crm, talk.id, agent=claire) == set(), "it is read once"
    assert (await stepping_in.whispers(crm, talk.id, agent=nadia))[0].whisper.read_at is not None


@pytest.mark.parametrize(("text", "error"), [(" ", Empty), ("x" * 2_001, TooLong), ("\x00\u200b", Empty)])
async def test_a_whisper_has_words_and_not_too_many(crm: AsyncSession, text: str, error: type[Exception]) -> None:
    nadia, _, talk = await house(crm)
    with pytest.raises(error):
        await says(crm, nadia, talk, text)


async def test_only_supervisors_whisper_and_only_to_a_colleague_who_has_it(crm: AsyncSession) -> None:
    nadia, claire, talk = await house(crm)
    with pytest.raises(NotAllowed):
        await says(crm, claire, talk)
    nobodys = await centre.waits(crm)
    with pytest.raises(NotNow, match="nobody_to_whisper_to"):
        await says(crm, nadia, nobodys)
    said, _ = await says(crm, nadia, talk)
    with pytest.raises(BadInput):
        await says(crm, nadia, nobodys, client_id=said.client_id)


async def test_who_waits_is_moved_and_keeps_their_place(crm: AsyncSession) -> None:
    nadia, _, taken = await house(crm)
    crm.add(Team(key="returns", names={"fr": "Retours", "en": "Returns"}))
    first, second, third = [await centre.waits(crm, minutes=minutes) for minutes in (9, 5, 1)]
    before = dict((await crm.execute(select(QueueEntry.conversation_id, QueueEntry.entered_at))).tuples().all())
    actor = await acting(crm, nadia)
    moved = await stepping_in.move(crm, "support", actor=actor, to="returns", only=[first.id, taken.id])
    assert moved == [first.id], "what somebody has is left to them"
    assert set(await stepping_in.move(crm, "support", actor=actor, to="returns")) == {second.id, third.id}
    waiting = list(await crm.scalars(select(QueueEntry).where(QueueEntry.left_at.is_(None))))
    assert {(one.conversation_id, one.team, one.entered_at, one.front) for one in waiting} == {
        (talk.id, "returns", before[talk.id], False) for talk in (first, second, third)
    }
    shown = await owned_by(crm, "queue:returns", actor=actor)
    assert [one.id for one in shown] == [first.id, second.id, third.id]
    assert [(one.old, one.new) for one in await noted(crm, "moved")][:1] == [({"team": "support"}, {"team": "returns"})]
    assert await stepping_in.move(crm, "support", actor=actor, to="returns") == []


@pytest.mark.parametrize(
    ("to", "reason"), [("nowhere", "unknown_team"), ("a\x00b", "unknown_team"), ("support", "team_itself")]
)
async def test_there_is_no_moving_to_a_team_that_is_not_there(crm: AsyncSession, to: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        await stepping_in.move(crm, "support", actor=SYSTEM, to=to)


async def test_agents_move_nobody_and_look_at_nobodys_list(crm: AsyncSession) -> None:
    claire = await acting(crm, await centre.agent(crm))
    with pytest.raises(NotAllowed):
        await stepping_in.move(crm, "support", actor=claire, to="returns")
    with pytest.raises(NotAllowed):
        await owned_by(crm, "queue:support", actor=claire)


async def test_targets_are_changed_by_whom_it_is_for_and_noted(crm: AsyncSession) -> None:
    nadia = await acting(crm, await centre.agent(crm, role="supervisor"))
    begins = await targets.targets(crm)
    assert targets.told(begins) == {
        "answered_percent": 80, "answered_seconds": 60, "contained_percent": 60, "repeated_percent": 5,
        "satisfaction": 4.2,
    }  # fmt: skip
    row = await targets.change(crm, actor=nadia, given={"answered_seconds": 20, "satisfaction": 4}, version=1)
    assert (row.answered_seconds, row.satisfaction, row.answered_percent, row.version) == (20, 4.0, 80, 2)
    entry = (await noted(crm, "changed"))[-1]
    assert entry.subject_kind == "board_targets"
    assert [told and told["answered_seconds"] for told in (entry.old, entry.new)] == [60, 20]
    with pytest.raises(Stale):
        await targets.change(crm, actor=nadia, given={"answered_seconds": 30}, version=1)
    with pytest.raises(NotAllowed):
        await targets.change(crm, actor=await acting(crm, await centre.agent(crm)), given={})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("answered_percent", 0), ("answered_percent", 101), ("answered_seconds", 4), ("answered_seconds", 10**12),
        ("satisfaction", 5.1), ("satisfaction", float("nan")), ("repeated_percent", True), ("contained_percent", 50.5),
        ("id", 2), ("version", 9),
    ],
)  # fmt: skip
async def test_a_target_is_within_reason(crm: AsyncSession, name: str, value: Any) -> None:
    with pytest.raises(Invalid):
        await targets.change(crm, actor=SYSTEM, given={name: value})
