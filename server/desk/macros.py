"""Macros at the desk: which there are, what one would do in a conversation, and having it done."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.canned import placeholders
from crm_backend.canned.model import CannedReply
from crm_backend.cases.settings_model import CaseResolution, CaseStatus, CaseType
from crm_backend.macros import running, services
from crm_backend.macros.model import Macro
from crm_backend.routing.settings_model import Team
from crm_backend.tags import services as tags
from crm_backend.tags.model import ConversationTag
from server.desk import views
from server.desk.api import CHANGED, OFFERED, At, Desk, body, identifier
from server.problems import sentence

FOUND = 50
"""Macros that are offered at a time."""


class Run(At):
    client_id: UUID


class MacroPages:
    """Handlers beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, macro = self._desk.signed_in, "/desk/api/conversations/{id}/macros/{macro}"
        return [
            web.get("/desk/api/macros", ours(self.listed, "conversations.write")),
            web.get("/desk/api/macro-choices", ours(self.choices, "conversations.write")),
            web.post(macro + "/preview", ours(self.preview, "conversations.write")),
            web.post(macro, ours(self.run, "conversations.write")),
        ]

    async def listed(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        query = services.macros(actor, query=request.query.get("q", "")[:100] or None)
        rows = await session.scalars(query.order_by(Macro.agent_id.is_(None), Macro.name, Macro.id).limit(FOUND))
        names = await _names(session, agent.language)
        return web.json_response({"items": [_macro(row, names) for row in rows]})

    async def choices(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """What a step can name."""
        language, actor = agent.language, await access.actor_of(session, agent, "desk")
        replies = select(CannedReply).where(CannedReply.archived.is_(False)).order_by(CannedReply.shortcut)
        resolutions = await session.scalars(select(CaseResolution).order_by(CaseResolution.key))
        agents = await session.scalars(select(Agent).where(Agent.active).order_by(Agent.name))
        return web.json_response(
            {
                "tags": [views.tag_out(row) for row in await tags.listed(session, actor=actor, retired=False)],
                "teams": _called(await session.scalars(select(Team).order_by(Team.key)), language),
                "agents": [{"key": str(row.id), "name": row.name} for row in agents if row.id != agent.id],
                "types": _called(await session.scalars(select(CaseType).order_by(CaseType.key)), language),
                "statuses": _called(await session.scalars(select(CaseStatus).order_by(CaseStatus.position)), language),
                "resolutions": _called(resolutions, language),
                "replies": [
                    {"key": row.shortcut, "name": row.titles.get(language) or row.shortcut}
                    for row in (await session.scalars(replies) if actor.may("knowledge.read") else [])
                ],
                "placeholders": [{"key": key, "name": words[language]} for key, words in placeholders.FACTS.items()],
                "shares": actor.may(tags.CONFIGURES),
            }
        )

    async def preview(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        macro, how = await self._asked(request, session, agent)
        ran = await running.run(session, macro, how, rehearse=True)
        names = await _names(session, agent.language)
        return web.json_response({"steps": [_step(did, names, agent.language) for did in ran.steps]})

    async def run(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        macro, how = await self._asked(request, session, agent)
        ran = await running.run(session, macro, how)
        names = await _names(session, agent.language)
        if ran.done:
            request[CHANGED] = how.conversation_id
            if ran.offered is not None:
                request[OFFERED] = {ran.offered}
        return web.json_response(
            {
                "done": ran.done,
                "steps": [_step(did, names, agent.language) for did in ran.steps],
                "insert": ran.insert,
                "conversation": await views.summary(session, how.conversation_id, agent.language),
            }
        )

    async def _asked(self, request: web.Request, session: AsyncSession, agent: Agent) -> tuple[Macro, running.Running]:
        given, actor = await body(request, Run), await access.actor_of(session, agent, "desk")
        wanted = identifier(request, "macro")
        how = running.Running(
            actor=actor,
            agent=agent,
            conversation_id=identifier(request),
            version=given.version,
            client_id=given.client_id,
            now=datetime.now(self._desk.zone),
            ask_in=self._desk.ask_in,
            seen=given.seen,
        )
        return await services.read(session, actor=actor, macro_id=wanted), how


Names = dict[str, dict[str, str]]
"""By what a step names (`tag`, `team`…): what each is called."""


async def _names(session: AsyncSession, language: str) -> Names:
    def called(rows: Any) -> dict[str, str]:
        return {each["key"]: each["name"] for each in _called(rows, language)}

    agents = await session.execute(select(Agent.id, Agent.name))
    return {
        "tag": {str(row.id): row.name for row in await session.scalars(select(ConversationTag))},
        "team": called(await session.scalars(select(Team))),
        "agent": {str(key): name for key, name in agents},
        "type": called(await session.scalars(select(CaseType))),
        "status": called(await session.scalars(select(CaseStatus))),
    }


def _called(rows: Any, language: str) -> list[dict[str, str]]:
    return [{"key": row.key, "name": row.names.get(language) or row.key} for row in rows]


def _macro(row: Macro, names: Names) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "shared": row.agent_id is None,
        "steps": [{"do": step["do"], "what": _what(step, names)} for step in row.steps],
    }


def _what(step: Any, names: Names) -> str | None:
    """What a step is about, as its reader calls it."""
    for kind, known in names.items():
        if kind in step:
            return known.get(step[kind], "")
    return next((step[name] for name in ("canned", "language", "until") if name in step), None)


def _step(did: running.Did, names: Names, language: str) -> dict[str, Any]:
    labels = [placeholders.FACTS[name][language] for name in did.told.get("missing", [])]
    return {
        "do": did.step["do"],
        "what": _what(did.step, names),
        "done": did.done,
        "why": sentence(did.refused, language) if did.refused is not None else None,
        "text": did.told.get("text"),
        "missing": labels,
        "until": did.told.get("until"),
        "case": did.told.get("case"),
    }
