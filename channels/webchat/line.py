"""One open WebSocket of the web chat: what the browser says, and what it is told."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import structlog
from aiohttp import WSMsgType, web

from channels.ending import ended
from channels.webchat import doing
from channels.webchat.frames import Hello, Language, Rated, Seen, error_out
from channels.webchat.reading import client_id_of, known, parsed, written
from channels.webchat.visitors import Visit, nobody
from channels.webchat.visits import Visits
from crm_backend.errors import BadInput, NotAuthenticated, NotFound, TokenExpired

log = structlog.get_logger(__name__)
HELLO_WITHIN = 20.0
FRAMES_A_SECOND, FRAMES_AT_ONCE = 50, 100
"""How fast one socket is read. A browser sends a few a second; what comes faster waits in the network."""


class Line:
    """A connected browser."""

    def __init__(self, socket: web.WebSocketResponse, *, visits: Visits, remote: str, host: str) -> None:
        self._socket, self._visits, self._remote, self._host = socket, visits, remote, host

    async def converse(self) -> None:
        """Reads frames until the browser is gone."""
        socket = self._socket
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
                    frame = parsed(raw.data if raw.type == WSMsgType.TEXT else None)
                    client_id = client_id_of(frame)
                    if frame.get("type") == "hello":
                        # What it shows may become somebody else's, who signs in by this very frame.
                        await ended(watcher)
                        watcher, watched = None, (None, None)
                        visit = await self._greeted(frame)
                    elif visit is None:
                        raise BadInput("say hello first")
                    else:
                        await self._act(visit, frame)
                except ConnectionError:
                    return
                except Exception as error:  # noqa: BLE001  a socket outlives what a frame meets, such as a lost database
                    await socket.send_json(self._error(error, visit, client_id))
                # A second hello makes a new visit, which knows what it was told.
                shows = visit.conversation if visit else None
                if watched[0] is not visit or watched[1] != shows:
                    await ended(watcher)
                    watched = (visit, shows)
                    watcher = asyncio.create_task(self._watch(visit)) if visit and shows else None
        finally:
            await ended(watcher)

    async def _greeted(self, frame: dict[str, Any]) -> Visit | None:
        """The visit that a hello begins; None when who it says is signed in is not: nobody goes on as somebody else."""
        hello = Hello(**frame)
        try:
            visit, welcome = await self._visits.hello(hello, remote=self._remote, host=self._host)
        except NotAuthenticated as error:
            language = hello.language or self._visits.company.default_language
            await self._socket.send_json(error_out(error, language=language, max_length=0))
            return None
        await self._socket.send_json(welcome)
        return visit

    async def _act(self, visit: Visit, frame: dict[str, Any]) -> None:
        kind = frame.get("type")
        if kind == "message":
            await self._socket.send_json(await doing.write(self._visits, visit, written(frame)))
        elif kind == "rating":
            await self._socket.send_json(await doing.rate(self._visits, visit, Rated(**frame)))
        elif kind == "seen":
            await doing.mark_seen(self._visits, visit, Seen(**frame).seq)
        elif kind == "typing":
            await doing.tell_typing(self._visits, visit)
        elif kind == "language":
            await doing.switch_language(self._visits, visit, Language(**frame).language)
        elif kind == "new":
            visit.conversation, visit.start_new, visit.last = None, True, 0
            visit.owner = nobody()
        elif kind == "ping":
            await self._socket.send_json({"type": "pong"})
        else:
            raise BadInput("unknown frame")

    async def _watch(self, visit: Visit) -> None:
        async with self._visits.live.listen(f"conversation:{visit.conversation}") as notes:
            # What came between the welcome and this line is read now.
            theirs = await self._tell(visit)
            async for note in notes:
                if not theirs:
                    return
                if note is not None and note["kind"] in ("typing", "delivery"):
                    await self._socket.send_json(
                        {"type": note["kind"], **{k: v for k, v in note.items() if k != "kind"}}
                    )
                elif note is not None and note["kind"] == "updated":
                    theirs = await self._tell(visit, again=note["seq"])
                elif note is not None and (frames := self._visits.answered(visit, note.get("answered"))):
                    for frame in frames:
                        await self._socket.send_json(frame)
                elif note is not None and note.get("said", 0) == visit.wrote != 0:
                    # Their own words, which were acknowledged: they are read with the answer, not twice.
                    continue
                # A reply is announced when it is stored and again when the outbox sends it: it is read once.
                elif note is None or note.get("seq", visit.last + 1) > visit.last:
                    theirs = await self._tell(visit)

    async def _tell(self, visit: Visit, *, again: int | None = None) -> bool:
        """Tells what is new; false when nothing more may be told."""
        showed = visit.conversation
        try:
            frames = await (self._visits.news(visit) if again is None else self._visits.again(visit, again))
        except NotFound:
            # Somebody signed in, in another tab, and took it along: it is not this browser's any more.
            visit.conversation, visit.last, visit.owner = None, 0, nobody()
            await self._socket.send_json({"type": "gone", "conversation": str(showed)})
            return False
        except TokenExpired as error:
            await self._socket.send_json(self._error(error, visit, None))
            return False
        except Exception as error:  # noqa: BLE001  the database may be away for a moment: the next note or pause tries again
            log.warning("webchat.news_failed", cause=type(error).__name__)
            return True
        for frame in frames:
            await self._socket.send_json(frame)
        return True

    def _error(self, error: Exception, visit: Visit | None, client_id: UUID | None) -> dict[str, Any]:
        language = visit.language if visit else self._visits.company.default_language
        return error_out(
            known(error), language=language, max_length=self._visits.company.max_length, client_id=client_id
        )


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
