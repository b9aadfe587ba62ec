"""Noticing that a customer is asked for what is known, or had to say it again. How often they are asked is a figure of
the reports (`repeat_yourself`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Message
from crm_backend.database import new_id
from crm_backend.errors import NotFound
from crm_backend.repeats import known
from crm_backend.repeats.asking import Fact, asked_for
from crm_backend.repeats.model import RepeatedFact
from crm_backend.repeats.saying import Words
from crm_backend.routing.model import QueueEntry

TOLD_IN = 20
"""Messages of the customer since the taking in which it is looked for what they say again."""
_STATED_AGAIN: tuple[Fact, ...] = ("order_number", "email", "phone", "postcode")


class Again(NamedTuple):
    """A fact that words ask for although it is known: `value`, and `seq` of the message that holds it; None where it
    stands on file."""

    fact: Fact
    value: str
    seq: int | None


async def already_known(session: AsyncSession, conversation_id: UUID, *, actor: Actor, text: str) -> list[Again]:
    """What these words, which the actor is about to send, ask for although the actor can see it. Raises NotFound."""
    actor.need("conversations.read")
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound("no such conversation")
    return await _again(session, conversation, actor=actor, text=text, before=None)


async def note(session: AsyncSession, conversation: Conversation, message: Message, *, agent: Agent) -> None:
    """Records what an agent's stored message asks for again, and what the customer had to say again before it."""
    found: list[tuple[str, UUID, datetime, Fact, int | None]] = []
    if asked_for(message.text):
        actor = await access.actor_of(session, agent, "desk")
        again = await _again(session, conversation, actor=actor, text=message.text, before=message.seq)
        found += [("asked", message.id, message.created_at, each.fact, each.seq) for each in again]
    found += await _told_again(session, conversation, before=message.seq)
    if found:
        rows = [
            {
                "id": new_id(), "created_at": at, "message_id": where,
                "kind": kind, "fact": fact, "agent_id": agent.id, "known_seq": seq,
            }
            for kind, where, at, fact, seq in found
        ]  # fmt: skip
        await session.execute(insert(RepeatedFact).values(rows).on_conflict_do_nothing())


async def told_again(session: AsyncSession, *, since: datetime, until: datetime) -> int:
    """In how many conversations customers said again, from `since` on and before `until`, what they had said before
    somebody took over."""
    counted = (
        select(func.count(func.distinct(Message.conversation_id)))
        .join(RepeatedFact, RepeatedFact.message_id == Message.id)
        .where(RepeatedFact.kind == "told", RepeatedFact.created_at >= since, RepeatedFact.created_at < until)
    )
    return await session.scalar(counted) or 0


async def _again(
    session: AsyncSession, conversation: Conversation, *, actor: Actor, text: str, before: int | None
) -> list[Again]:
    asked = asked_for(text)
    if not asked:
        return []
    facts = await known.facts(session, conversation, actor=actor, before=before)
    if "what_happened" in asked and await _answered_since_taken(session, conversation, before=before):
        # Whoever has begun to work on it asks for more, not for the same.
        facts.pop("what_happened", None)
    words = Words(text)
    return [
        Again(fact, facts[fact].value[: known.LONGEST_VALUE], facts[fact].seq)
        for fact in asked
        if fact in facts and not words.hold(fact, Words(facts[fact].value))
    ]


async def _answered_since_taken(session: AsyncSession, conversation: Conversation, *, before: int | None) -> bool:
    answers = select(func.max(Message.created_at)).where(
        Message.conversation_id == conversation.id, Message.author == "agent"
    )
    if before is not None:
        answers = answers.where(Message.seq < before)
    last = await session.scalar(answers)
    if last is None:
        return False
    taken = await session.scalar(
        select(func.max(QueueEntry.taken_at)).where(QueueEntry.conversation_id == conversation.id)
    )
    return taken is None or last >= taken


async def _told_again(
    session: AsyncSession, conversation: Conversation, *, before: int
) -> list[tuple[str, UUID, datetime, Fact, int | None]]:
    """What the customer said since the last answer that they had said before somebody took the conversation over."""
    last = select(func.coalesce(func.max(Message.seq), 0)).where(
        Message.conversation_id == conversation.id, Message.author == "agent", Message.seq < before
    )
    news = list(
        await session.scalars(
            select(Message)
            .where(
                Message.conversation_id == conversation.id,
                Message.author == "customer",
                Message.seq < before,
                Message.seq > last.scalar_subquery(),
            )
            .order_by(Message.seq)
            .limit(known.LOOKED_AT)
        )
    )
    if not any(letter.isdigit() or letter == "@" for message in news for letter in message.text):
        return []
    taken = await session.scalar(
        select(func.max(QueueEntry.taken_at)).where(QueueEntry.conversation_id == conversation.id)
    )
    since = [message for message in news if taken is None or message.created_at >= taken]
    if taken is None or not since:
        return []
    earlier = [
        message
        for message in await known.said_before(session, conversation.id, before=since[0].seq)
        if message.created_at < taken
    ]
    stated = _stated(earlier)
    found: dict[tuple[UUID, Fact], tuple[str, UUID, datetime, Fact, int | None]] = {}
    for message in since[:TOLD_IN]:
        words = Words(message.text)
        for fact, value, seq in stated:
            if words.hold(fact, value):
                found.setdefault((message.id, fact), ("told", message.id, message.created_at, fact, seq))
    return list(found.values())


def _stated(messages: Sequence[Message]) -> list[tuple[Fact, Words, int]]:
    """The different values that messages state, with the last that does; of too many, those said last."""
    found: dict[tuple[Fact, str], tuple[Fact, Words, int]] = {}
    for message in reversed(messages):
        if len(found) >= known.MOST_VALUES:
            break
        for fact, value in known.of_message(message).items():
            if fact in _STATED_AGAIN and (fact, value) not in found:
                found[fact, value] = fact, Words(value), message.seq
    return list(found.values())[: known.MOST_VALUES]
