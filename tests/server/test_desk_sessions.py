"""Signing in at the desk, and what keeps others from doing it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlalchemy import select, update
from yarl import URL

from crm_backend.agents.model import Agent, AgentSession
from server.app import Parts
from tests.conftest import MakeAgent
from tests.support import site
from tests.support.site import AgentAtDesk
from tests.support.stores import PASSWORD


@pytest.fixture
async def stranger(server: Parts) -> AsyncIterator[AgentAtDesk]:
    async with site.browser_session() as client:
        yield AgentAtDesk(client, server.settings.address)


async def test_signing_in_opens_a_session_in_a_cookie_no_script_can_read(stranger: AgentAtDesk) -> None:
    credentials = {"email": " Claire@Example.COM ", "password": PASSWORD}
    async with stranger.client.post(f"{stranger.address}/desk/api/session", json=credentials) as response:
        body = await response.json()
        cookie = response.headers["Set-Cookie"]
    assert response.status == 200
    assert body["agent"] == body["agent"] | {"name": "Claire Martin", "first_name": "Claire", "role": "agent"}
    assert "password" not in str(body) and body["csrf"]
    assert cookie.startswith("relais_desk=")
    for flag in ("HttpOnly", "SameSite=Strict", "Path=/desk", "Max-Age=43200"):
        assert flag in cookie
    assert "Secure" not in cookie
    assert (await stranger.call("GET", "/session"))[0] == 200


async def test_over_https_the_cookie_is_secure(server: Parts) -> None:
    ports = {"port": site.free_port()}
    settings = server.settings.model_copy(update={**ports, "public_url": "https://help.example.com"})
    credentials = {"email": "claire@example.com", "password": PASSWORD}
    async with site.serving(settings), site.browser_session() as client:
        url = f"http://127.0.0.1:{settings.port}/desk/api/session"
        async with client.post(url, json=credentials) as response:
            assert "Secure" in response.headers["Set-Cookie"]


async def test_a_wrong_password_and_an_unknown_agent_look_the_same(stranger: AgentAtDesk) -> None:
    answers = [
        await stranger.call("POST", "/session", email=email, password=password)
        for email, password in (
            ("claire@example.com", "wrong"),
            ("nobody@example.com", PASSWORD),
            ("claire@example.com", ""),
            ("claire@example.com", PASSWORD + "x"),
        )
    ]
    assert all(answer == answers[0] for answer in answers)
    status, problem = answers[0]
    assert (status, problem["code"]) == (401, "wrong_credentials")


async def test_an_agent_who_left_cannot_sign_in_and_is_signed_out(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    async with server.sessions() as session, session.begin():
        await session.execute(update(Agent).where(Agent.email == "claire@example.com").values(active=False))
    assert (await claire.call("GET", "/session"))[0] == 401
    assert (await claire.call("POST", "/session", email="claire@example.com", password=PASSWORD))[0] == 401


async def test_guessing_is_limited_and_says_how_long(stranger: AgentAtDesk) -> None:
    told = []
    for email in ("thomas@example.com", "nobody@example.com"):
        answers = [await stranger.call("POST", "/session", email=email, password="guess") for _ in range(7)]
        assert [status for status, _ in answers] == [401] * 5 + [429] * 2
        told.append(answers[-1][1])
    assert told[0]["code"] == "rate_limited" and "secondes" in told[0]["detail"]
    assert told[0].keys() == told[1].keys(), "nothing tells whether there is such an account"
    assert (await stranger.call("POST", "/session", email="thomas@example.com", password=PASSWORD))[0] == 429
    assert (await stranger.call("POST", "/session", email="emma@example.com", password=PASSWORD))[0] == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"email": 5}', b'{"email": "a\\u0000b", "password": "x"}', b'"\xff"', b"{}"]
)
async def test_a_body_that_cannot_be_read_is_refused(stranger: AgentAtDesk, body: bytes) -> None:
    async with stranger.client.post(f"{stranger.address}/desk/api/session", data=body) as response:
        assert (response.status, (await response.json(content_type=None))["code"]) == (400, "bad_input")


async def test_a_session_ends_when_its_time_is_over(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    async with server.sessions() as session, session.begin():
        await session.execute(update(AgentSession).values(expires_at=AgentSession.created_at))
    for method, path in (("GET", "/session"), ("GET", "/conversations"), ("PATCH", "/session")):
        status, problem = await claire.call(method, path)
        assert (status, problem["code"]) == (401, "not_authenticated")


async def test_signing_out_ends_it(agent: MakeAgent) -> None:
    claire = await agent()
    assert (await claire.call("DELETE", "/session"))[0] == 204
    assert (await claire.call("GET", "/session"))[0] == 401


async def test_the_cookies_token_is_stored_nowhere(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    cookies = claire.client.cookie_jar.filter_cookies(URL(f"{claire.address}/desk"))
    token = cookies["relais_desk"].value
    async with server.sessions() as session:
        stored = await session.scalars(select(AgentSession.token_hash))
        assert token not in list(stored)


async def test_a_change_needs_the_token_against_forgery(agent: MakeAgent) -> None:
    claire = await agent()
    right = claire.csrf
    for forged in ("", "wrong", right + "x", right[:-1]):
        claire.csrf = forged
        for method, path in (
            ("PATCH", "/session"),
            ("DELETE", "/session"),
            ("POST", f"/conversations/{claire.id}/take"),
        ):
            status, problem = await claire.call(method, path, version=1)
            assert (status, problem["code"]) == (403, "not_allowed")
    claire.csrf = right
    assert (await claire.call("PATCH", "/session", language="en"))[1]["agent"]["language"] == "en"


async def test_another_sites_page_changes_nothing(agent: MakeAgent) -> None:
    claire = await agent()
    for origin in ("https://evil.example", "null", "http://["):
        headers = {"X-CSRF-Token": claire.csrf, "Origin": origin}
        for method, json in (
            ("PATCH", {"language": "en"}),
            ("POST", {"email": "x", "password": "y"}),
            ("DELETE", None),
        ):
            url = f"{claire.address}/desk/api/session"
            async with claire.client.request(method, url, json=json, headers=headers) as response:
                assert (response.status, (await response.json(content_type=None))["code"]) == (403, "foreign_origin")
    assert (await claire.call("GET", "/session"))[1]["agent"]["language"] == "fr"


async def test_preferences_are_kept_and_errors_follow_the_language(agent: MakeAgent) -> None:
    claire = await agent()
    await claire.call("PATCH", "/session", language="en", presence="away")
    status, body = await claire.call("GET", "/session")
    assert (body["agent"]["language"], body["agent"]["presence"]) == ("en", "away")
    status, problem = await claire.call("GET", f"/conversations/{claire.id}")
    assert (status, problem["detail"]) == (404, "Not found.")
    assert (await claire.call("PATCH", "/session", language="de"))[0] == 400


async def test_the_feed_needs_a_session_and_the_desks_own_origin(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    url = f"{claire.address}/desk/ws"
    for headers in ({}, {"Origin": "https://evil.example"}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await claire.client.ws_connect(url, headers=headers)
        assert refusal.value.status == 403
    async with site.browser_session() as client:
        socket = await client.ws_connect(url, headers={"Origin": claire.address})
        closed = await socket.receive(timeout=5)
        assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 4401)
