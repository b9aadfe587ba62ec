"""The supervisor's board: how things stand, its targets and definitions, and stepping in from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.board import stepping_in
from crm_backend.board.held import owned_by
from crm_backend.board.targets import MAY as SETS_TARGETS
from crm_backend.board.targets import change, told
from crm_backend.calendars.wall_clock import instant
from crm_backend.conversations.reading import queries
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import utc_now
from crm_backend.errors import BadInput
from crm_backend.repeats import services as repeats
from crm_backend.repeats.lately import lately
from server.desk import views
from server.desk.api import SEVERAL, Body, Desk, Handler, body, identifier
from server.desk.board_feed import BoardFeed
from server.desk.board_words import FACTS, definitions, moment
from server.desk.rights import needing

SUPERVISES, READS, WRITES = stepping_in.SUPERVISES, "conversations.read", "conversations.write"
PER_MINUTE, ASKED_PER_MINUTE = 120, 120
WHISPERED = web.RequestKey("WHISPERED", tuple[UUID, set[UUID], bool])
"""In a request: the conversation in which something was whispered, or `read`, and whose desks look again."""


class Aims(Body):
    version: int | None = Field(None, ge=0, le=2**31 - 1)
    answered_percent: int | None = None
    answered_seconds: int | None = None
    contained_percent: int | None = None
    repeated_percent: int | None = None
    satisfaction: float | None = None


class Moved(Body):
    to: str = Field(max_length=100)
    conversations: list[UUID] | None = Field(None, max_length=200)


class Said(Body):
    client_id: UUID
    text: str = Field(max_length=20_000)


class Words(Body):
    text: str = Field(max_length=20_000)


class BoardPages:
    """`/desk/api/board…`, whispers, and what an answer would ask again."""

    def __init__(self, desk: Desk, feed: BoardFeed) -> None:
        self._desk, self._feed = desk, feed

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, board, talk = self._desk.signed_in, "/desk/api/board", "/desk/api/conversations/{id}"
        return [
            web.get(board, ours(self.whole, SUPERVISES)),
            web.get(board + "/definitions", ours(self.definitions, SUPERVISES)),
            web.put(board + "/targets", ours(self.aim, SETS_TARGETS)),
            web.get(board + "/repeats", ours(self.repeated, SUPERVISES)),
            web.get(board + "/agents/{id}/conversations", ours(self.of_agent, SUPERVISES)),
            web.get(board + "/queues/{team}/conversations", ours(self.of_queue, SUPERVISES)),
            web.post(board + "/queues/{team}/move", ours(self.move, SUPERVISES)),
            web.post(talk + "/listen", ours(self.listen, SUPERVISES)),
            web.get(talk + "/whispers", ours(self.whispers, READS)),
            web.post(talk + "/whispers", self._telling(self.whisper, SUPERVISES)),
            web.post(talk + "/whispers/read", self._telling(self.heard, READS)),
            web.post(talk + "/known", ours(self.known, WRITES)),
        ]

    def _telling(self, handler: Handler, needs: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """As everywhere on the desk; and after the commit, those hear of it whom it is for."""
        inner = self._desk.signed_in(handler, needs)

        @needing(needs)
        async def handle(request: web.Request) -> web.StreamResponse:
            response = await inner(request)
            if (whispered := request.get(WHISPERED)) is not None:
                conversation, agents, read = whispered
                for each in agents:
                    note = {"kind": "whisper", "agent": str(each), "conversation": str(conversation), "read": read}
                    await self._desk.live.publish("desk", note)
            return response

        return handle

    async def whole(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return web.json_response(await self._feed.frame(session))

    async def definitions(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return web.json_response({"items": definitions(agent.language)})

    async def aim(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Aims)
        wanted = given.model_dump(exclude={"version"}, exclude_none=True)
        actor = await access.actor_of(session, agent, "desk")
        row = await change(session, actor=actor, given=wanted, version=given.version)
        self._feed.forget()
        return web.json_response({**told(row), "version": row.version})

    async def repeated(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        midnight = instant(utc_now().astimezone(self._desk.zone).date(), 0, self._desk.zone)
        found = await lately(session, actor=await access.actor_of(session, agent, "desk"), since=midnight)
        return web.json_response(
            {
                "items": [
                    {
                        "conversation": str(each.conversation_id),
                        "seq": each.seq,
                        "at": moment(each.at),
                        "kind": each.kind,
                        "label": FACTS[each.fact][agent.language],  # type: ignore[index]
                        "agent": each.agent,
                        "words": each.words,
                    }
                    for each in found
                ]
            }
        )

    async def of_agent(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return await self._owned(session, agent, agent_owner(identifier(request)))

    async def of_queue(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return await self._owned(session, agent, f"queue:{_team(request)}")

    async def _owned(self, session: AsyncSession, agent: Agent, owner: str) -> web.Response:
        found = await owned_by(session, owner, actor=await access.actor_of(session, agent, "desk"))
        return web.json_response({"items": await views.summaries(session, found, agent.language)})

    async def move(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Moved)
        actor = await access.actor_of(session, agent, "desk")
        moved = await stepping_in.move(session, _team(request), actor=actor, to=given.to, only=given.conversations)
        request[SEVERAL] = set(moved)
        return web.json_response({"moved": [str(one) for one in moved]})

    async def listen(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        await stepping_in.listen(session, identifier(request), actor=actor)
        desk = self._desk
        found = await views.whole(
            session, identifier(request), agent, zone=desk.zone, shown=desk.shown, link=desk.files.path
        )
        return web.json_response(found)

    async def whispers(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        conversation = await queries.conversation(session, identifier(request))
        found = await stepping_in.whispers(session, conversation.id, agent=agent)
        return web.json_response({"whispers": [_whisper(each, agent) for each in found]})

    async def whisper(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Said)
        await self._desk.limiter.check("whispers", str(agent.id), PER_MINUTE)
        said, new = await stepping_in.whisper(
            session, identifier(request), agent=agent, client_id=given.client_id, text=given.text
        )
        request[WHISPERED] = said.conversation_id, {said.to_id}, False
        shown = _whisper(stepping_in.Whispered(said, agent.name), agent)
        return web.json_response({"whisper": shown}, status=201 if new else 200)

    async def heard(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        said = await stepping_in.heard(session, identifier(request), agent=agent)
        request[WHISPERED] = identifier(request), said, True
        return web.Response(status=204)

    async def known(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Words)
        await self._desk.limiter.check("known", str(agent.id), ASKED_PER_MINUTE)
        actor = await access.actor_of(session, agent, "desk")
        found = await repeats.already_known(session, identifier(request), actor=actor, text=given.text)
        return web.json_response(
            {
                "known": [
                    {"fact": each.fact, "label": FACTS[each.fact][agent.language], "value": each.value, "seq": each.seq}
                    for each in found
                ]
            }
        )


def _team(request: web.Request) -> str:
    team = request.match_info["team"]
    if "\x00" in team or len(team) > 100:
        raise BadInput("not a team")
    return team


def _whisper(each: stepping_in.Whispered, reader: Agent) -> dict[str, Any]:
    said = each.whisper
    return {
        "id": str(said.id),
        "text": said.text,
        "from": each.author,
        "mine": said.from_id == reader.id,
        "after_seq": said.after_seq,
        "at": moment(said.created_at),
        "read_at": moment(said.read_at),
    }
