"""Agents, and conversations in which nothing was said yet, for what is tested in one transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.conversations import stream
from crm_backend.conversations.desk import second_thoughts
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now


async def person(session: AsyncSession, role: str = "agent", name: str = "Emma Roy") -> tuple[Agent, Actor]:
    """Somebody at the desk."""
    made = Agent(id=new_id(), email=f"{new_id()}@example.com", name=name, password_hash="-", role=role)
    session.add(made)
    await session.flush()
    return made, await access.actor_of(session, made, "desk")


async def talk(session: AsyncSession, owner: Agent | str, **more: Any) -> Conversation:
    """A conversation of Marie Durand's, whom its channel vouches for."""
    customer = Customer(id=new_id(), first_name="Marie", last_name="Durand")
    identity = Identity(id=new_id(), kind="telegram", value=str(new_id()), customer=customer)
    has = owner if isinstance(owner, str) else agent_owner(owner.id)
    more = {"channel": "telegram", "address": "1", "proof": "channel", "language": "fr"} | more
    made = Conversation(id=new_id(), identity=identity, customer=customer, owner=has, **more)
    session.add_all([customer, identity, made])
    await session.flush()
    return made


async def writes(session: AsyncSession, made: Conversation, agent: Agent | None = None) -> None:
    """The customer says something there, or the agent."""
    author, by = ("agent", agent.id) if agent else ("customer", None)
    stream.append(session, made, author=author, text="Et ma facture\u00a0?", now=utc_now(), agent_id=by)
    await session.flush()


async def keeps_back(session: AsyncSession, made: Conversation, agent: Agent) -> UUID:
    """An answer that the agent may still take back, to what was said so far."""
    client_id, content = new_id(), {"seen": made.last_seq}
    await second_thoughts.hold(
        session,
        conversation_id=made.id,
        agent=agent,
        client_id=client_id,
        text="Bonjour",
        seconds=5,
        now=utc_now(),
        content=content,
    )
    return client_id
