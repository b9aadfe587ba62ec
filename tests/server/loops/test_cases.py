"""The loop of cases tells, listens and closes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from crm_backend.access.actor import SYSTEM
from crm_backend.cases import services, workflow
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions
from crm_backend.notifications.schema import Start
from server.loops.cases import CaseLoop

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Heard:
    """Wake-ups, kept."""

    def __init__(self) -> None:
        self.told: list[UUID] = []
        self.cases: list[UUID] = []

    async def changed(self, conversation_id: UUID, *, outgoing: bool = False) -> None:
        assert outgoing
        self.told.append(conversation_id)

    async def case(self, case_id: UUID) -> None:
        self.cases.append(case_id)


async def test_it_tells_hears_and_closes(sessions: Sessions) -> None:
    now = NOON
    wakes: Any = Heard()
    mailbox = [Start(kind="email", channel="mail", account="main")]

    def loop() -> CaseLoop:
        return CaseLoop(sessions=sessions, wakes=wakes, starts=lambda: mailbox, now=lambda: now)

    async with sessions.begin() as session:
        customer = Customer(first_name="Léa", last_name="Martin", language="en")
        session.add(customer)
        await session.flush()
        session.add(Identity(kind="email", value="lea@example.com", customer_id=customer.id))
        new = NewCase(type_key="request", subject="Lamp", customer_id=customer.id)
        case = await services.open_case(session, new, actor=SYSTEM, now=now)
    assert await loop().work()
    async with sessions.begin() as session:
        message = await session.scalar(select(Message))
        assert message is not None
        assert message.text.startswith(f"Your case {case.number}")
        assert wakes.told == [message.conversation_id]
        await workflow.move(session, case.id, actor=SYSTEM, to="resolved", resolution="solved", now=now)
    now += timedelta(days=1)
    async with sessions.begin() as session:
        conversation = await session.get_one(Conversation, message.conversation_id)
        stream.append(session, conversation, author="customer", text="Still broken", now=now)
    assert not await loop().work()
    async with sessions.begin() as session:
        assert (await session.get_one(Case, case.id)).status == "reopened"
        await workflow.move(session, case.id, actor=SYSTEM, to="resolved", resolution="solved", now=now)
    now += timedelta(days=7)
    assert await loop().work()
    async with sessions() as session:
        assert (await session.get_one(Case, case.id)).status == "closed"
