"""The feed of an open desk, frame by frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import ClientWebSocketResponse

from tests.support.site import AgentAtDesk


async def connect(who: AgentAtDesk) -> ClientWebSocketResponse:
    """Their desk is open from now on."""
    socket = await who.client.ws_connect(f"{who.address}/desk/ws", headers={"Origin": who.address})
    await until(socket, lambda frame: frame["type"] == "ready")
    return socket


async def until(socket: ClientWebSocketResponse, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The next frame of the feed that is wanted."""
    while True:
        frame: dict[str, Any] = await socket.receive_json(timeout=20)
        if wanted(frame):
            return frame
