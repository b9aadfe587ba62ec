"""What tests of cases begin with: a customer, an agent, an order, conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.permissions import ALL
from crm_backend.agents.model import Agent
from crm_backend.cases import services
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message
from crm_backend.customers.model import Customer, Identity
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class World:
    """One customer, one agent, and what they do."""

    session: AsyncSession
    customer: Customer
    agent: Agent
    actor: Actor

    async def order(self, number: str = "FR-1001", customer: Customer | None = None) -> Order:
        order = Order(
            number=number,
            number_key=number_key(number),
            customer_id=(customer or self.customer).id,
            status="shipped",
            total_minor=4990,
            currency="EUR",
        )
        self.session.add(order)
        await self.session.flush()
        return order

    async def someone_else(self) -> Customer:
        other = Customer(first_name="Paul", last_name="Durand")
        self.session.add(other)
        await self.session.flush()
        return other

    async def conversation(self, kind: str = "browser", **given: Any) -> Conversation:
        address = f"{uuid4().hex}@example.com" if kind == "email" else uuid4().hex
        identity = Identity(kind=kind, value=address)
        self.session.add(identity)
        await self.session.flush()
        values: dict[str, Any] = {"customer_id": self.customer.id, "language": "fr", **given}
        made = Conversation(
            channel="mail" if kind == "email" else "webchat", address=address, identity_id=identity.id, **values
        )
        self.session.add(made)
        await self.session.flush()
        return made

    async def says(
        self, conversation: Conversation, text: str, *, author: str = "customer", now: datetime = NOON, **content: Any
    ) -> Message:
        agent_id = self.agent.id if author == "agent" else None
        message = stream.append(
            self.session, conversation, author=author, text=text, now=now, content=content, agent_id=agent_id
        )
        await self.session.flush()
        return message

    async def open(self, **given: Any) -> Case:
        values = {"type_key": "request", "subject": "Colis abîmé", "customer_id": self.customer.id, **given}
        now = values.pop("now", NOON)
        return await services.open_case(self.session, NewCase(**values), actor=self.actor, now=now)


@pytest.fixture
async def world(crm: AsyncSession) -> World:
    """Léa Martin, customer, and Claire, who has every right."""
    customer = Customer(first_name="Léa", last_name="Martin", language="fr")
    agent = Agent(email="claire@example.com", name="Claire Martin", password_hash="!", language="fr")
    crm.add_all([customer, agent])
    await crm.flush()
    return World(crm, customer, agent, Actor(f"agent:{agent.id}", ALL, "desk"))
