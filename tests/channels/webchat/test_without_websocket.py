"""The same chat over plain HTTP."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

import pytest

from channels.webchat.frames import new_token
from server.app import Parts
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeCustomer
from tests.support import site


async def test_a_conversation_over_http(browser: Browser) -> None:
    await browser.hello(language="fr")
    status, ack = await browser.send("bonjour")
    assert (status, ack["type"], ack["seq"]) == (200, "ack", 1)
    status, news = await browser.poll(after=1, wait=10)
    assert status == 200 and news["owner"]["kind"] == "bot" and news["last"] == 2
    assert [m["text"] for m in news["messages"]] == ["echo: bonjour"]


async def test_a_repeat_is_stored_once_and_acknowledged_again(browser: Browser) -> None:
    await browser.hello()
    client_id = str(uuid4())
    first = await browser.send("bonjour", client_id=client_id)
    assert await browser.send("bonjour", client_id=client_id) == first
    assert await browser.send("bonjour", client_id=client_id, conversation=None) == first


async def test_a_waiting_poll_wakes_up_at_once(browser: Browser) -> None:
    await browser.hello()
    await browser.send("un")
    await browser.poll(after=1, wait=10)
    begun = time.monotonic()
    waiting = asyncio.create_task(browser.poll(after=2, wait=20))
    await asyncio.sleep(0.3)
    await browser.send("deux")
    _, news = await waiting
    assert news["messages"][0]["text"] == "deux" and time.monotonic() - begun < 15


async def test_a_poll_without_news_ends_when_its_time_is_over(browser: Browser) -> None:
    await browser.hello()
    await browser.send("un")
    await browser.poll(after=1, wait=10)
    begun = time.monotonic()
    status, news = await browser.poll(after=2, wait=0.5)
    assert (status, news["messages"], news["last"]) == (200, [], 2)
    assert 0.4 < time.monotonic() - begun < 15


@pytest.mark.parametrize("wait", ["nan", "-inf", "-5"])
async def test_a_wait_that_is_no_time_does_not_wait(browser: Browser, wait: str) -> None:
    await browser.hello()
    await browser.send("un")
    await browser.poll(after=1, wait=10)
    async with asyncio.timeout(5):
        assert (await browser.poll(after=2, wait=wait))[0] == 200


async def test_an_after_beyond_everything_is_brought_back(browser: Browser) -> None:
    await browser.hello()
    await browser.send("un")
    await browser.poll(after=1, wait=10)
    for after in (99, 2**31, 10**30):
        status, news = await browser.poll(after=after)
        assert (status, news["messages"], news["last"]) == (200, [], 2)
    assert [m["seq"] for m in (await browser.poll(after=-5))[1]["messages"]] == [1, 2]


async def test_nobody_reads_or_writes_in_anothers_conversation(browser: Browser, customer: MakeCustomer) -> None:
    marie = await customer()
    await marie.say("bonjour")
    await browser.hello()
    browser.conversation = marie.conversation
    assert (await browser.poll())[0] == 404
    status, error = await browser.send("coucou")
    assert (status, error["type"], error["code"]) == (404, "error", "bad_frame")
    browser.token = ""
    assert (await browser.poll())[0] == (await browser.send("coucou"))[0] == 401
    browser.token = new_token()
    assert (await browser.poll())[0] == 404


async def test_refusals_are_frames_with_their_status(browser: Browser) -> None:
    await browser.hello()
    client_id = str(uuid4())
    status, error = await browser.send("x" * 10_001, client_id=client_id, language="en")
    assert (status, error["code"], error["client_id"]) == (400, "too_long", client_id)
    assert error["message"].startswith("That message is too long")
    assert (await browser.send(" "))[1]["code"] == "empty"
    assert (await browser.send(7))[1]["code"] == "not_text"
    assert (await browser.send("x", client_id="?"))[1]["code"] == "bad_frame"


async def test_bodies_that_cannot_be_read_are_refused(browser: Browser) -> None:
    await browser.hello()
    for data, status in ((b"{", 400), (b"[]", 400), (b'"\xff"', 400), (b"x" * 2_000_000, 413)):
        assert (await browser.call("POST", "/messages", data=data))[0] == status
        assert (await browser.call("POST", "/hello", data=data))[0] == status


async def test_allowed_origins_may_read_answers_and_refusals(server: Parts) -> None:
    shop = "https://shop.example"
    settings = server.settings.model_copy(
        update={"allowed_origins": [shop], "port": site.free_port(), "roles": ["web"]}
    )
    async with site.serving(settings) as parts, site.browser_session() as client:
        for method, path, status in (
            ("POST", "/chat/hello", 200),
            ("GET", "/chat/config", 200),
            ("OPTIONS", "/chat/messages", 204),
            ("GET", "/chat/messages", 400),
            ("POST", "/chat/messages", 401),
        ):
            async with client.request(
                method, parts.settings.address + path, headers={"Origin": shop}, json={}
            ) as response:
                assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (status, shop), path
                assert response.headers["Vary"] == "Origin"
        async with client.ws_connect(f"{parts.settings.address}/chat/ws", headers={"Origin": shop}) as socket:
            await socket.send_json({"type": "hello"})
            assert (await socket.receive_json())["type"] == "welcome"
        async with client.get(f"{parts.settings.address}/chat/config") as response:
            assert "Access-Control-Allow-Origin" not in response.headers
