"""A customer who is known and has proved it, for tests of what they may do with their own file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from actions.tasks import finding
from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions, new_id
from tests.support import core, shop
from tests.support.talking import Customer

finding.find()


async def known(sessions: Sessions, language: str = "fr", *, proof: str = "verified") -> tuple[Customer, UUID]:
    """A customer in a conversation who has proved so much."""
    talk = (await core.write(sessions, visitor=new_id().hex)).conversation_id
    async with sessions.begin() as session:
        owner = (await shop.customer(session)).id
        row = await session.get_one(Conversation, talk)
        row.customer_id, row.proof = owner, proof
    return Customer(talk, language), owner


async def agrees_twice(customer: Customer) -> list[str]:
    """The answer to a yes whose turn is run again."""
    before, again = dict(customer.slots), new_id()
    said: list[str] = []
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        said = await customer.says("oui", "affirm", turn=again)
    return said


async def all_of(sessions: Sessions, table: Any, **where: Any) -> list[Any]:
    async with sessions() as session:
        return list(await session.scalars(select(table).filter_by(**where).order_by(table.created_at)))
