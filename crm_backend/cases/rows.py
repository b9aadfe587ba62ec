"""The rows that the services of cases look up and lock, and what is said when there is none."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.cases import values
from crm_backend.cases.model import Case
from crm_backend.cases.settings_model import CasePriority, CaseStatus, CaseTemplate, CaseType
from crm_backend.conversations.schema import owner_agent
from crm_backend.customers.model import Customer
from crm_backend.errors import Invalid, NotFound


async def locked(session: AsyncSession, case_id: UUID) -> Case:
    """The case, locked until the transaction ends, as it is now. Raises NotFound."""
    found: Case | None = await session.scalar(
        select(Case).where(Case.id == case_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such case")
    return found


async def case_type(session: AsyncSession, key: str | None) -> CaseType:
    """The type of this key, in use. Raises Invalid."""
    found = await session.get(CaseType, values.key("type", key))
    if found is None or not found.active:
        raise Invalid("type", "case_unknown")
    return found


async def status(session: AsyncSession, key: str) -> CaseStatus:
    """The status of this key. Raises Invalid."""
    found = await session.get(CaseStatus, values.key("status", key))
    if found is None:
        raise Invalid("status", "case_unknown")
    return found


async def priority(session: AsyncSession, *, impact: str, urgency: str) -> str:
    """What the matrix says of an impact and an urgency."""
    return (await session.get_one(CasePriority, (impact, urgency))).priority


async def template(session: AsyncSession, key: str | None) -> CaseTemplate | None:
    """The template of this key, in use; None without a key. Raises Invalid."""
    if key is None:
        return None
    found = await session.get(CaseTemplate, values.key("template", key))
    if found is None or not found.active:
        raise Invalid("template", "case_unknown")
    return found


async def customer(session: AsyncSession, customer_id: UUID | None) -> Customer | None:
    """The customer; None without an identifier. Raises Invalid."""
    if customer_id is None:
        return None
    found = await session.get(Customer, customer_id)
    if found is None:
        raise Invalid("customer_id", "case_unknown")
    return found


async def agent(session: AsyncSession, agent_id: UUID | None) -> UUID | None:
    """The identifier of an agent who works here, or None. Raises Invalid."""
    if agent_id is None:
        return None
    found = await session.get(Agent, agent_id)
    if found is None or not found.active:
        raise Invalid("agent_id", "case_unknown")
    return agent_id


async def agent_of(session: AsyncSession, actor: Actor) -> Agent | None:
    """The agent who acts; None when it is not one."""
    agent_id = owner_agent(actor.name)
    return await session.get(Agent, agent_id) if agent_id else None
