"""What a stranger may send to the public doors, and what comes of it."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from crm_backend.agents import services as agents
from server.app import Parts
from server.settings import Settings
from tests.conftest import MakeAgent, MakeCustomer
from tests.support import site
from tests.support.assistant import ScriptedBot
from tests.support.stores import Stores

FOREIGN = ("https://evil.example", "null", "http://[", "https://evil.example\\@{host}", "https://{host}.evil.example")


async def status(server: Parts, method: str, path: str, **more: Any) -> int:
    url = f"{server.settings.address}{path}"
    async with site.browser_session() as client, client.request(method, url, **more) as response:
        await response.read()
        return response.status


def behind(settings: Settings) -> Settings:
    return settings.model_copy(update={"trusted_proxies": ["127.0.0.1"]})


@pytest.mark.parametrize("wait", ["nan", "inf", "-inf", "-1", "1e400"])
async def test_a_poll_ends_whatever_it_asks_to_wait(server: Parts, customer: MakeCustomer, wait: str) -> None:
    marie = await customer()
    await marie.say("bonjour")
    asked = f"/chat/messages?conversation={marie.conversation}&after=0&wait={wait}"
    headers = {"Authorization": f"Bearer {marie.visitor}"}
    assert await status(server, "GET", asked, headers=headers) in (200, 400)
    waiting = f"/chat/messages?conversation={marie.conversation}&after=99&wait={wait}"
    if wait not in ("inf", "1e400"):
        async with asyncio.timeout(3):
            assert await status(server, "GET", waiting, headers=headers) in (200, 400)


async def test_a_poll_after_a_number_of_any_size_is_answered(server: Parts, customer: MakeCustomer) -> None:
    marie = await customer()
    await marie.say("bonjour")
    asked = f"/chat/messages?conversation={marie.conversation}&after={10**30}"
    assert await status(server, "GET", asked, headers={"Authorization": f"Bearer {marie.visitor}"}) == 200


@pytest.mark.parametrize("path", ["/chat/messages", "/chat/ws", "/chat/config", "/chat/hello"])
@pytest.mark.parametrize("origin", FOREIGN)
async def test_pages_of_other_sites_are_refused(server: Parts, path: str, origin: str) -> None:
    origin = origin.format(host=server.settings.address.removeprefix("http://"))
    method = "POST" if path == "/chat/hello" else "GET"
    assert await status(server, method, path, headers={"Origin": origin}, json={}) == 403
    assert await status(server, "POST", "/desk/api/session", headers={"Origin": origin}, json={}) == 403
    assert await status(server, "GET", "/desk/ws", headers={"Origin": origin}) == 403


async def test_nobodys_page_is_not_ours_when_the_host_is_left_out(server: Parts) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.settings.port)
    writer.write(b"GET /chat/config HTTP/1.1\r\nHost:\r\nOrigin: null\r\nConnection: close\r\n\r\n")
    assert b" 403 " in await reader.readline()
    writer.close()


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/fr/aide?q=%00", {}, 400),
        ("/fr/aide?q=%ED%A0%80", {}, 200),
        ("/fr/aide/%00", {}, 400),
        ("/widget/%00", {}, 400),
        ("/widget/" + "a" * 300, {}, 404),
        ("/widget/..%2f..%2fserver%2fapp.py", {}, 404),
        ("/desk/..%2f..%2f..%2fvar%2fsecrets.env", {}, 404),
        ("/desk//etc/passwd", {}, 404),
        ("/desk/api/session", {"Cookie": "relais_desk=\udcff"}, 401),
    ],
)
async def test_unreadable_requests_are_refused_without_a_failure(
    server: Parts, path: str, headers: dict[str, str], expected: int
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.settings.port)
    lines = [f"GET {path} HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode(errors="surrogateescape"))
    assert int((await reader.readline()).split()[1]) == expected
    writer.close()


async def test_answers_that_hold_personal_data_are_kept_by_no_browser(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    async with claire.client.get(f"{server.settings.address}/desk/api/conversations") as response:
        assert response.headers["Cache-Control"] == "no-store"
    async with claire.client.get(f"{server.settings.address}/desk/assets/missing.js") as response:
        assert response.status == 404 and "immutable" not in response.headers["Cache-Control"]


async def test_a_customer_who_types_leaves_every_desk_and_tab_connected(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie = await customer()
    await marie.say("bonjour")
    desks = []
    for email in ("claire@example.com", "thomas@example.com", "emma@example.com"):
        signed_in = await agent(email)
        origin = {"Origin": server.settings.address}
        desks.append(await signed_in.client.ws_connect(f"{server.settings.address}/desk/ws", headers=origin))
        assert (await desks[-1].receive_json())["type"] == "ready"
    second = await customer()
    second.visitor, second.conversation = marie.visitor, marie.conversation
    await second.connect()
    assert marie.socket is not None
    await marie.socket.send_json({"type": "typing"})
    for desk in desks:
        async with asyncio.timeout(5):
            while (await desk.receive_json())["type"] != "typing":
                pass
    await marie.say("toujours là ?")
    assert (await second.until("bot", after=marie.last - 2))["text"] == "echo: toujours là ?"
    assert not any(desk.closed for desk in desks)


async def test_typing_reaches_the_desk_at_most_once_a_second(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie = await customer()
    await marie.say("bonjour")
    claire = await agent()
    origin = {"Origin": server.settings.address}
    desk = await claire.client.ws_connect(f"{server.settings.address}/desk/ws", headers=origin)
    assert marie.socket is not None
    assert (await desk.receive_json())["type"] == "ready"
    # The assistant may still be typing for a moment: only the customer counts here.
    for _ in range(50):
        await marie.socket.send_json({"type": "typing"})
    await marie.send("voilà")
    seen = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(3):
            while True:
                frame = await desk.receive_json()
                seen += frame["type"] == "typing" and frame["from"] == "customer"
                if frame["type"] == "message" and frame["message"]["text"] == "echo: voilà":
                    break
    assert 1 <= seen <= 2


async def test_a_flood_of_frames_is_taken_at_a_walking_pace(customer: MakeCustomer) -> None:
    marie = await customer()
    assert marie.socket is not None
    started = time.monotonic()
    for _ in range(300):
        await marie.socket.send_json({"type": "ping"})
    for _ in range(300):
        assert (await marie.socket.receive_json())["type"] == "pong"
    assert time.monotonic() - started > 2


async def test_one_address_opens_so_many_sockets_and_no_more(
    database_url: str, stores: Stores, scripted: ScriptedBot
) -> None:
    settings = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, sockets_per_address=3)
    here, there = ({"X-Forwarded-For": address} for address in ("203.0.113.1", "203.0.113.2"))
    async with site.serving(behind(settings)), site.browser_session() as client:
        url = f"{settings.address}/chat/ws"
        opened = [await client.ws_connect(url, headers=here) for _ in range(3)]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(url, headers=here)
        assert refused.value.status == 429
        await (await client.ws_connect(url, headers=there)).close()
        await opened[0].close()
        await asyncio.sleep(0.1)
        await (await client.ws_connect(url, headers=here)).close()


async def test_checking_a_password_does_not_hold_up_the_others(server: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    loop_thread, seen = threading.get_ident(), []

    def noted(*_: object) -> bool:
        seen.append(threading.get_ident())
        return False

    monkeypatch.setattr(agents._hasher, "verify", noted)
    credentials = {"email": f"{uuid4()}@x.fr", "password": "x"}
    assert await status(server, "POST", "/desk/api/session", json=credentials) == 401
    assert seen and loop_thread not in seen


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("203.0.113.9", 404),
        ("127.0.0.1, 203.0.113.9", 404),
        ("203.0.113.9, 127.0.0.1", 404),
        ("nonsense", 404),
        (None, 200),
    ],
)
async def test_figures_are_not_told_through_the_proxy(
    database_url: str, stores: Stores, scripted: ScriptedBot, forwarded: str | None, expected: int
) -> None:
    settings = behind(site.settings_for(database_url, stores.redis_url, bot_port=scripted.port))
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    async with site.serving(settings) as parts:
        assert await status(parts, "GET", "/metrics", headers=headers) == expected


async def test_figures_are_told_to_nobody_who_came_through_any_proxy(server: Parts) -> None:
    assert await status(server, "GET", "/metrics", headers={"X-Forwarded-For": "127.0.0.1"}) == 404
    assert await status(server, "GET", "/metrics") == 200


async def test_behind_the_proxy_each_address_has_its_own_limit(
    database_url: str, stores: Stores, scripted: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = behind(site.settings_for(database_url, stores.redis_url, bot_port=scripted.port))
    monkeypatch.setattr(agents._hasher, "verify", lambda *_: False)
    network = f"2001:db8:{uuid4().hex[:4]}"
    async with site.serving(settings) as parts:

        async def attempt(forwarded: str) -> int:
            credentials = {"email": f"{uuid4()}@x.fr", "password": "x"}
            headers = {"X-Forwarded-For": f"198.51.100.1, {forwarded}"}
            return await status(parts, "POST", "/desk/api/session", json=credentials, headers=headers)

        # One connection's IPv6 addresses are its owner's to choose: they count as one.
        seen = [await attempt(f"{network}:1::{n:x}") for n in range(40)]
        assert 429 in seen
        assert await attempt(f"{network}:2::1") == 401
