"""The desk's HTTP API: thin handlers, one service call each (docs/protocols.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Limiter, Live, own_page
from crm_backend.agents import services as agents
from crm_backend.agents.model import Agent
from crm_backend.attachments.limits import MAX_UPLOAD
from crm_backend.conversations import services
from crm_backend.conversations.desk import filters, second_thoughts
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import inbox, lists, queries
from crm_backend.conversations.reading.messages import MessageView
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import Sessions
from crm_backend.errors import BadInput, ForeignOrigin, NotAllowed, NotNow
from server.cases import news
from server.desk import views
from server.desk.cursors import cursor, cursor_text
from server.desk.pictures import RemotePictures
from server.desk.rights import admit, needing
from server.desk.written import Written
from server.files import FileStore
from server.problems import LANGUAGE
from server.wakes import Wakes

CHANGED = web.RequestKey("CHANGED", UUID)
"""In a request: the conversation that it changed, to be told of after the commit."""
SEVERAL = web.RequestKey("SEVERAL", set[UUID])
"""The same, of many."""
CSRF = web.RequestKey("CSRF", str)
ENROLLING = web.RequestKey("ENROLLING", bool)
"""In a request: whether its session is good for setting up a second factor only."""
RECHECKED = web.RequestKey("RECHECKED", set[UUID | None])
"""In a request: agents whose sessions it ended, or whose rights it changed; their open desks look again."""
OFFERED = web.RequestKey("OFFERED", set[UUID])
"""In a request: agents whose offers it changed, or where they are; their open desks look again after the commit, and
what waits is handed out again."""
COOKIE, API_COOKIE = "relais_desk", "relais_api"
PLACES = {COOKIE: "/desk", API_COOKIE: "/api/v1"}
"""Where a signed-in agent's browser shows its token: each place its own cookie, and nowhere else."""
Given = TypeVar("Given", bound=BaseModel)
Handler = Callable[[web.Request, AsyncSession, Agent], Awaitable[web.StreamResponse]]


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class At(Body):
    version: int
    seen: int | None = Field(None, ge=0, le=2**31 - 1)


class Released(At):
    note: str = Field("", max_length=2_000)


@dataclass(frozen=True)
class Desk:
    """The desk's handlers and what they need."""

    sessions: Sessions
    live: Live
    wakes: Wakes
    limiter: Limiter
    files: FileStore
    pictures: RemotePictures
    company: str
    zone: ZoneInfo
    session_hours: int
    secure: bool
    max_upload_bytes: int = MAX_UPLOAD
    ask_in: Collection[str] = ()
    """The channels on which customers are asked by a message how a conversation was."""
    copying: Collection[str] = ()
    """Those on which others may be given a copy of an answer."""

    def routes(self) -> list[web.RouteDef]:
        """`/desk/api/…`"""
        conversation = "/desk/api/conversations/{id}"
        return [
            web.get("/desk/api/conversations", self.signed_in(self.listing, "conversations.read")),
            web.get(conversation, self.signed_in(self.whole, "conversations.read")),
            web.get(conversation + "/messages", self.signed_in(self.messages, "conversations.read")),
            web.post(conversation + "/messages", self.signed_in(self.answer, "conversations.write")),
            web.post(conversation + "/take", self.signed_in(self.take, "conversations.write")),
            web.post(conversation + "/release", self.signed_in(self.release, "conversations.write")),
            web.post(conversation + "/close", self.signed_in(self.close, "conversations.write")),
        ]

    def signed_in(
        self, handler: Handler, needs: str, *, enrolling: bool = False
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Opens the request's one transaction, for a signed-in agent whose role permits what it `needs` (or ANY_AGENT);
        a change needs the session's token against forgery. `enrolling`: also for who sets up a second factor first."""

        @needing(needs)
        async def handle(request: web.Request) -> web.StreamResponse:
            async with self.sessions() as session, session.begin():
                token = request.cookies.get(COOKIE)
                signed_in = await agents.session_of(session, token, enrolling=enrolling)
                request[LANGUAGE], request[CSRF] = signed_in.agent.language, signed_in.csrf
                request[ENROLLING] = signed_in.enrolling
                if request.method != "GET":
                    same_origin(request)
                    if not agents.csrf_matches(signed_in, request.headers.get("X-CSRF-Token")):
                        raise NotAllowed("forged request")
                await admit(session, signed_in.agent, needs)
                response = await handler(request, session, signed_in.agent)
            await self._after(request)
            await news.tell(session, self.wakes)
            return response

        return handle

    def tell(self, request: web.Request, agent_id: UUID | None) -> None:
        """Has this agent's open desks (None: everybody's) look again, after the commit, who they are."""
        request.setdefault(RECHECKED, set()).add(agent_id)

    async def _after(self, request: web.Request) -> None:
        for agent_id in request.get(RECHECKED, ()):
            await self.wakes.look_again(agent_id)
        if offered := request.get(OFFERED):
            for agent_id in offered:
                await self.wakes.offered(agent_id)
            await self.wakes.routing()
        if (changed := request.get(CHANGED)) is not None:
            await self.wakes.changed(changed, outgoing=True)
            await self.wakes.turn()
        if several := request.get(SEVERAL):
            for each in several:
                await self.wakes.changed(each, outgoing=True)
            await self.wakes.turn()
            await self.wakes.routing()

    async def listing(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        view = inbox.known_view(request.query.get("view", "waiting"))
        sought = request.query.get("q", "").replace("\x00", "")[:200]
        given = {name: request.query.get(name) for name in ("channel", "language", "topic", "team", "tag", "words")}
        found, following = await lists.listing(
            session,
            agent=agent,
            view=view,
            words=sought,
            criteria=filters.criteria_of(given),
            limit=max(1, _number(request.query.get("limit"), 50, most=200)),
            before=cursor(request.query.get("before")),
        )
        return web.json_response(
            {
                "items": await views.with_notes(
                    session, await views.summaries(session, found, agent.language), sought.strip()
                ),
                "counts": await inbox.counts(session, agent=agent),
                "next": cursor_text(following),
            }
        )

    async def whole(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        found = await views.whole(
            session, identifier(request), agent, zone=self.zone, shown=self.shown, link=self.files.path
        )
        if found["conversation"]["owner"]["id"] == str(agent.id):
            await services.seen_by_agent(session, conversation_id=identifier(request))
        return web.json_response(found)

    async def messages(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        conversation = await queries.conversation(session, identifier(request))
        after = _number(request.query.get("after"), 0, most=2**31 - 1)
        found = await queries.messages_after(session, conversation_id=conversation.id, after=after)
        if conversation.owner == agent_owner(agent.id):
            await services.seen_by_agent(session, conversation_id=conversation.id)
        return web.json_response({"messages": [self.shown(view, agent.language) for view in found]})

    async def answer(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Written)
        await second_thoughts.say_now(session, conversation_id=identifier(request), agent=agent)
        message, new = await owners.answer(
            session,
            conversation_id=identifier(request),
            agent=agent,
            client_id=given.client_id,
            text=given.text,
            files=given.files,
            location=given.location,
            contacts=given.contacts,
            cc=given.cc,
            bcc=given.bcc,
            seen=given.seen,
        )
        if (given.cc or given.bcc) and message.channel not in self.copying:
            raise NotNow("no_copies_here")
        if new:
            await second_thoughts.keep_draft(session, conversation_id=message.conversation_id, agent=agent, text="")
        request[CHANGED] = message.conversation_id
        view = await queries.message(session, conversation_id=message.conversation_id, seq=message.seq)
        return web.json_response({"message": self.shown(view, agent.language)}, status=201 if new else 200)

    def shown(self, view: MessageView, language: str) -> dict[str, Any]:
        """A message as agents of this language see it."""
        said = views.message_out(view, language, company=self.company, link=self.files.path)
        return said | {"cards": [views.card_out(card, self.pictures) for card in view.cards]}

    async def take(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, At)
        done = await owners.take(session, conversation_id=identifier(request), agent=agent, version=given.version)
        return await changed(request, session, agent, done)

    async def release(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Released)
        await second_thoughts.say_now(session, conversation_id=identifier(request), agent=agent, or_refuse=True)
        done = await owners.release(
            session, conversation_id=identifier(request), agent=agent, version=given.version, note=given.note
        )
        return await changed(request, session, agent, done)

    async def close(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, At)
        whose: dict[str, Any] = {"conversation_id": identifier(request), "agent": agent}
        await second_thoughts.say_now(session, **whose, or_refuse=True)
        done = await owners.close(session, **whose, version=given.version, seen=given.seen, ask_in=self.ask_in)
        return await changed(request, session, agent, done)


async def changed(
    request: web.Request, session: AsyncSession, agent: Agent, conversation: Conversation
) -> web.Response:
    """A conversation as it stands now; every desk hears that something changed in it."""
    await session.flush()
    request[CHANGED] = conversation.id
    return web.json_response({"conversation": await views.summary(session, conversation.id, agent.language)})


def same_origin(request: web.Request) -> None:
    """Raises ForeignOrigin when a page of another site sent this."""
    origin = request.headers.get("Origin")
    if origin is not None and not own_page(origin, request.host):
        raise ForeignOrigin("another site")


async def body(request: web.Request, shape: type[Given]) -> Given:
    """The request's JSON in the given shape. Raises BadInput."""
    try:
        return shape.model_validate_json(await request.read())
    except ValidationError as error:
        raise BadInput("unexpected body") from error


def identifier(request: web.Request, name: str = "id") -> UUID:
    """An identifier in the address. Raises BadInput."""
    try:
        return UUID(request.match_info[name])
    except ValueError as error:
        raise BadInput("not an identifier") from error


def _number(text: str | None, default: int, *, most: int) -> int:
    try:
        return min(max(int(text or default), 0), most)
    except ValueError as error:
        raise BadInput("not a number") from error
