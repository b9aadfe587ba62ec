"""Lanes: WebSockets by which the server asks for turns, one after the other on each.

What a turn needs of the server, an action or the names of the catalogue, it asks for on the lane by which it came: the
assistant has no address of the server, and opens no connection.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import aiohttp
import orjson
from aiohttp import WSMsgType, web
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

LANE: ContextVar[Lane | None] = ContextVar("lane", default=None)
"""The lane by which the turn came that is thought about."""
MOST = 16 * 1024 * 1024
"""Bytes of one frame: the names of a large catalogue."""
CLOSING = 0.5
"""Seconds that the other side may take to agree that a lane ends."""


class LaneEnded(aiohttp.ClientConnectionError):
    """The other side left in the middle of a turn."""


class Lane:
    """One open connection of the server."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self.idle = False
        """Whether no turn is being thought about."""

    async def next(self) -> Any:
        """The next turn, as it was sent; None when none will come. Raises ValueError for what is no JSON."""
        self.idle = True
        said = await self._socket.receive()
        self.idle = False
        return orjson.loads(said.data)["turn"] if said.type is WSMsgType.TEXT else None

    async def tell(self, frame: dict[str, Any]) -> None:
        """Raises ConnectionError when nobody hears it."""
        await self._socket.send_str(orjson.dumps(frame).decode())

    async def call(self, what: str, body: Any) -> Any:
        """What the server answers. Raises ClientResponseError when it refuses, LaneEnded when it is gone."""
        frame = orjson.dumps({"call": what, "body": body})
        if len(frame) > MOST:
            raise ClientResponseError(413, what, "")
        try:
            await self._socket.send_str(frame.decode())
            said = await self._socket.receive()
        except ConnectionError as error:
            raise LaneEnded("the server is gone") from error
        if said.type is not WSMsgType.TEXT:
            raise LaneEnded("the server is gone")
        answer = orjson.loads(said.data)
        if answer["status"] != 200:
            raise ClientResponseError(answer["status"], what, orjson.dumps(answer["body"]))
        return answer["body"]

    async def close(self) -> None:
        """Ends it."""
        await self._socket.close()


class ActionEndpoint(EndpointConfig):
    """Where Rasa has its custom actions run."""

    def __init__(self) -> None:
        # Selective: otherwise every call would carry the whole domain, 160 kB.
        super().__init__("lane", enable_selective_domain=True)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """What the action answers. Raises what `Lane.call` raises."""
        lane = LANE.get()
        if lane is None:
            raise LaneEnded("no lane leads to the actions")
        return await lane.call("action", kwargs["json"])
