"""Actions are called over connections that stay open."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from rasa.utils.endpoints import EndpointConfig

from bot import calls


async def called(times: int) -> tuple[list[Any], int]:
    """The answers to so many calls one after the other and one with a new client, and the connections of the first."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(await request.json())

    site = web.Application()
    site.router.add_post("/actions", answer)
    async with TestServer(site) as server:
        endpoint = EndpointConfig(str(server.make_url("/actions")), headers={"Authorization": "Bearer x"})
        said = [await endpoint.request(json={"number": number}) for number in range(times)]
        kept = endpoint.__dict__["_kept"][1]
        open_now = len(kept.connector._conns)
        await kept.close()
        said.append(await endpoint.request(json={"number": "again"}))
        await endpoint.__dict__["_kept"][1].close()
    return said, open_now


def test_calls_share_a_connection_and_a_closed_client_is_replaced(monkeypatch: Any) -> None:
    monkeypatch.setattr(EndpointConfig, "session", calls.session)
    said, connections = asyncio.run(called(3))
    assert [each["number"] for each in said] == [0, 1, 2, "again"]
    assert connections == 1
