"""The desk's live feed: the connection of every open desk, what is heard there, and the changes that reach it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from uuid import UUID

import structlog
from aiohttp import WSMsgType, web

from channels.ending import ended
from crm_backend.access.queries import may
from crm_backend.agents import services as agents
from crm_backend.errors import ForeignOrigin, NotAllowed, NotAuthenticated
from crm_backend.routing import presence
from server.desk.api import COOKIE, Desk, same_origin
from server.desk.board_feed import BoardFeed
from server.desk.build import build
from server.desk.front import Front
from server.desk.onlookers import Looking, Onlookers, viewed
from server.desk.rights import admit, needing
from server.desk.telling import OpenDesk, Telling

log = structlog.get_logger(__name__)
SIGNED_OUT = 4401
RECHECK = 30.0
TOUCHED_EVERY = 20.0
"""Seconds between two notes of one desk that its agent is at it."""


class Feed:
    """`GET /desk/ws`"""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open: set[web.WebSocketResponse] = set()
        self._tabs: Counter[str] = Counter()
        self._onlookers, self._front = Onlookers(desk.live), Front(desk.sessions)
        self._telling = Telling(desk, self._open)
        self.board = BoardFeed(desk.sessions, desk.zone)

    def routes(self) -> list[web.RouteDef]:
        """The feed's address."""
        return [web.get("/desk/ws", self.handle)]

    async def close(self) -> None:
        """Tells every open desk to come back later."""
        await self.board.close()
        for socket in list(self._open):
            with contextlib.suppress(Exception):
                await socket.close(code=1001)

    @needing("conversations.read")
    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One desk, from its connection to its end."""
        if request.headers.get("Origin") is None:
            raise ForeignOrigin("no origin")
        same_origin(request)
        try:
            desk = await self._admitted(request.cookies.get(COOKIE))
        except NotAuthenticated:
            desk = None
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=64 * 1024)
        await socket.prepare(request)
        self._open.add(socket)
        try:
            if desk is None:
                # A browser hears of a connection's end why it ended, but not why there was none.
                await socket.close(code=SIGNED_OUT)
            else:
                await self._serve(socket, desk)
        except ConnectionError:
            pass
        finally:
            self._open.discard(socket)
            await socket.close()
        return socket

    async def _admitted(self, token: str | None) -> OpenDesk:
        """Raises NotAuthenticated, NotAllowed."""
        async with self._desk.sessions() as session, session.begin():
            signed_in = await agents.session_of(session, token)
            await admit(session, signed_in.agent, "conversations.read")
            await agents.seen(session, str(token))
            cases = await may(session, signed_in.agent, "cases.read")
            orders = await may(session, signed_in.agent, "orders.read")
        return OpenDesk(agent=signed_in.agent, token=str(token), cases=cases, orders=orders)

    async def _serve(self, socket: web.WebSocketResponse, desk: OpenDesk) -> None:
        self._tabs[desk.token] += 1
        looking = Looking(agent=desk.agent.id, name=desk.agent.first_name, tell=socket.send_json)
        self._onlookers.enter(looking)
        await self._desk.wakes.routing()
        tasks = [
            asyncio.create_task(self._push(socket, desk)),
            asyncio.create_task(self._recheck(socket, desk)),
            asyncio.create_task(self._hear(socket, desk, looking)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.board.leave(socket)
            await ended(*tasks, desk.counting)
            await self._onlookers.leave(looking)
            await self._front.left(desk.token, looking)
            self._tabs[desk.token] -= 1
            # Another tab of the same browser keeps its agent here.
            if not self._tabs[desk.token]:
                del self._tabs[desk.token]
                with contextlib.suppress(Exception):
                    async with self._desk.sessions() as session, session.begin():
                        await agents.gone(session, desk.token)

    async def _hear(self, socket: web.WebSocketResponse, desk: OpenDesk, looking: Looking) -> None:
        async for raw in socket:
            if raw.type == WSMsgType.TEXT and '"ping"' in raw.data:
                await socket.send_json({"type": "pong"})
            elif raw.type == WSMsgType.TEXT and '"active"' in raw.data:
                await self._touched(desk)
            elif raw.type == WSMsgType.TEXT and '"board"' in raw.data:
                self.board.heard(socket, desk.agent, raw.data)
            elif raw.type == WSMsgType.TEXT and '"viewing"' in raw.data:
                await self._onlookers.look(looking, viewed(raw.data))
            elif raw.type == WSMsgType.TEXT and '"front"' in raw.data:
                await self._front.heard(desk.token, looking, raw.data)

    async def _recheck(self, socket: web.WebSocketResponse, desk: OpenDesk) -> None:
        """Notes the agent's presence, and ends with the session."""
        while True:
            await asyncio.sleep(RECHECK)
            if not await self._still_in(socket, desk):
                return

    async def _still_in(self, socket: web.WebSocketResponse, desk: OpenDesk) -> bool:
        """Whether the session lives; the socket is closed when it does not."""
        try:
            now = await self._admitted(desk.token)
            desk.agent, desk.cases, desk.orders = now.agent, now.cases, now.orders
            await self._front.again(desk.token)
        except (NotAuthenticated, NotAllowed):
            await socket.close(code=SIGNED_OUT)
            return False
        except Exception as error:  # noqa: BLE001  the database may be away for a moment
            log.warning("desk.recheck_failed", cause=type(error).__name__)
        return True

    async def _push(self, socket: web.WebSocketResponse, desk: OpenDesk) -> None:
        async with self._desk.live.listen("desk") as notes:
            await socket.send_json({"type": "ready", "build": build()})
            async for note in notes:
                if note is None:
                    self._telling.count(socket, desk)
                elif note["kind"] == "changed":
                    await self._telling.changed(socket, desk, note)
                elif note["kind"] == "delivery":
                    await self._telling.delivery(socket, desk, note)
                elif note["kind"] == "sessions":
                    if note["agent"] in (None, str(desk.agent.id)) and not await self._still_in(socket, desk):
                        return
                elif note["kind"] == "note":
                    await self._telling.note(socket, UUID(note["conversation"]), UUID(note["note"]))
                elif note["kind"] == "whisper":
                    await self.board.whispered(socket, desk.agent, note)
                elif note["kind"] in ("offer", "notice", "counts"):
                    if note["agent"] == str(desk.agent.id):
                        await self._telling.own(socket, desk, note["kind"])
                elif {"case": desk.cases, "order": desk.orders}.get(note["kind"], True):
                    await socket.send_json({"type": note["kind"], **{k: v for k, v in note.items() if k != "kind"}})

    async def _touched(self, desk: OpenDesk) -> None:
        """Its agent did something there."""
        if time.monotonic() - desk.touched < TOUCHED_EVERY:
            return
        desk.touched = time.monotonic()
        try:
            async with self._desk.sessions() as session, session.begin():
                back = await presence.touched(session, desk.agent.id)
        except Exception as error:  # noqa: BLE001  the database may be away for a moment
            log.warning("desk.touch_failed", cause=type(error).__name__)
            return
        if back:
            await self._desk.live.publish("desk", {"kind": "offer", "agent": str(desk.agent.id)})
            await self._desk.wakes.routing()
