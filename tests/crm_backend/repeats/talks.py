"""A conversation that is handed over, for the tests of what is said twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.orders.model import Order, OrderLine
from crm_backend.orders.numbers import number_key


async def an_agent(session: AsyncSession, name: str = "Claire Martin", role: str = "agent") -> Agent:
    made = Agent(id=new_id(), email=f"{new_id()}@example.com", name=name, password_hash="-", role=role)
    session.add(made)
    await session.flush()
    return made


async def a_talk(session: AsyncSession, *, kind: str = "browser", value: str = "", **more: Any) -> Conversation:
    """A conversation with the assistant in which nothing was said yet."""
    who = Identity(id=new_id(), kind=kind, value=value or str(new_id()), proof="none")
    session.add(who)
    await session.flush()
    made = Conversation(id=new_id(), identity_id=who.id, channel="webchat", address="x", **more)
    session.add(made)
    await session.flush()
    return made


async def says(session: AsyncSession, talk: Conversation, text: str, **understood: str) -> Message:
    """The customer writes; `understood` are entities by name."""
    made = stream.append(session, talk, author="customer", text=text, now=utc_now())
    if understood:
        found = [{"entity": name, "value": value} for name, value in understood.items()]
        made.understanding = {"intent": "order_status", "confidence": 0.9, "entities": found}
    await session.flush()
    return made


async def hands_over(session: AsyncSession, talk: Conversation, agent: Agent) -> None:
    """The assistant gives up, and the agent takes it."""
    await owners.hand_over(session, talk, reason="asked", topic=None, now=utc_now())
    await session.flush()
    await owners.take(session, conversation_id=talk.id, agent=agent, version=talk.version)
    await session.flush()


async def answers(session: AsyncSession, talk: Conversation, agent: Agent, text: str) -> Message:
    """The agent writes."""
    said, _ = await owners.answer(session, conversation_id=talk.id, agent=agent, client_id=new_id(), text=text)
    return said


async def a_customer(session: AsyncSession, *numbers: str, at: datetime | None = None) -> Customer:
    """Somebody on file, with an address, a telephone and an order of one thing for each number."""
    made = Customer(id=new_id(), first_name="Marie", last_name="Durand")
    session.add(made)
    await session.flush()
    session.add(Address(customer_id=made.id, line1="12 rue des Lilas", postcode="69003", city="Lyon", country="FR"))
    session.add(Identity(customer_id=made.id, kind="phone", value="+33612345678", proof="none"))
    session.add(Identity(customer_id=made.id, kind="email", value="marie@example.com", proof="verified"))
    for number in numbers:
        order = Order(
            id=new_id(), number=number, number_key=number_key(number), customer_id=made.id, status="shipped",
            placed_at=at or utc_now(), total_minor=4_900, currency="EUR", ship_line1="12 rue des Lilas",
            ship_postcode="69003", ship_city="Lyon", ship_country="FR",
        )  # fmt: skip
        session.add(order)
        await session.flush()
        session.add(OrderLine(order_id=order.id, position=0, names={"fr": "Lampe Atlas"}, unit_price_minor=4_900))
    await session.flush()
    return made
