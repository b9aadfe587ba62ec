"""The web chat's door: WebSocket and HTTP handlers over `Visits`."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from aiohttp import WSCloseCode, web
from pydantic import ValidationError

from channels.port import Accept, Limiter, Live, own_page
from channels.webchat.frames import Hello, error_out
from channels.webchat.line import Line
from channels.webchat.reading import bearer, body_of, client_id_of, known, token_of, written
from channels.webchat.visits import NAME, Options, Visit, Visits
from crm_backend.conversations.outbox import Delivery
from crm_backend.database import Sessions
from crm_backend.errors import BadInput, ForeignOrigin, RateLimited

MAX_FRAME = 1024 * 1024
LONGEST_WAIT = 25.0
LOOPBACK = ("127.0.0.1", "::1")


class WebChat:
    """The channel port of the web chat. It is called, never polls; what it sends is a wake-up for open browsers."""

    name = NAME

    def __init__(self, *, sessions: Sessions, live: Live, limiter: Limiter, options: Options) -> None:
        self._visits = Visits(sessions=sessions, live=live, limiter=limiter, options=options)
        self._live, self._options = live, options
        self._open: set[web.WebSocketResponse] = set()
        self._held: Counter[str] = Counter()

    async def run(self, accept: Accept) -> None:
        """Returns: browsers call us."""

    async def send(self, delivery: Delivery) -> str:
        """Wakes the browsers that show the conversation; they read it from the database, now or when they come back."""
        await self._live.publish(f"conversation:{delivery.conversation_id}", {"kind": "news", "seq": delivery.seq})
        return f"{delivery.conversation_id}:{delivery.seq}"

    async def close(self) -> None:
        """Tells every open browser to come back later."""
        for socket in list(self._open):
            with contextlib.suppress(Exception):
                await socket.close(code=WSCloseCode.GOING_AWAY)

    def routes(self, accept: Accept) -> list[web.RouteDef]:
        """`/chat/…`"""

        async def socket(request: web.Request) -> web.StreamResponse:
            return await self._socket(request, accept)

        async def post(request: web.Request) -> web.StreamResponse:
            return await self._post(request, accept)

        return [
            web.get("/chat/config", self._guarded(self._config)),
            web.get("/chat/ws", self._guarded(socket)),
            web.post("/chat/hello", self._guarded(self._hello)),
            web.post("/chat/messages", self._guarded(post)),
            web.get("/chat/messages", self._guarded(self._poll)),
            web.options("/chat/{any:.*}", self._guarded(self._preflight)),
        ]

    def _guarded(self, handler: Any) -> Any:
        """Refuses pages of other origins, and lets allowed ones read the answer (CORS)."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            if origin is not None and not self._allowed(origin, request):
                raise ForeignOrigin("origin not allowed")
            if origin is not None:
                # Read where the headers of every answer are set, so that pages may read refusals too.
                request["cors"] = origin
            response: web.StreamResponse = await handler(request)
            return response

        return guarded

    def _allowed(self, origin: str, request: web.Request) -> bool:
        return origin in self._options.origins or own_page(origin, request.host)

    async def _preflight(self, request: web.Request) -> web.Response:
        headers = {
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": "600",
        }
        return web.Response(status=204, headers=headers)

    async def _config(self, request: web.Request) -> web.Response:
        options = self._options
        return web.json_response(
            {
                "company": options.company,
                "assistant": options.company,
                "accent": options.accent,
                "hours": options.hours,
                "languages": ["fr", "en"],
                "max_length": options.max_length,
            }
        )

    @contextlib.contextmanager
    def _place(self, remote: str) -> Iterator[None]:
        """One of the connections that an address may hold. Raises RateLimited when it has them all."""
        if self._held[remote] >= self._options.sockets_per_address and remote not in LOOPBACK:
            raise RateLimited("too many connections", retry_after=10)
        self._held[remote] += 1
        try:
            yield
        finally:
            self._held[remote] -= 1
            if not self._held[remote]:
                del self._held[remote]

    async def _socket(self, request: web.Request, accept: Accept) -> web.StreamResponse:
        with self._place(request.remote or ""):
            return await self._held_socket(request, accept)

    async def _held_socket(self, request: web.Request, accept: Accept) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=MAX_FRAME, compress=False)
        await socket.prepare(request)
        self._open.add(socket)
        try:
            await Line(socket, visits=self._visits, accept=accept, remote=request.remote or "").converse()
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
        _, welcome = await self._visits.hello(hello, remote=request.remote or "")
        return web.json_response(welcome)

    async def _post(self, request: web.Request, accept: Accept) -> web.Response:
        token = token_of(request)
        body = await body_of(request)
        language: str = body["language"] if body.get("language") in ("fr", "en") else self._options.default_language
        client_id = client_id_of(body)
        try:
            frame = written(body)
            if frame.conversation is not None:
                visit = await self._visits.owned(token, frame.conversation)
            else:
                visit = Visit(token=token, language=language, remote="", start_new=True)
            visit.remote = request.remote or ""
            return web.json_response(await self._visits.written(visit, frame, accept))
        except Exception as error:  # noqa: BLE001  whatever it was, the widget reads a frame and may try again
            refused = known(error)
            frame_out = error_out(refused, language=language, max_length=self._options.max_length, client_id=client_id)
            return web.json_response(frame_out, status=refused.status)

    async def _poll(self, request: web.Request) -> web.Response:
        try:
            conversation = UUID(request.query["conversation"])
            after = min(int(request.query.get("after", "0")), 2**31 - 1)
            wait = float(request.query.get("wait", "0"))
            # Whatever is no number of seconds, such as nan, waits not at all.
            wait = min(wait, LONGEST_WAIT) if wait > 0 else 0.0
        except (KeyError, ValueError) as error:
            raise BadInput("conversation, after and wait") from error
        visit = await self._visits.owned(token_of(request), conversation)
        visit.last = max(0, after)
        with self._place(request.remote or ""):
            return web.json_response(await self._waited(visit, conversation, wait))

    async def _waited(self, visit: Visit, conversation: UUID, wait: float) -> dict[str, Any]:
        deadline = asyncio.get_running_loop().time() + wait
        async with self._live.listen(f"conversation:{conversation}") as notes:
            frames = await self._visits.news(visit)
            while not any(frame["type"] == "message" for frame in frames):
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    break
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(anext(notes), left)
                frames += await self._visits.news(visit)
        messages = [frame["message"] for frame in frames if frame["type"] == "message"]
        return {"messages": messages, "owner": visit.owner, "last": visit.last}
