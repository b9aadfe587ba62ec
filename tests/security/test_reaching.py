"""Where channels are led: addresses an admin was talked into, names that change their mind, answers without end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import update

from channels.mail.oauth import Tokens
from channels.mail.settings import MailSettings
from channels.port import Core, Retry
from channels.telegram import CHANNEL as TELEGRAM
from channels.telegram import Settings as TelegramSettings
from channels.whatsapp.graph import Graph
from channels.whatsapp.settings import WhatsAppSettings
from crm_backend.agents.model import Agent
from crm_backend.database import Sessions
from server.app import Parts
from server.reaching import Barred, Reach, host_of
from tests.conftest import MakeAgent
from tests.support.assistant import free_port
from tests.support.channels import core_on

METADATA = "169.254.169.254"
NEVER = (
    METADATA,
    "169.254.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "[fe80::1]",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "2852039166",
    "0xa9fea9fe",
    "169.254.43518",
)
PRIVATE = (
    "127.0.0.1",
    "::1",
    "10.0.0.5",
    "192.168.1.20",
    "172.16.0.9",
    "fd12:3456::1",
    "100.64.0.1",
    "::ffff:10.0.0.5",
)
PUBLIC = ("149.154.167.220", "2001:67c:4e8:f004::9", "::ffff:149.154.167.220")


@pytest.mark.parametrize("host", NEVER)
async def test_where_a_machine_is_told_its_secrets_is_never_connected_to(host: str) -> None:
    assert await Reach().bars(host)
    assert await Reach(private=False).bars(host)


async def test_private_networks_are_connected_to_unless_the_installation_leaves_them_out() -> None:
    for host in PRIVATE:
        assert (await Reach().bars(host), await Reach(private=False).bars(host)) == (False, True), host
    for host in PUBLIC:
        assert (await Reach().bars(host), await Reach(private=False).bars(host)) == (False, False), host


def test_the_host_of_a_setting_is_found_in_an_address_and_in_a_bare_name() -> None:
    assert host_of("http://user@169.254.169.254:80/latest") == METADATA
    assert host_of("https://[fe80::1]/x") == "fe80::1"
    assert (host_of("imap.example.com"), host_of("[fe80::1]"), host_of(""), host_of("http://[")) == (
        "imap.example.com",
        "fe80::1",
        "",
        "",
    )


def names(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Every name stands for the next of these addresses, the last one from then on."""
    left = list(answers)

    async def told(host: str, port: Any, **more: Any) -> list[Any]:
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        where = (address, port or 0, 0, 0) if ":" in address else (address, port or 0)
        return [(family, socket.SOCK_STREAM, 6, "", where)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", told)


@asynccontextmanager
async def answering(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A server that answers everything in one way; its address."""
    app, port = web.Application(), free_port()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def test_a_name_that_was_harmless_when_it_was_saved_is_looked_at_again_at_every_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reach = Reach()
    names(monkeypatch, "149.154.167.220", METADATA)
    assert not await reach.bars("api.example.com")
    with pytest.raises(Barred):
        await reach.connected("api.example.com", 993)
    async with aiohttp.ClientSession(connector=reach.connector()) as http:
        with pytest.raises(aiohttp.ClientConnectorError) as refused:
            await http.get("http://api.example.com/")
    assert isinstance(refused.value.os_error, Barred)


async def test_a_server_that_may_be_reached_is_reached_past_an_address_that_may_not() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        (await Reach().connected("localhost", port)).close()
        with pytest.raises(Barred):
            await Reach(private=False).connected("localhost", port)


async def test_a_redirect_to_a_barred_host_leads_nowhere() -> None:
    async def elsewhere(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"http://{METADATA}/latest/meta-data/")

    async with answering(elsewhere) as address, aiohttp.ClientSession(connector=Reach().connector()) as http:
        with pytest.raises(aiohttp.ClientConnectorError) as refused:
            await http.get(address)
    assert isinstance(refused.value.os_error, Barred)


@pytest.fixture
async def core(sessions: Sessions) -> AsyncIterator[Core]:
    async with core_on(sessions) as made:
        yield made


def telegram(core: Core, address: str) -> Any:
    settings = TelegramSettings(token="123456789:AAFtesttesttest", api_url=address)  # type: ignore[arg-type]
    return TELEGRAM.open(settings, "main", core)


def graph(core: Core, address: str) -> Graph:
    secrets = dict.fromkeys(("access_token", "app_secret", "verify_token"), "a-secret-of-tests")
    return Graph(core.http, WhatsAppSettings(phone_number_id="106540352242922", graph_url=address, **secrets))  # type: ignore[arg-type]


def tokens(core: Core, address: str) -> Tokens:
    oauth = {"oauth_client_id": "relais", "oauth_refresh_token": "refresh", "oauth_token_url": address}
    return Tokens(core.http, MailSettings(address="support@example.com", **oauth))  # type: ignore[arg-type]


async def test_no_client_of_a_platform_follows_a_redirect(core: Core) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        raise web.HTTPTemporaryRedirect("/stolen")

    async with answering(elsewhere) as address:
        assert not (await telegram(core, address).check()).ok
        with pytest.raises(Exception, match="HTTP 307"):
            await graph(core, address).number()
        with pytest.raises(ConnectionError):
            await tokens(core, address).token()
        with pytest.raises(Retry):
            [chunk async for chunk in telegram(core, address)._content("documents/1")]
    assert len(asked) == 4 and "/stolen" not in asked


async def test_an_answer_without_end_is_not_read_to_the_end(core: Core) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_compression(web.ContentCoding.gzip)
        await response.prepare(request)
        while True:
            await response.write(b" " * 1024 * 1024)
            sent += 1

    async with answering(endless) as address:
        health = await telegram(core, address).check()
        assert (health.ok, health.detail) == (False, "AnswerTooLong")
        with pytest.raises(Retry, match="AnswerTooLong"):
            await graph(core, address).number()
        with pytest.raises(ConnectionError):
            await tokens(core, address).token()
    assert sent < 200


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_an_address_that_leads_to_a_barred_host_is_refused_in_the_desk(
    server: Parts, agent: MakeAgent, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with server.sessions.begin() as session:
        await session.execute(update(Agent).values(role="admin", language=language))
    admin = await agent()
    secrets = {"imap_password": "secret-of-tests", "address": "support@example.com"}
    names(monkeypatch, METADATA)
    for path, settings, field in (
        ("telegram", {"token": "123456789:AAFtesttesttest", "api_url": f"http://{METADATA}"}, "api_url"),
        ("telegram", {"token": "123456789:AAFtesttesttest", "api_url": "https://rebinding.example.com"}, "api_url"),
        ("mail", {**secrets, "imap_host": "[fe80::1]"}, "imap_host"),
        ("mail", {**secrets, "imap_host": "localhost", "smtp_host": "2852039166"}, "smtp_host"),
    ):
        status, told = await admin.call("PUT", f"/channels/{path}/shop", enabled=True, settings=settings)
        said = {"fr": "Relais ne se connecte pas à cette adresse", "en": "Relais doesn’t connect to that address"}
        assert (status, told["code"]) == (400, "bad_settings")
        assert told["fields"][field].startswith(said[language])
