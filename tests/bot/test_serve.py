"""The door: who asks on a lane is answered turn after turn, hears of every failure, and is not cut off by a leaving."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer
from rasa.utils.endpoints import ClientResponseError

from bot import turn as turns
from bot.lanes import LANE, ActionEndpoint, LaneEnded
from bot.serve import Door

ASKED = {"conversation": "c", "turn": "t", "text": "bonjour", "language": "fr", "state": None}
FINE = {"status": 200, "answer": {"replies": [{"text": "Bonjour"}]}}
Outcome = Callable[[], Awaitable[dict[str, Any]]]


async def fine() -> dict[str, Any]:
    return FINE["answer"]


async def slow() -> dict[str, Any]:
    await asyncio.sleep(5)
    return {}


async def broken() -> dict[str, Any]:
    raise KeyError("surprise")


async def silent() -> dict[str, Any]:
    raise turns.TurnFailed("nothing was said")


async def acting() -> dict[str, Any]:
    return {"replies": [await ActionEndpoint().request(json={"next_action": "action_dance"})]}


@pytest.fixture
def thinks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says how the next turns end."""

    def set_to(*outcomes: Outcome) -> None:
        left = list(outcomes)

        async def take(*_: object) -> dict[str, Any]:
            return await left.pop(0)()

        monkeypatch.setattr(turns, "take", take)

    return set_to


@asynccontextmanager
async def door() -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(Door(None, "secret", patience=0.2).application())) as client:
        yield client


def lane(client: TestClient, header: str = "Bearer secret") -> Any:
    return client.ws_connect("/webhooks/relais/turns", headers={"Authorization": header})


async def asked(socket: aiohttp.ClientWebSocketResponse, turn: Any = ASKED) -> dict[str, Any]:
    await socket.send_json({"turn": turn})
    return await socket.receive_json()


def test_a_lane_carries_one_turn_after_the_other_and_tells_how_each_went(thinks: Callable[..., None]) -> None:
    thinks(fine, silent, broken, fine)

    async def play() -> None:
        async with door() as client, lane(client) as socket:
            assert await asked(socket) == FINE
            told = [await asked(socket, turn) for turn in (ASKED, ASKED, {**ASKED, "language": "de"}, ASKED)]
            assert [each["status"] for each in told] == [500, 500, 400, 200]

    asyncio.run(play())


def test_a_turn_that_takes_too_long_ends_the_lane(thinks: Callable[..., None]) -> None:
    thinks(slow)

    async def play() -> None:
        async with door() as client, lane(client) as socket:
            assert (await asked(socket))["code"] == "turn_failed"
            assert (await socket.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED)

    asyncio.run(play())


@pytest.mark.parametrize("frame", ["{", "[]", '{"other": 1}', '"turn"'])
def test_what_is_no_turn_is_refused(frame: str) -> None:
    async def play() -> None:
        async with door() as client, lane(client) as socket:
            await socket.send_str(frame)
            assert (await socket.receive_json())["status"] == 400

    asyncio.run(play())


def test_an_action_is_called_for_on_the_lane_of_its_turn(thinks: Callable[..., None]) -> None:
    thinks(acting, acting, acting)

    async def play() -> None:
        async with door() as client, lane(client) as socket:
            assert await asked(socket) == {"call": "action", "body": {"next_action": "action_dance"}}
            await socket.send_json({"status": 200, "body": {"text": "fini"}})
            assert (await socket.receive_json())["answer"]["replies"] == [{"text": "fini"}]
            await asked(socket)
            await socket.send_json({"status": 404, "body": {"error": "no such action"}})
            assert (await socket.receive_json())["detail"] == ClientResponseError.__name__
            await asked(socket)

    asyncio.run(play())


def test_without_a_lane_no_action_is_called() -> None:
    assert LANE.get() is None
    with pytest.raises(LaneEnded):
        asyncio.run(acting())


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "secret", "Basic secret", "Bearer sécret"])
def test_the_door_is_closed_without_the_token(header: str) -> None:
    async def play() -> None:
        async with door() as client:
            with pytest.raises(WSServerHandshakeError, match="401"):
                await lane(client, header)

    asyncio.run(play())


def test_a_door_without_a_token_does_not_open() -> None:
    with pytest.raises(ValueError, match="RELAIS_BOT_TOKEN"):
        Door(None, "")


def test_who_leaves_ends_the_turn_that_was_begun(thinks: Callable[..., None]) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def held() -> dict[str, Any]:
        begun.set()
        await go_on.wait()
        return FINE["answer"]

    thinks(held)

    async def play() -> None:
        door = Door(None, "secret", patience=5)
        runner = web.AppRunner(door.application())
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/webhooks/relais/turns"
        headers = {"Authorization": "Bearer secret"}
        async with aiohttp.ClientSession(headers=headers) as client:
            idle, busy = [await client.ws_connect(address) for _ in range(2)]
            await busy.send_str(json.dumps({"turn": ASKED}))
            await begun.wait()
            leaving = asyncio.create_task(runner.cleanup())
            assert (await idle.receive()).type is WSMsgType.CLOSE
            go_on.set()
            assert await busy.receive_json() == FINE
            assert (await busy.receive()).type is WSMsgType.CLOSE
            await leaving

    asyncio.run(play())
