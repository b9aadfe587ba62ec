"""What tests of service levels and rules begin with: a calendar around the clock, policies, and cases that happen when
the test says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE, Actor
from crm_backend.access.permissions import ALL
from crm_backend.agents.model import Agent
from crm_backend.calendars import services as calendars
from crm_backend.calendars.model import Calendar
from crm_backend.cases import events as case_events
from crm_backend.cases import services as cases
from crm_backend.cases import workflow
from crm_backend.cases.model import Case, CaseConversation
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Customer, Identity
from crm_backend.service_levels import clocks, following, policies
from crm_backend.service_levels.model import CaseClock, ServicePolicy

following.listen()
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


async def calendar(session: AsyncSession, name: str = "Around the clock", **more: Any) -> Calendar:
    return await calendars.add(session, actor=COMMAND_LINE, **{"name": name, "zone": "UTC", "week": ALWAYS, **more})


async def policy(session: AsyncSession, calendar_id: UUID, name: str = "Everybody", **more: Any) -> ServicePolicy:
    targets = {"first_response": 60, "next_response": 30, "resolution": 480}
    fields = {"name": name, "calendar_id": calendar_id, **targets, **more}
    return await policies.add(session, actor=COMMAND_LINE, fields=fields)


async def customer(session: AsyncSession, **more: Any) -> Customer:
    made = Customer(first_name="Marie", last_name="Dupont", **more)
    session.add(made)
    await session.flush()
    return made


async def agent(session: AsyncSession, email: str = "claire@example.com", role: str = "agent") -> Agent:
    made = Agent(email=email, name="Claire Martin", role=role, language="fr", password_hash="-")
    session.add(made)
    await session.flush()
    return made


async def conversation(session: AsyncSession, of: Customer, address: str = "marie") -> Conversation:
    identity = Identity(kind="telegram", value=address, proof="channel", customer_id=of.id)
    session.add(identity)
    await session.flush()
    made = Conversation(
        channel="telegram", address=address, identity_id=identity.id, customer_id=of.id, proof="channel"
    )
    session.add(made)
    await session.flush()
    return made


async def case(session: AsyncSession, at: datetime = MONDAY, **more: Any) -> Case:
    new = NewCase(**{"type_key": "question", "subject": "Where is it?", "acknowledge": False, **more})
    return await cases.open_case(session, new, actor=COMMAND_LINE, now=at)


async def move(session: AsyncSession, which: Case, to: str, at: datetime, **more: Any) -> None:
    said = {"reason": "because", "resolution": "answered", "summary": "done"} | more
    if to in ("open", "waiting_on_customer"):
        said = {"reason": "because"}
    await workflow.move(session, which.id, actor=COMMAND_LINE, to=to, now=at, **said)


async def said(session: AsyncSession, which: Case, action: str, at: datetime, by: str = "customer") -> None:
    """A word in the case's conversation: `customer_wrote`, `answered` or `replied`."""
    await case_events.happened(session, which, actor=Actor(by, ALL), action=action, at=at)


async def clock(session: AsyncSession, which: Case, kind: str) -> CaseClock:
    """The latest round."""
    return [each for each in await clocks.of_case(session, which.id) if each.kind == kind][-1]


async def link(session: AsyncSession, which: Case, to: Conversation) -> None:
    session.add(CaseConversation(case_id=which.id, conversation_id=to.id))
    await session.flush()
