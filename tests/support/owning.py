"""Customers in a conversation, with what they have bought."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions, new_id
from crm_backend.orders import creating
from crm_backend.orders.model import Order
from tests.support import core, shop
from tests.support.talking import Customer


async def buyer(
    sessions: Sessions,
    *lines: creating.NewLine,
    proof: str = "verified",
    language: str = "fr",
    **order: Any,
) -> tuple[Customer, Order]:
    """Somebody who writes, and one order of theirs (`order_of`)."""
    talk = (await core.write(sessions, visitor=new_id().hex)).conversation_id
    async with sessions.begin() as session:
        row = await session.get_one(Conversation, talk)
        row.customer_id, row.proof = (await shop.customer(session)).id, proof
    customer = Customer(talk, language)
    return customer, await order_of(sessions, customer, *lines, **order)


async def order_of(
    sessions: Sessions,
    customer: Customer,
    *lines: creating.NewLine,
    at: datetime | None = None,
    arrives: bool = True,
    **more: Any,
) -> Order:
    """An order of the customer's that was paid, and arrived (yesterday, unless told)."""
    async with sessions.begin() as session:
        owner = (await session.get_one(Conversation, customer.conversation)).customer_id
        if arrives:
            return await shop.delivered(session, *lines, at=at, of=owner, **more)
        return await shop.paid(session, *lines, of=owner, **more)
