"""The web chat's door: WebSocket and HTTP handlers over `Visits`."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import ValidationError

from channels.port import Accept, Limiter, Live
from channels.webchat.frames import TOKEN, Hello, Language, Seen, Written, error_out
from channels.webchat.visits import NAME, Options, Visit, Visits
from crm_backend.conversations.outbox import Delivery
from crm_backend.database import Sessions
from crm_backend.errors import BadInput, ForeignOrigin, NotAuthenticated, NotText, RelaisError, Unavailable

log = structlog.get_logger(__name__)
MAX_FRAME = 1024 * 1024
LONGEST_WAIT = 25.0
HELLO_WITHIN = 20.0


class WebChat:
    """The channel port of the web chat. It is called, never polls; what it sends is a wake-up for open browsers."""

    name = NAME

    def __init__(self, *, sessions: Sessions, live: Live, limiter: Limiter, options: Options) -> None:
        self._visits = Visits(sessions=sessions, live=live, limiter=limiter, options=options)
        self._live, self._options = live, options
        self._open: set[web.WebSocketResponse] = set()

    async def run(self, accept: Accept) -> None:
        """Returns: browsers call us."""

    async def send(self, delivery: Delivery) -> str:
        """Wakes the browsers that show the conversation; they read it from the database, now or when they come back."""
        await self._live.publish(f"conversation:{delivery.conversation_id}", {"kind": "news"})
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
            response: web.StreamResponse = await handler(request)
            if origin is not None and not response.prepared:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Vary"] = "Origin"
            return response

        return guarded

    def _allowed(self, origin: str, request: web.Request) -> bool:
        return origin in self._options.origins or urlsplit(origin).netloc == request.host

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

    async def _socket(self, request: web.Request, accept: Accept) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=MAX_FRAME, compress=False)
        await socket.prepare(request)
        self._open.add(socket)
        try:
            await self._converse(socket, request, accept)
        except (TimeoutError, ConnectionError):
            pass
        finally:
            self._open.discard(socket)
            await socket.close()
        return socket

    async def _converse(self, socket: web.WebSocketResponse, request: web.Request, accept: Accept) -> None:
        visit: Visit | None = None
        watcher: asyncio.Task[None] | None = None
        watched: UUID | None = None
        try:
            while True:
                raw = await asyncio.wait_for(socket.receive(), None if visit else HELLO_WITHIN)
                if raw.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                    return
                client_id: UUID | None = None
                try:
                    frame = _parsed(raw.data if raw.type == WSMsgType.TEXT else None)
                    client_id = _client_id(frame)
                    if frame.get("type") == "hello":
                        visit, welcome = await self._visits.hello(Hello(**frame), remote=request.remote or "")
                        await socket.send_json(welcome)
                    elif visit is None:
                        raise BadInput("say hello first")
                    else:
                        await self._act(socket, visit, frame, accept)
                except (RelaisError, ValidationError) as error:
                    await socket.send_json(self._error(error, visit, client_id))
                if visit is not None and visit.conversation != watched:
                    await _stopped(watcher)
                    watched = visit.conversation
                    watcher = asyncio.create_task(self._watch(socket, visit)) if watched else None
        finally:
            await _stopped(watcher)

    async def _act(self, socket: web.WebSocketResponse, visit: Visit, frame: dict[str, Any], accept: Accept) -> None:
        kind = frame.get("type")
        if kind == "message":
            await socket.send_json(await self._visits.written(visit, _written(frame), accept))
        elif kind == "seen":
            await self._visits.seen(visit, Seen(**frame).seq)
        elif kind == "typing":
            await self._visits.typing(visit)
        elif kind == "language":
            await self._visits.language(visit, Language(**frame).language)
        elif kind == "new":
            visit.conversation, visit.start_new, visit.last = None, True, 0
            visit.owner = {"kind": "bot", "name": None, "ahead": None, "minutes": None}
        elif kind == "ping":
            await socket.send_json({"type": "pong"})
        else:
            raise BadInput("unknown frame")

    async def _watch(self, socket: web.WebSocketResponse, visit: Visit) -> None:
        async with self._live.listen(f"conversation:{visit.conversation}") as notes:
            # What came between the welcome and this line is read now.
            await self._tell(socket, visit)
            async for note in notes:
                if note is not None and note["kind"] in ("typing", "delivery"):
                    await socket.send_json({"type": note.pop("kind"), **note})
                else:
                    await self._tell(socket, visit)

    async def _tell(self, socket: web.WebSocketResponse, visit: Visit) -> None:
        try:
            frames = await self._visits.news(visit)
        except Exception as error:  # noqa: BLE001  the database may be away for a moment: the next note or pause tries again
            log.warning("webchat.news_failed", cause=type(error).__name__)
            return
        for frame in frames:
            await socket.send_json(frame)

    def _error(self, error: Exception, visit: Visit | None, client_id: UUID | None) -> dict[str, Any]:
        known = error if isinstance(error, RelaisError) else BadInput("invalid frame")
        language = visit.language if visit else self._options.default_language
        return error_out(known, language=language, max_length=self._options.max_length, client_id=client_id)

    async def _hello(self, request: web.Request) -> web.Response:
        try:
            hello = Hello(**{"visitor": _bearer(request), **await _body(request)})
        except ValidationError as error:
            raise BadInput("invalid hello") from error
        _, welcome = await self._visits.hello(hello, remote=request.remote or "")
        return web.json_response(welcome)

    async def _post(self, request: web.Request, accept: Accept) -> web.Response:
        token = _token(request)
        body = await _body(request)
        language: str = body["language"] if body.get("language") in ("fr", "en") else self._options.default_language
        client_id = _client_id(body)
        try:
            frame = _written(body)
            if frame.conversation is not None:
                visit = await self._visits.owned(token, frame.conversation)
            else:
                visit = Visit(token=token, language=language, remote="", start_new=bool(body.get("new")))
            visit.remote = request.remote or ""
            return web.json_response(await self._visits.written(visit, frame, accept))
        except (RelaisError, ValidationError) as error:
            known = error if isinstance(error, RelaisError) else BadInput("invalid message")
            frame_out = error_out(known, language=language, max_length=self._options.max_length, client_id=client_id)
            return web.json_response(frame_out, status=known.status)

    async def _poll(self, request: web.Request) -> web.Response:
        try:
            conversation = UUID(request.query["conversation"])
            after = int(request.query.get("after", "0"))
            wait = min(float(request.query.get("wait", "0")), LONGEST_WAIT)
        except (KeyError, ValueError) as error:
            raise BadInput("conversation, after and wait") from error
        visit = await self._visits.owned(_token(request), conversation)
        visit.last = max(0, after)
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
        return web.json_response({"messages": messages, "owner": visit.owner, "last": visit.last})


def _parsed(data: Any) -> dict[str, Any]:
    if not isinstance(data, str):
        raise NotText("only text frames")
    try:
        frame = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadInput("not JSON") from error
    if not isinstance(frame, dict):
        raise BadInput("not an object")
    return frame


def _written(frame: dict[str, Any]) -> Written:
    if not isinstance(frame.get("text"), str):
        raise NotText("text is missing")
    return Written(**frame)


def _client_id(frame: dict[str, Any]) -> UUID | None:
    try:
        return UUID(str(frame.get("client_id")))
    except ValueError:
        return None


def _bearer(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _token(request: web.Request) -> str:
    token = _bearer(request)
    if token is None or not TOKEN.fullmatch(token):
        raise NotAuthenticated("no visitor token")
    return token


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        return _parsed(await request.text())
    except UnicodeDecodeError as error:
        raise NotText("not UTF-8") from error
    except web.HTTPRequestEntityTooLarge:
        raise
    except ConnectionError as error:
        raise Unavailable("connection lost") from error


async def _stopped(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await task
