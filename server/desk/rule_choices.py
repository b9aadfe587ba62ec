"""What rules can ask about and name, called as their reader calls it: for the page where rules are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.tasks.topic import TOPICS
from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.calendars.model import Calendar
from crm_backend.canned.model import CannedReply
from crm_backend.cases import categories
from crm_backend.cases.settings_model import CaseResolution, CaseStatus, CaseType
from crm_backend.customers.records import Tag
from crm_backend.routing.settings_model import Team
from crm_backend.rules.fields import COMPARISONS, FIELDS
from crm_backend.rules.services import EVENTS
from crm_backend.segments.model import Segment
from crm_backend.tags.model import ConversationTag
from server.desk import words
from server.desk.api import Desk

MOST = 500
"""Of what may be many: tags of customers, segments, categories."""
Choices = list[dict[str, str]]

LISTS = {
    "case.type": "types",
    "case.status": "statuses",
    "case.team": "teams",
    "case.agent": "agents",
    "case.category": "categories",
    "customer.tags": "customer_tags",
    "customer.segments": "segments",
    "conversation.team": "teams",
    "conversation.topic": "topics",
}
"""The fields whose values are the company's own."""


class RuleChoices:
    """`GET /desk/api/rule-choices`: a handler beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        return [web.get("/desk/api/rule-choices", self._desk.signed_in(self.choices, "cases.configure"))]

    async def choices(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """Events, fields with their comparisons and values, and the lists that actions name something of."""
        actor, language = await access.actor_of(session, agent, "desk"), agent.language
        lists = await _lists(session, language)
        if not actor.may("segments.read"):
            lists["segments"] = []
        if not actor.may("customers.read"):
            lists["customer_tags"] = []
        fields = [
            {
                "field": path,
                "label": field.fr if language == "fr" else field.en,
                "type": field.type,
                "comparisons": COMPARISONS[field.type],
                "choices": list(field.choices),
                "list": LISTS.get(path),
            }
            for path, field in FIELDS.items()
        ]
        return web.json_response({"events": EVENTS, "fields": fields, "lists": lists})


async def _lists(session: AsyncSession, language: str) -> dict[str, Choices]:
    def called(rows: Iterable[Any]) -> Choices:
        return [{"key": row.key, "name": row.names.get(language) or row.key} for row in rows]

    def named(rows: Iterable[Any]) -> Choices:
        return [{"key": str(row.id), "name": row.name} for row in rows]

    agents = await session.scalars(select(Agent).where(Agent.active).order_by(Agent.name, Agent.id))
    types = await session.scalars(select(CaseType).order_by(CaseType.position, CaseType.key))
    statuses = await session.scalars(select(CaseStatus).order_by(CaseStatus.position, CaseStatus.key))
    resolutions = await session.scalars(select(CaseResolution).order_by(CaseResolution.position, CaseResolution.key))
    tags = await session.scalars(
        select(ConversationTag).where(ConversationTag.retired.is_(False)).order_by(ConversationTag.name)
    )
    replies = await session.scalars(
        select(CannedReply).where(CannedReply.archived.is_(False)).order_by(CannedReply.shortcut)
    )
    kept = await session.scalars(select(Tag).order_by(Tag.name).limit(MOST))
    return {
        "teams": called(await session.scalars(select(Team).order_by(Team.key))),
        "agents": named(agents),
        "types": called(types),
        "statuses": called(statuses),
        "resolutions": called(resolutions),
        "categories": [
            {"key": str(row.id), "name": row.names.get(language) or str(row.id)}
            for row in (await categories.whole(session))[:MOST]
        ],
        "tags": named(tags),
        "replies": [{"key": row.shortcut, "name": row.titles.get(language) or row.shortcut} for row in replies],
        "calendars": named(await session.scalars(select(Calendar).order_by(Calendar.name))),
        "segments": named(await session.scalars(select(Segment).order_by(Segment.name).limit(MOST))),
        "customer_tags": [{"key": row.name, "name": row.name} for row in kept],
        "topics": [{"key": key, "name": words.called(key, language)} for key in sorted(TOPICS)],
    }
