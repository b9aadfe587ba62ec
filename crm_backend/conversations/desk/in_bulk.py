"""One thing done in many conversations: each for itself, so that one refusal keeps nothing from the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit.services import record
from crm_backend.conversations.desk import second_thoughts
from crm_backend.conversations.handing_over import owners, snoozes
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import new_id
from crm_backend.errors import Invalid, RelaisError
from crm_backend.notices.services import SUPERVISING
from crm_backend.routing import passing
from crm_backend.tags import tagging

MOST = 200
"""Conversations at a time."""


class Chosen(NamedTuple):
    """A conversation, the version at which its agent saw it, and the number of the last message they saw there: it is
    neither closed nor put off over one that its customer wrote since."""

    id: UUID
    version: int
    seen: int | None = None


class Left(NamedTuple):
    """One in which it was not done, and why."""

    id: UUID
    error: RelaisError


@dataclass(frozen=True)
class Work:
    """What is to be done: `take`, `close`, `snooze` (`until` a time, or with None until the customer writes), `tag`
    (`add`, `remove`), or `assign` to a `team` or an agent `to`, for a `reason` that a supervisor gives."""

    do: str
    until: datetime | None = None
    add: Sequence[UUID] = ()
    remove: Sequence[UUID] = ()
    team: str | None = None
    to: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class Means:
    """Who does it, and when; on the channels of `ask_in` customers are asked how it was."""

    actor: Actor
    agent: Agent
    now: datetime
    ask_in: Collection[str] = ()


async def do(
    session: AsyncSession, chosen: Sequence[Chosen], work: Work, means: Means
) -> tuple[list[UUID], list[Left]]:
    """Those in which it was done, in the order in which they were given, and those in which not. Needs
    conversations.write; each service looks at the rest. Raises NotAllowed, and Invalid for none, for more than MOST or
    for work that is none."""
    means.actor.need("conversations.write")
    if not 1 <= len({each.id for each in chosen}) <= MOST:
        raise Invalid("conversations", "bulk_most", most=MOST)
    step = _DO.get(work.do)
    if step is None or (work.do == "assign" and (work.team is None) == (work.to is None)):
        raise Invalid("do", "not_choice", expected=", ".join(_DO))
    await tagging.hold(session, {*work.add, *work.remove})
    await _lock(session, chosen)
    done: list[UUID] = []
    left: list[Left] = []
    for each in dict.fromkeys(chosen):
        try:
            async with session.begin_nested():
                await step(session, each, work, means)
                await session.flush()
        except RelaisError as error:
            left.append(Left(each.id, error))
        else:
            done.append(each.id)
    told: dict[str, Any] = {"do": work.do, "done": len(done), "left": len(left)}
    record(session, actor=means.actor, action="done_in_bulk", subject=("conversations", new_id()), **told)
    return done, left


async def _lock(session: AsyncSession, chosen: Sequence[Chosen]) -> None:
    """All of them first, in an order that everybody keeps, and before the agents to whom they are given."""
    ids = select(Conversation.id).where(Conversation.id.in_({each.id for each in chosen})).order_by(Conversation.id)
    await session.execute(ids.with_for_update(key_share=True))


async def _take(session: AsyncSession, each: Chosen, _: Work, means: Means) -> None:
    await owners.take(session, conversation_id=each.id, agent=means.agent, version=each.version)


async def _close(session: AsyncSession, each: Chosen, _: Work, means: Means) -> None:
    await second_thoughts.say_now(session, conversation_id=each.id, agent=means.agent, or_refuse=True)
    await owners.close(
        session,
        conversation_id=each.id,
        agent=means.agent,
        version=each.version,
        ask_in=means.ask_in,
        seen=each.seen,
    )


async def _snooze(session: AsyncSession, each: Chosen, work: Work, means: Means) -> None:
    await second_thoughts.say_now(session, conversation_id=each.id, agent=means.agent, or_refuse=True)
    await snoozes.snooze(
        session,
        conversation_id=each.id,
        agent=means.agent,
        version=each.version,
        until=work.until,
        now=means.now,
        seen=each.seen,
    )


async def _tag(session: AsyncSession, each: Chosen, work: Work, means: Means) -> None:
    await tagging.tag(session, actor=means.actor, conversation_id=each.id, add=work.add, remove=work.remove)


async def _assign(session: AsyncSession, each: Chosen, work: Work, means: Means) -> None:
    await second_thoughts.say_now(session, conversation_id=each.id, agent=means.agent, or_refuse=True)
    if work.team is not None:
        await passing.to_team(session, conversation_id=each.id, agent=means.agent, version=each.version, team=work.team)
        return
    assert work.to is not None
    if work.to == means.agent.id:
        await _take(session, each, work, means)
        return
    owner = await session.scalar(select(Conversation.owner).where(Conversation.id == each.id))
    if owner != agent_owner(means.agent.id) and means.actor.may(SUPERVISING):
        await passing.override(
            session,
            conversation_id=each.id,
            actor=means.actor,
            version=each.version,
            to=work.to,
            reason=work.reason,
        )
    else:
        await passing.to_agent(session, conversation_id=each.id, agent=means.agent, version=each.version, to=work.to)


_DO: dict[str, Callable[[AsyncSession, Chosen, Work, Means], Awaitable[None]]] = {
    "take": _take,
    "close": _close,
    "snooze": _snooze,
    "tag": _tag,
    "assign": _assign,
}
