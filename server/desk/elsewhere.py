"""The desk's way to offer that a conversation goes on elsewhere: words with a link and a code, for the composer."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Blueprint
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.reading.messages import instant
from crm_backend.conversations.receiving.elsewhere import standing, take_along
from crm_backend.conversations.schema import agent_owner
from crm_backend.errors import NotFound, NotOwner
from server.desk.api import Body, Desk, body, identifier

CODES_PER_MINUTE = 20
WORDS = {
    "fr": "Pour continuer {where}, ouvrez ce lien\u00a0: {link}\nOu envoyez-nous {where} ce code\u00a0: {code}. "
    "Il sert une fois, pendant 30\u00a0minutes.",
    "en": "To carry on {where}, open this link: {link}\nOr send us this code {where}: {code}. "
    "It works once, for 30 minutes.",
}


class Chosen(Body):
    channel: str = Field(min_length=1, max_length=40)


class Elsewhere:
    """Handlers beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk, blueprints: Mapping[str, Blueprint]) -> None:
        self._desk, self._blueprints = desk, blueprints

    def routes(self) -> list[web.RouteDef]:
        """`/desk/api/conversations/ID/elsewhere`"""
        address = "/desk/api/conversations/{id}/elsewhere"
        return [
            web.get(address, self._desk.signed_in(self.ways, "conversations.read")),
            web.post(address, self._desk.signed_in(self.offer, "conversations.write")),
        ]

    async def ways(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        known = await standing(session, identifier(request))
        found = [{"channel": one.channel, "label": self._label(one.channel, agent.language)} for one in known.ways]
        return web.json_response({"ways": found, "overheard": known.overheard})

    async def offer(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """Only who has the conversation may have a code for it made: it opens all that was said."""
        chosen = await body(request, Chosen)
        await self._desk.limiter.check("elsewhere-desk", str(agent.id), CODES_PER_MINUTE)
        conversation = await stream.locked(session, identifier(request))
        if conversation.owner != agent_owner(agent.id):
            raise NotOwner("not the owner")
        blueprint = self._blueprints.get(chosen.channel)
        if blueprint is None:
            raise NotFound("no such channel")
        along = await take_along(session, conversation.id, chosen.channel)
        audit.record(
            session,
            actor=agent_owner(agent.id),
            action="offered_elsewhere",
            subject=("conversation", conversation.id),
            channel=chosen.channel,
        )
        where = blueprint.where.get(conversation.language) or self._label(chosen.channel, conversation.language)
        text = WORDS[conversation.language].format(where=where, link=along.link, code=along.code)
        return web.json_response(
            {"text": text, "link": along.link, "code": along.code, "expires": instant(along.expires)}
        )

    def _label(self, channel: str, language: str) -> str:
        blueprint = self._blueprints.get(channel)
        labels = blueprint.label if blueprint else {}
        return labels.get(language) or labels.get("en") or channel
