"""Connections to the assistant: WebSockets, each of which carries one turn after the other (docs/protocols.md)."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import orjson
from aiohttp import WSMsgType
from pydantic import SecretStr

Act = Callable[[str, Any], Awaitable[str]]
"""What is done for the assistant while it thinks: of a call and what goes with it, the frame that answers."""
MOST = 16 * 1024 * 1024
"""Bytes of one frame."""
CONNECTING = 2.0
"""Seconds that the assistant may take to accept a connection, and again to agree to the lane."""
LASTING = 60.0
"""Seconds, on average, for which a lane is used: where the assistant has several processes, those that were started
later get their share of the turns, too."""
PARTING = aiohttp.ClientWSTimeout(ws_close=0.5)
"""How long the other side may take to agree that a lane ends."""


class LaneEnded(ConnectionError):
    """The other side left before it answered: whoever takes its place may be asked the same."""


class Lane:
    """One open connection, on which one turn at a time is asked for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        # Not all at the same moment.
        self._until = time.monotonic() + LASTING * random.uniform(0.5, 1.5)  # noqa: S311

    @property
    def worn(self) -> bool:
        """Whether another had better take its place."""
        return time.monotonic() > self._until

    async def ask(self, turn: dict[str, Any], act: Act) -> dict[str, Any]:
        """What is told of the turn. Raises LaneEnded, ValueError or TypeError for what is no frame, what `act`
        raises."""
        await self._tell(orjson.dumps({"turn": turn}).decode())
        while True:
            said = await self._socket.receive()
            if said.type is not WSMsgType.TEXT:
                raise LaneEnded("no answer")
            frame = orjson.loads(said.data)
            if not isinstance(frame, dict):
                raise TypeError("no frame")
            if "call" not in frame:
                return frame
            await self._tell(await act(frame["call"], frame.get("body")))

    async def _tell(self, frame: str) -> None:
        try:
            await self._socket.send_str(frame)
        except ConnectionError as error:
            raise LaneEnded("nobody is there") from error

    async def close(self) -> None:
        """Ends it, whatever is asked on it."""
        await self._socket.close()


class Lanes:
    """The open lanes of this process: as many as turns are thought about at the same time."""

    def __init__(self, client: aiohttp.ClientSession, *, address: str, token: SecretStr) -> None:
        self._client, self._address, self._token = client, address, token
        self._idle: list[Lane] = []
        self._closing: set[asyncio.Task[None]] = set()

    async def ask(self, turn: dict[str, Any], act: Act, *, tries: int) -> dict[str, Any]:
        """What is told of the turn. Where a lane ends without a word it is asked again, since a turn is done once.

        Raises LaneEnded after so many `tries`, aiohttp.ClientError when no lane can be opened, TimeoutError when the
        assistant takes no connection, ValueError and TypeError for what is no frame.
        """
        tried = 0
        while True:
            lane = self._free()
            try:
                lane = lane or await self._opened()
                told = await lane.ask(turn, act)
            except (LaneEnded, aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
                tried += 1
                # One that took over from another ended all its lanes: those that are kept are no better.
                self._drop(lane, *self._idle)
                self._idle.clear()
                if tried == tries or isinstance(error, aiohttp.ClientConnectorError):
                    raise
            except BaseException as error:
                self._drop(lane)
                if isinstance(error, asyncio.CancelledError):
                    # Whoever took too long may be gone without a word, and the others with it.
                    self._drop(*self._idle)
                    self._idle.clear()
                raise
            else:
                self._idle.append(lane)
                return told

    def _free(self) -> Lane | None:
        while self._idle:
            lane = self._idle.pop()
            if not lane.worn:
                return lane
            self._drop(lane)
        return None

    async def _opened(self) -> Lane:
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}"}
        async with asyncio.timeout(CONNECTING):
            socket = await self._client.ws_connect(
                f"{self._address}/webhooks/relais/turns", headers=headers, max_msg_size=MOST, timeout=PARTING
            )
        return Lane(socket)

    def _drop(self, *lanes: Lane | None) -> None:
        for lane in lanes:
            if lane is not None:
                task = asyncio.create_task(lane.close(), name="lane-close")
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)
