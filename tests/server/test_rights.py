"""Every address, called by every role: who may gets in, who may not is refused, and nothing is open by oversight."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import aiohttp
import pytest
import structlog

from crm_backend.access.roles import BUILT_IN
from crm_backend.agents import services as agents
from crm_backend.agents.model import Agent
from server.api.site import endpoints
from server.app import Parts
from server.desk.api import PLACES
from server.desk.rights import ANY_AGENT, declared
from tests.support import site
from tests.support.assistant import free_port
from tests.support.stores import PASSWORD, Stores

NOWHERE = "00000000-0000-7000-8000-000000000000"
OPEN = re.compile(
    r"/|/sitemap\.xml|/robots\.txt|/help-theme/{name}|/healthz|/readyz|/metrics|/chat/.*|/hooks/.*|/files/{id}|/desk/pictures|/(fr/aide|en/help|fr/compte|en/account)(/.*)?"
    r"|/desk/sso(/back)?|/desk/api/sign-in|/desk/api/password/(forgotten|link|new)|/unsubscribe/{token}|/demo/?|/demo/{path}|/static/.*|/widget/{path}|/desk|/desk/{path}|/api/v1/(openapi.json|docs|docs.css)"
)
"""What is there for customers, platforms, monitoring and browsers; each checks in its own way who asks."""
SIGNING_IN = ("POST", "/desk/api/session")
ROLES = {key: role.permissions for key, role in BUILT_IN.items()}


@dataclass(frozen=True)
class Way:
    """One method of one address, and what it needs; None: the service decides by itself."""

    method: str
    path: str
    needs: str | None

    @property
    def address(self) -> str:
        return re.sub(r"{[^}]*}", NOWHERE, self.path)


@dataclass(frozen=True)
class Somebody:
    """Somebody signed in."""

    role: str
    headers: dict[str, str]


@pytest.fixture(scope="module")
async def house(stores: Stores, password_hash: str) -> AsyncIterator[Parts]:
    await stores.forget()
    async with stores.copy("template_empty") as url:
        settings = site.settings_for(url, stores.redis_url, bot_port=free_port(), roles=["web"])
        async with site.serving(settings) as parts:
            yield parts


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Two thousand refusals need not be told."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.configure(**before)


@pytest.fixture(scope="module")
async def everybody(house: Parts, password_hash: str) -> list[Somebody]:
    """One of each role."""
    async with house.sessions.begin() as session:
        session.add_all(
            Agent(email=f"{role}@example.com", name=role, role=role, password_hash=password_hash) for role in ROLES
        )
    found = []
    for role in ROLES:
        async with house.sessions.begin() as session:
            signed_in = await agents.sign_in(session, email=f"{role}@example.com", password=PASSWORD, hours=1)
        cookies = "; ".join(f"{name}={signed_in.token}" for name in PLACES)
        headers = {"Cookie": cookies, "X-CSRF-Token": signed_in.csrf}
        found.append(Somebody(role, {**headers, "Origin": house.settings.address}))
    return found


def ways(house: Parts) -> list[Way]:
    """Every way in that asks who one is, from the application's own router."""
    of_api = {(one.method, one.path): one.needs for one in endpoints()}
    found, undeclared = [], []
    for route in house.public.router.routes():
        assert route.resource is not None
        way = route.method, route.resource.canonical
        needs = declared(route.handler)
        if way in of_api:
            found.append(Way(*way, of_api[way]))
        elif needs is not None:
            found.append(Way(*way, None if needs == ANY_AGENT else needs))
        elif route.method != "HEAD" and not OPEN.fullmatch(way[1]) and way != SIGNING_IN:
            undeclared.append(way)
    assert undeclared == [], "neither declares what it needs nor is known to be open to all"
    return sorted(found, key=lambda way: (way.method == "DELETE" and way.needs is None, way.path, way.method))


async def test_every_way_is_open_to_whom_it_is_for_and_to_nobody_else(house: Parts, everybody: list[Somebody]) -> None:
    faults: list[tuple[object, ...]] = []
    # Signing out comes last.
    *there, leaving = ways(house)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:

        async def call(one: Somebody, way: Way) -> None:
            url = house.settings.address + way.address
            async with client.request(way.method, url, headers=one.headers, allow_redirects=False) as response:
                status = response.status
            wrong = way.needs is not None and (status == 403) == (way.needs in ROLES[one.role])
            if wrong or status in (401, 429) or status >= 500:
                faults.append((one.role, way.method, way.path, way.needs, status))

        for way in there:
            await asyncio.gather(*(call(one, way) for one in everybody))
        for one in everybody:
            await call(one, leaving)
    assert faults == []


async def test_without_signing_in_nothing_is_open(house: Parts) -> None:
    async with aiohttp.ClientSession() as client:
        for way in ways(house):
            # The desk's feed says so when it is open, which only a WebSocket gets to hear.
            if way.path != "/desk/ws":
                async with client.request(way.method, house.settings.address + way.address) as response:
                    assert response.status in (401, 429), way


async def test_what_is_open_answers_alike_whoever_is_signed_in(house: Parts, everybody: list[Somebody]) -> None:
    asking = {(way.method, way.path) for way in ways(house)}
    found: dict[tuple[str, str], set[int]] = {}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        for route in house.public.router.routes():
            assert route.resource is not None
            way = Way(route.method, route.resource.canonical, None)
            if way.method == "HEAD" or (way.method, way.path) in asking:
                continue
            method, url = way.method.replace("*", "POST"), house.settings.address + way.address
            for headers in ({}, *(one.headers for one in everybody)):
                async with client.request(method, url, headers=headers, allow_redirects=False) as response:
                    found.setdefault((way.method, way.path), set()).add(response.status)
    assert found
    assert {way: told for way, told in found.items() if len(told) != 1 or told & {403, 429} or max(told) >= 500} == {}
