"""What is refused, in the visitor's language, and what a socket survives."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from server.app import Parts
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeCustomer

BAD = {
    "not JSON": "{",
    "a list": "[]",
    "a number": "5",
    "deep": "[" * 100_000,
    "no type": "{}",
    "an unknown type": '{"type": "dance"}',
    "no client_id": '{"type": "message", "text": "bonjour"}',
    "an odd client_id": '{"type": "message", "client_id": "1", "text": "bonjour"}',
    "a negative seq": '{"type": "seen", "seq": -1}',
    "a huge seq": '{"type": "seen", "seq": 99999999999}',
    "another language": '{"type": "language", "language": "de"}',
    "a button beyond": '{"type": "message", "client_id": "%s", "text": "", "button": {"seq": 2147483648, "index": 0}}',
    "a button below": '{"type": "message", "client_id": "%s", "text": "x", "button": {"seq": 1, "index": -1}}',
    "an unknown control": '{"type": "message", "client_id": "%s", "text": "x", "action": "/affirm"}',
}


async def refused(customer: Any, raw: str | bytes) -> dict[str, Any]:
    await (customer.socket.send_bytes(raw) if isinstance(raw, bytes) else customer.socket.send_str(raw))
    error = await customer._frame("error")
    assert error.keys() == {"type", "code", "message", "client_id", "retry_after"}
    return error


async def test_what_cannot_be_read_is_refused_and_the_socket_lives(customer: MakeCustomer) -> None:
    marie = await customer("en")
    for name, raw in BAD.items():
        error = await refused(marie, raw.replace("%s", str(uuid4())))
        assert (error["code"], error["message"]) == ("bad_frame", "I couldn’t read that request."), name
    assert (await marie.say("bonjour"))["text"] == "echo: bonjour"


async def test_only_text_is_accepted(customer: MakeCustomer) -> None:
    marie = await customer()
    assert (await refused(marie, b"\x00\xff"))["code"] == "not_text"
    for text in (None, 5, ["bonjour"], {"a": 1}):
        assert (await marie.send(text))["code"] == "not_text"  # type: ignore[arg-type]


async def test_before_hello_nothing_is_heard(server: Parts, browser: Browser) -> None:
    async with browser.client.ws_connect(f"{browser.address}/chat/ws") as socket:
        await socket.send_json({"type": "message", "client_id": str(uuid4()), "text": "bonjour"})
        assert (await socket.receive_json())["code"] == "bad_frame"


async def test_a_message_that_is_too_long_is_refused_with_its_client_id(customer: MakeCustomer) -> None:
    for language, sentence in (("fr", "Ce message est trop long"), ("en", "That message is too long")):
        marie = await customer(language)
        client_id = str(uuid4())
        error = await marie.send("é" * 10_001, client_id=client_id)
        assert (error["code"], error["client_id"]) == ("too_long", client_id)
        assert error["message"].startswith(sentence) and "10000" in error["message"]
        assert (await marie.send("é" * 10_000, client_id=client_id))["type"] == "ack"


async def test_an_empty_message_is_refused(customer: MakeCustomer) -> None:
    marie = await customer()
    for text in ("", "  \n", "\u200b", "\x00"):
        assert (await marie.send(text))["code"] == "empty"
    assert marie.conversation is None


async def test_a_frame_beyond_all_measure_ends_the_socket_and_nothing_else(customer: MakeCustomer) -> None:
    marie, paul = await customer(), await customer()
    await marie.socket.send_str("x" * (2 * 1024 * 1024))
    closed = await marie.socket.receive(timeout=5)
    assert closed.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert (await paul.say("bonjour"))["text"] == "echo: bonjour"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a & b &lt; \"c\" 'd'",
        "**b** [x](javascript:1)",
        "{{7*7}}",
    ],
)
async def test_markup_comes_back_as_the_plain_text_it_is(customer: MakeCustomer, text: str) -> None:
    marie = await customer()
    assert (await marie.say(text))["text"] == f"echo: {text}"
    assert marie.messages[0]["text"] == text


async def test_what_other_origins_send_is_refused_both_ways(server: Parts, browser: Browser) -> None:
    for origin in ("https://evil.example", "null", "http://[", f"http://127.0.0.1:{server.settings.port}.evil.example"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await browser.client.ws_connect(f"{browser.address}/chat/ws", headers={"Origin": origin})
        assert refusal.value.status == 403
        status, problem = await browser.call("POST", "/hello", json={}, headers={"Origin": origin})
        assert (status, problem["code"]) == (403, "foreign_origin"), origin


async def test_the_own_origin_is_welcome(browser: Browser) -> None:
    async with browser.client.ws_connect(f"{browser.address}/chat/ws", headers={"Origin": browser.address}) as socket:
        await socket.send_json({"type": "ping"})
        assert (await socket.receive_json())["type"] == "error"
