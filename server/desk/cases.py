"""The cases of a conversation's customer, as the desk shows them beside it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.queries import permissions_of
from crm_backend.agents.model import Agent
from crm_backend.cases import queries
from crm_backend.cases.settings_model import CaseStatus, CaseType
from crm_backend.conversations.reading.messages import instant


async def beside(session: AsyncSession, conversation_id: UUID, agent: Agent) -> list[dict[str, Any]]:
    """The open ones first, then the latest; none for an agent who may not see cases."""
    if "cases.read" not in await permissions_of(session, agent):
        return []
    found = await queries.of_conversation(session, conversation_id)
    if not found:
        return []
    language = agent.language
    types = {each.key: each.names[language] for each in await session.scalars(select(CaseType))}
    statuses = {each.key: each.names[language] for each in await session.scalars(select(CaseStatus))}
    return [
        {
            "id": str(case.id),
            "number": case.number,
            "subject": case.subject,
            "type": types[case.type_key],
            "status": statuses[case.status],
            "stage": case.stage,
            "priority": case.priority,
            "agent_id": str(case.agent_id) if case.agent_id else None,
            "due_at": instant(case.due_at) if case.due_at else None,
            "created_at": instant(case.created_at),
        }
        for case in found
    ]
