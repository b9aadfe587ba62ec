"""The web chat's door: WebSocket and HTTP handlers over `Visits`."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import ValidationError

from channels.port import Accept, Limiter, Live, own_page
from channels.webchat.frames import TOKEN, Hello, Language, Seen, Written, error_out
from channels.webchat.visits import NAME, Options, Visit, Visits
from crm_backend.conversations.outbox import Delivery
from crm_backend.database import Sessions
from crm_backend.errors import BadInput, ForeignOrigin, NotAuthenticated, NotText, RateLimited, RelaisError, Unavailable

log = structlog.get_logger(__name__)
MAX_FRAME = 1024 * 1024
LONGEST_WAIT = 25.0
LOOPBACK = ("127.0.0.1", "::1")
HELLO_WITHIN = 20.0
FRAMES_A_SECOND, FRAMES_AT_ONCE = 50, 100
"""How fast one socket is read. A browser sends a few a second; what comes faster waits in the network."""


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
        watched: tuple[Visit | None, UUID | None] = (None, None)
        pace = Pace()
        try:
            while True:
                await pace.step()
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
                except ConnectionError:
                    return
                except Exception as error:  # noqa: BLE001  a socket outlives what a frame meets, such as a lost database
                    await socket.send_json(self._error(error, visit, client_id))
                # A second hello makes a new visit, which knows what it was told.
                if visit is not None and (watched[0] is not visit or watched[1] != visit.conversation):
                    await _stopped(watcher)
                    watched = (visit, visit.conversation)
                    watcher = asyncio.create_task(self._watch(socket, visit)) if visit.conversation else None
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
                    await socket.send_json({"type": note["kind"], **{k: v for k, v in note.items() if k != "kind"}})
                # A reply is announced when it is stored and again when the outbox sends it: it is read once.
                elif note is None or note.get("seq", visit.last + 1) > visit.last:
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
        known = _known(error)
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
                visit = Visit(token=token, language=language, remote="", start_new=True)
            visit.remote = request.remote or ""
            return web.json_response(await self._visits.written(visit, frame, accept))
        except Exception as error:  # noqa: BLE001  whatever it was, the widget reads a frame and may try again
            known = _known(error)
            frame_out = error_out(known, language=language, max_length=self._options.max_length, client_id=client_id)
            return web.json_response(frame_out, status=known.status)

    async def _poll(self, request: web.Request) -> web.Response:
        try:
            conversation = UUID(request.query["conversation"])
            after = min(int(request.query.get("after", "0")), 2**31 - 1)
            wait = float(request.query.get("wait", "0"))
            # Whatever is no number of seconds, such as nan, waits not at all.
            wait = min(wait, LONGEST_WAIT) if wait > 0 else 0.0
        except (KeyError, ValueError) as error:
            raise BadInput("conversation, after and wait") from error
        visit = await self._visits.owned(_token(request), conversation)
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


class Pace:
    """Lets steps through at once up to a burst, then at a steady rate."""

    def __init__(self) -> None:
        self._due = 0.0

    async def step(self) -> None:
        """Waits for the next step's turn."""
        now = asyncio.get_running_loop().time()
        self._due = max(self._due, now - FRAMES_AT_ONCE / FRAMES_A_SECOND) + 1 / FRAMES_A_SECOND
        if self._due > now:
            await asyncio.sleep(self._due - now)


def _known(error: Exception) -> RelaisError:
    if isinstance(error, RelaisError):
        return error
    if isinstance(error, ValidationError):
        return BadInput("invalid frame")
    log.error("webchat.failed", cause=type(error).__name__)
    return Unavailable(type(error).__name__)


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
