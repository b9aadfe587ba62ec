"""Conversations that were spoken and closed, straight into the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.queries import actor_of
from crm_backend.agents.model import Agent
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import agent_owner
from crm_backend.customers.model import Customer
from crm_backend.database import new_id
from tests.crm_backend.routing import centre

TALK = (
    ("customer", "Bonjour ! Ma théière M-1042 est arrivée cassée hier. Je voudrais un remboursement."),
    ("agent", "Bonjour Marie ! Pouvez-vous m’envoyer une photo ?"),
    ("customer", "oui la voilà"),
    ("agent", "J’ai lancé le remboursement de la théière cassée. Je vous écrirai vendredi. Bonne journée !"),
    ("customer", "merci"),
)


async def customer(session: AsyncSession, **more: Any) -> Customer:
    made = Customer(**{"first_name": "Marie", "last_name": "Dupont", "language": "fr"} | more)
    session.add(made)
    await session.flush()
    return made


async def said(session: AsyncSession, conversation: Conversation, *spoken: tuple[str, str]) -> None:
    """Adds messages, in their order."""
    for author, text in spoken:
        conversation.last_seq += 1
        seq = conversation.last_seq
        told = {"seq": seq, "place": seq, "author": author, "text": text, "channel": conversation.channel}
        session.add(Message(id=new_id(), conversation_id=conversation.id, **told))
    await session.flush()


async def spoken(session: AsyncSession, who: Agent, *talk: tuple[str, str], **more: Any) -> Conversation:
    """A conversation that the agent has."""
    made = await centre.waits(session, **more)
    made.owner, made.waiting_since = agent_owner(who.id), None
    await said(session, made, *(talk or TALK))
    return made


async def closed(session: AsyncSession, who: Agent, *talk: tuple[str, str], **more: Any) -> Conversation:
    """One that they closed."""
    made = await spoken(session, who, *talk, **more)
    await owners.close(session, conversation_id=made.id, agent=who, version=made.version)
    await session.flush()
    return made


async def actor(session: AsyncSession, who: Agent) -> Any:
    return await actor_of(session, who, "desk")
