"""Every route of the API, as it is declared: nobody enters without a key, and no key opens more than its scopes."""

from __future__ import annotations

import asyncio
import re
from uuid import uuid4

import aiohttp
import pytest

from crm_backend.access.permissions import ALL
from server.api.declare import Endpoint
from server.api.site import endpoints
from server.app import Parts
from tests.server.api.conftest import MakeProgram
from tests.support import site
from tests.support.site import AgentAtDesk
from tests.support.stores import Stores

AT_ONCE = 8
NOBODYS = 100
"""Requests without a key: an address has 120 a minute."""


def address(endpoint: Endpoint) -> str:
    return re.sub(r"{\w+}", lambda _: str(uuid4()), endpoint.path)


async def statuses(
    client: aiohttp.ClientSession, root: str, headers: dict[str, str], found: list[Endpoint]
) -> list[str]:
    """The endpoints with what they answered to a request that holds nothing."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(endpoint: Endpoint) -> str:
        sent = {**headers, "Content-Type": "application/json"}
        async with gate, client.request(endpoint.method, root + address(endpoint), headers=sent) as answer:
            problem = await answer.json(content_type=None) if answer.content_type.endswith("problem+json") else {}
            return f"{answer.status} {problem.get('code')} {endpoint.method} {endpoint.path}"

    return await asyncio.gather(*(one(endpoint) for endpoint in found))


async def test_without_a_key_every_door_is_shut(house: Parts, stores: Stores) -> None:
    async with aiohttp.ClientSession() as client:
        found = endpoints()
        for first in range(0, len(found), NOBODYS):
            told = await statuses(client, house.settings.address, {}, found[first : first + NOBODYS])
            assert [each for each in told if not each.startswith("401 not_authenticated")] == []
            await stores.forget()


async def test_a_key_opens_nothing_but_what_its_scopes_name(house: Parts, make_program: MakeProgram) -> None:
    for scope in ("catalogue.read", "orders.read"):
        key = await make_program([scope])
        shut = [endpoint for endpoint in endpoints() if endpoint.needs not in (None, scope)]
        told = await statuses(key.client, key.address, {"Authorization": f"Bearer {key.token}"}, shut)
        assert [each for each in told if not each.startswith("403 not_allowed")] == []


async def test_an_agents_session_changes_nothing_without_its_token(house: Parts) -> None:
    async with site.browser_session() as client:
        ada = AgentAtDesk(client, house.settings.address)
        await ada.sign_in("ada@example.com")
        changing = [endpoint for endpoint in endpoints() if endpoint.method != "GET"]
        told = await statuses(client, house.settings.address, {}, changing)
        assert [each for each in told if not each.startswith("403 not_allowed")] == []


@pytest.mark.parametrize("endpoint", endpoints(), ids=lambda each: each.name)
def test_every_endpoint_says_what_it_needs_and_does(endpoint: Endpoint) -> None:
    assert endpoint.needs is None or endpoint.needs in ALL
    assert all(endpoint.words[language].strip() for language in ("fr", "en"))
    assert set(endpoint.more) in (set(), {"fr", "en"})
    assert not (endpoint.method == "GET" and endpoint.body)
