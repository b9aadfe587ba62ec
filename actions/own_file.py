"""Whose file it is that a topic tells of or changes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions.tasks import orders, proving
from actions.tasks.talk import Talk
from crm_backend.access.actor import Actor
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.errors import NotProved

KEEPER = Actor("bot", frozenset({"customers.read", "customers.write"}), "assistant")
"""The assistant, writing to the file of a customer who has proved who they are and agreed to what is written."""


async def proved(talk: Talk) -> tuple[Actor, UUID]:
    """The customer, who has proved who they are, as an actor and by identifier; asks for the proof otherwise. Any order
    of theirs will do."""
    talk.facts.setdefault(orders.ALL, True)
    actor = await proving.customer(talk)
    return actor, await owner(talk.session, talk)


async def known(talk: Talk) -> UUID:
    """The customer whom the channel vouches for, or who has proved who they are; asks for the proof otherwise."""
    talk.facts.setdefault(orders.ALL, True)
    await proving.told(talk)
    return await owner(talk.session, talk, proof="channel")


async def owner(session: AsyncSession, talk: Talk, *, proof: str = "verified") -> UUID:
    """The customer of the conversation, where something is done; asks for nothing. Raises NotProved."""
    row = await session.get(Conversation, talk.turn.conversation, populate_existing=True)
    if row is None or row.customer_id is None or not at_least(row.proof, proof):
        raise NotProved(f"needs {proof}")
    return row.customer_id
