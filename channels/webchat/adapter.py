"""The web chat's door: WebSocket and HTTP handlers over `Visits`."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from aiohttp import WSCloseCode, web
from pydantic import ValidationError

from channels import bodies
from channels.port import READER, Core, Health, Rejected, own_page
from channels.webchat import doing, mailing, waiting_routes
from channels.webchat.config import config
from channels.webchat.elsewhere import taken
from channels.webchat.frames import NAME, Hello, Rated, error_out
from channels.webchat.line import Line
from channels.webchat.polling import poll
from channels.webchat.reading import USER, bearer, body_of, client_id_of, known, token_of, visitor_of, written
from channels.webchat.settings import WebChatSettings
from channels.webchat.sign_in import Person
from channels.webchat.visitors import Visit, Visitor
from channels.webchat.visits import Visits
from crm_backend.conversations.schema import Language
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.errors import BadInput, ForeignOrigin, NotFound, RateLimited, RelaisError, TooLarge

Mailed = Callable[[Core, Visits, Visitor, mailing.Posting], Awaitable[dict[str, Any]]]
MAX_FRAME = 1024 * 1024
LOOPBACK = ("127.0.0.1", "::1")


class WebChat:
    """The channel port of the web chat. It is called, never polls; what it sends is a wake-up for open browsers."""

    name = NAME

    def __init__(self, settings: WebChatSettings, account: str, core: Core) -> None:
        self.account, self._settings = account, settings
        self._core, self._visits, self._live, self._company = core, Visits(core, settings), core.live, core.company
        self._open: set[web.WebSocketResponse] = set()
        self._held: Counter[str] = Counter()
        self._routes = [
            web.get("/chat/config", self._guarded(self._config)),
            web.get("/chat/ws", self._guarded(self._socket)),
            web.post("/chat/hello", self._guarded(self._hello)),
            web.post("/chat/messages", self._guarded(self._post)),
            web.get("/chat/messages", self._guarded(self._poll)),
            web.post("/chat/files", self._guarded(self._upload)),
            web.get("/chat/conversations", self._guarded(self._history)),
            web.post("/chat/elsewhere", self._guarded(self._elsewhere)),
            web.post("/chat/rating", self._guarded(self._rating)),
            web.post("/chat/transcript", self._guarded(self._mailed(mailing.transcript))),
            web.post("/chat/answer", self._guarded(self._mailed(mailing.answer_later))),
            *waiting_routes.routes(core, self._visits, self._guarded),
            web.options("/chat/{any:.*}", self._guarded(self._preflight)),
        ]

    def routes(self) -> list[web.RouteDef]:
        """`/chat/…`"""
        return self._routes

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """Browsers use `/chat/…`. Raises NotFound."""
        raise NotFound("the web chat has no hook")

    async def run(self) -> None:
        """Returns: browsers call us."""

    async def send(self, delivery: Delivery) -> str:
        """Wakes the browsers that show the conversation; they read it from the database, now or when they come back.

        Sending again shows nothing twice.
        """
        await self._live.publish(f"conversation:{delivery.conversation_id}", {"kind": "news", "seq": delivery.seq})
        return f"{delivery.conversation_id}:{delivery.seq}"

    @property
    def signs_in(self) -> bool:
        """Whether pages may say who is signed in on them."""
        return self._settings.sign_in != "off"

    def signed_in(self, token: str) -> Person:
        """Who a page says is signed in. Raises BadToken, TokenExpired."""
        return self._visits.signs_in.person(token)

    def fetch(self, remote: dict[str, Any]) -> AsyncIterator[bytes]:
        """Browsers bring their files with them. Raises Rejected."""
        raise Rejected("the web chat has no files of its own")

    async def check(self) -> Health:
        """Always well: it is this server."""
        return Health(ok=True, name=self._company.name)

    async def close(self) -> None:
        """Tells every open browser to come back later."""
        for socket in list(self._open):
            with contextlib.suppress(Exception):
                await socket.close(code=WSCloseCode.GOING_AWAY)

    def _guarded(self, handler: Any) -> Any:
        """Refuses pages of other origins, and lets allowed ones read the answer (CORS)."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            if origin is not None and not self._allowed(origin, request):
                raise ForeignOrigin("origin not allowed")
            if origin is not None:
                # Read where the headers of every answer are set, so that pages may read refusals too.
                request[READER] = origin
            response: web.StreamResponse = await handler(request)
            return response

        return guarded

    def _allowed(self, origin: str, request: web.Request) -> bool:
        return origin in self._company.allowed_origins or own_page(origin, request.host)

    async def _preflight(self, request: web.Request) -> web.Response:
        headers = {
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": f"Authorization, Content-Type, X-File-Name, {USER}",
            "Access-Control-Max-Age": "600",
        }
        return web.Response(status=204, headers=headers)

    async def _config(self, request: web.Request) -> web.Response:
        language: Language = "fr" if self._company.default_language == "fr" else "en"
        if (asked := request.query.get("language")) in ("fr", "en"):
            language = "fr" if asked == "fr" else "en"
        page, visitor = request.query.get("page", ""), request.query.get("visitor", "")
        told = await config(self._core, self._settings, page=page, language=language, visitor=visitor)
        return web.json_response(told)

    @contextlib.contextmanager
    def _place(self, remote: str) -> Iterator[None]:
        """One of the connections that an address may hold. Raises RateLimited when it has them all."""
        if self._held[remote] >= self._company.sockets_per_address and remote not in LOOPBACK:
            raise RateLimited("too many connections", retry_after=10)
        self._held[remote] += 1
        try:
            yield
        finally:
            self._held[remote] -= 1
            if not self._held[remote]:
                del self._held[remote]

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        with self._place(request.remote or ""):
            return await self._held_socket(request)

    async def _held_socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=MAX_FRAME, compress=False)
        await socket.prepare(request)
        self._open.add(socket)
        try:
            line = Line(socket, visits=self._visits, remote=request.remote or "", host=request.host)
            await line.converse()
        except (TimeoutError, ConnectionError):
            pass
        finally:
            self._open.discard(socket)
            await socket.close()
        return socket

    async def _hello(self, request: web.Request) -> web.Response:
        try:
            hello = Hello(**{"visitor": bearer(request), **await body_of(request)})
        except ValidationError as error:
            raise BadInput("invalid hello") from error
        _, welcome = await self._visits.hello(hello, remote=request.remote or "", host=request.host)
        return web.json_response(welcome)

    async def _post(self, request: web.Request) -> web.Response:
        token_of(request)
        body = await body_of(request)
        language: str = body["language"] if body.get("language") in ("fr", "en") else self._company.default_language
        client_id = client_id_of(body)
        try:
            frame = written(body)
            visit = await self._visit(request, frame.conversation, language, told="language" in body)
            return web.json_response(await doing.write(self._visits, visit, frame))
        except Exception as error:  # noqa: BLE001  whatever it was, the widget reads a frame and may try again
            refused = known(error)
            frame_out = error_out(refused, language=language, max_length=self._company.max_length, client_id=client_id)
            return web.json_response(frame_out, status=refused.status)

    async def _visit(self, request: web.Request, conversation: UUID | None, language: str, *, told: bool) -> Visit:
        """The visit of a plain request, in this conversation of theirs or before the first. Raises NotFound.

        Whose a conversation is, storing a message asks again: it is only looked up to learn its language.
        """
        visitor = await visitor_of(self._visits, request)
        if conversation is not None and not told:
            visit = await self._visits.owned(visitor, conversation)
        else:
            visit = Visit(visitor=visitor, language=language, remote="", conversation=conversation)
            visit.start_new = conversation is None
        visit.remote, visit.host = request.remote or "", request.host
        return visit

    async def _rating(self, request: web.Request) -> web.Response:
        visitor, body = await visitor_of(self._visits, request), await body_of(request)
        try:
            frame = Rated(**body)
        except ValidationError as error:
            raise BadInput("a score from 1 to 5") from error
        if frame.conversation is None:
            raise BadInput("which conversation")
        visit = await self._visits.owned(visitor, frame.conversation)
        return web.json_response(await doing.rate(self._visits, visit, frame))

    def _mailed(self, work: Mailed) -> Any:
        """A handler that sends something by e-mail; what is refused is told in a sentence, as for messages."""

        async def mailed(request: web.Request) -> web.Response:
            visitor, body = await visitor_of(self._visits, request), await body_of(request)
            given = body.get("language")
            language = given if given in ("fr", "en") else self._company.default_language
            try:
                asked = mailing.Posting(**body)
                return web.json_response(await work(self._core, self._visits, visitor, asked))
            except (RelaisError, ValidationError) as error:
                refused = known(error)
                frame = error_out(refused, language=language, max_length=self._company.max_length)
                return web.json_response(frame, status=refused.status)

        return mailed

    async def _poll(self, request: web.Request) -> web.Response:
        try:
            conversation = UUID(request.query["conversation"])
            after = min(int(request.query.get("after", "0")), 2**31 - 1)
            wait = float(request.query.get("wait", "0"))
        except (KeyError, ValueError) as error:
            raise BadInput("conversation, after and wait") from error
        visit = await self._visits.owned(await visitor_of(self._visits, request), conversation)
        visit.last = max(0, after)
        with self._place(request.remote or ""):
            return web.json_response(await poll(self._visits, visit, wait))

    async def _upload(self, request: web.Request) -> web.Response:
        token = token_of(request)
        if (request.content_length or 0) > self._company.max_upload_bytes:
            raise TooLarge("said to be too large")
        with self._place(request.remote or ""):
            kept = await doing.keep_file(
                self._visits,
                token,
                bodies.sent(request),
                name=unquote(request.headers.get("X-File-Name", ""), errors="replace"),
                declared_type=request.content_type,
                remote=request.remote or "",
            )
        return web.json_response({"file": kept}, status=201)

    async def _history(self, request: web.Request) -> web.Response:
        return web.json_response({"items": await self._visits.history(await visitor_of(self._visits, request))})

    async def _elsewhere(self, request: web.Request) -> web.Response:
        visitor, body = await visitor_of(self._visits, request), await body_of(request)
        try:
            conversation, channel = UUID(str(body["conversation"])), str(body["channel"])
        except (KeyError, ValueError) as error:
            raise BadInput("conversation and channel") from error
        there = await taken(self._core, self._visits, visitor=visitor, conversation=conversation, channel=channel)
        return web.json_response(there)
