"""Agents, the conversations before them and what a view shows, for tests of the inbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import inbox, lists
from crm_backend.conversations.reading.inbox import Criteria
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now

NOW = utc_now()


async def person(session: AsyncSession, name: str = "Emma Roy", role: str = "agent") -> Agent:
    made = Agent(id=new_id(), email=f"{new_id()}@example.com", name=name, password_hash="-", role=role)
    session.add(made)
    await session.flush()
    return made


async def talk(session: AsyncSession, owner: str, *, minutes: int = 1, **more: Any) -> Conversation:
    """A conversation that nobody has said anything in, so many minutes old."""
    who = Identity(id=new_id(), kind="browser", value=str(new_id()), proof="none")
    session.add(who)
    await session.flush()
    then = NOW - timedelta(minutes=minutes)
    more = {"channel": "webchat", "address": "x", "last_message_at": then} | more
    held = Conversation(id=new_id(), identity_id=who.id, owner=owner, **more)
    session.add(held)
    await session.flush()
    return held


async def seen(session: AsyncSession, agent: Agent, view: inbox.View, criteria: Criteria = inbox.ANY) -> list[UUID]:
    found, _ = await lists.listing(session, agent=agent, view=view, criteria=criteria)
    return [each.id for each in found]


async def acting(session: AsyncSession, agent: Agent) -> Actor:
    return await access.actor_of(session, agent, "desk")
