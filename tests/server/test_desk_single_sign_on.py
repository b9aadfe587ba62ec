"""Signing in at the company's identity provider."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr
from sqlalchemy import select

from crm_backend.agents.model import Agent, AgentSession
from server.app import Parts
from tests.support import site
from tests.support.oidc import CLIENT, SECRET, IdentityProvider, identity_provider
from tests.support.site import AgentAtDesk
from tests.support.stores import Stores


@dataclass
class Place:
    """A server whose agents may sign in elsewhere, and where that is."""

    parts: Parts
    provider: IdentityProvider

    async def sign_in(self, client: aiohttp.ClientSession) -> tuple[str, int]:
        """What a browser does that follows every redirect: where it ends, and whether it is signed in then."""
        address = self.parts.settings.address
        async with client.get(f"{address}/desk/sso") as response:
            place = response.history[-1].headers["Location"].removeprefix("/desk/").removeprefix("#")
        async with client.get(f"{address}/desk/api/session") as response:
            return place, response.status


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as running:
        yield running


@pytest.fixture(scope="module")
async def house(stores: Stores, provider: IdentityProvider) -> AsyncIterator[Parts]:
    await stores.forget()
    async with stores.copy("template_empty") as url:
        settings = site.settings_for(
            url,
            stores.redis_url,
            bot_port=site.free_port(),
            roles=["web"],
            oidc_issuer=f"{provider.issuer}/",
            oidc_client_id=CLIENT,
            oidc_client_secret=SecretStr(SECRET),
            oidc_name="Maison ID",
            oidc_create_role="agent",
            oidc_create_domains=["new.example"],
        )
        async with site.serving(settings) as parts:
            async with parts.sessions.begin() as session:
                session.add(Agent(email="lea@example.com", name="Léa Petit", password_hash=""))
                session.add(Agent(email="left@example.com", name="Left", password_hash="", active=False))
            yield parts


@pytest.fixture
async def place(house: Parts, provider: IdentityProvider, stores: Stores) -> AsyncIterator[Place]:
    await stores.forget()
    yield Place(house, provider)
    provider.claims, provider.userinfo, provider.sign_with, provider.denies = {}, None, None, None
    provider.methods = ["client_secret_basic"]


async def test_who_is_known_there_has_their_account_here(place: Place) -> None:
    async with site.browser_session() as client:
        async with client.get(f"{place.parts.settings.address}/desk/api/sign-in") as response:
            assert await response.json() == {"sso": "Maison ID"}
        assert await place.sign_in(client) == ("", 200)
        cookies = {cookie.key: cookie for cookie in client.cookie_jar}
    assert {"relais_desk", "relais_api"} <= cookies.keys() and "relais_sso" not in cookies
    assert cookies["relais_desk"]["samesite"] == "Strict" and cookies["relais_desk"]["httponly"]
    async with place.parts.sessions() as session:
        ways = list(await session.scalars(select(AgentSession.way)))
    assert set(ways) == {"sso"}


async def test_a_session_from_there_sets_no_first_password_here(place: Place) -> None:
    async with site.browser_session() as client:
        await place.sign_in(client)
        lea, address = AgentAtDesk(client, place.parts.settings.address), place.parts.settings.address
        async with client.get(f"{address}/desk/api/session") as response:
            lea.csrf = (await response.json())["csrf"]
        status, problem = await lea.call("POST", "/account/password", new="ours-givre-marelle")
        assert status == 409 and "invitation" in str(problem)
        assert (await lea.call("GET", "/account"))[1]["has_password"] is False


async def test_the_provider_may_change_its_key(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.oidc.KEYS_AGAIN", 0.0)
    async with site.browser_session() as client:
        assert await place.sign_in(client) == ("", 200)
        place.provider.roll()
        assert await place.sign_in(client) == ("", 200)


async def test_keys_may_come_in_pieces_but_not_without_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.oidc.KEYS_AGAIN", 0.0)
    monkeypatch.setattr(place.provider, "in_pieces", True)
    async with site.browser_session() as client:
        place.provider.roll()
        with monkeypatch.context() as short:
            short.setattr("server.oidc.LONGEST", 300)
            assert await place.sign_in(client) == ("/sso/unreachable", 401)
        assert await place.sign_in(client) == ("", 200)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "another"}, "untrusted"),
        ({"aud": [CLIENT, "another"]}, "untrusted"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "untrusted"),
        ({"iss": "https://evil.example"}, "untrusted"),
        ({"nonce": "another browser’s"}, "untrusted"),
        ({"nonce": None}, "untrusted"),
        ({"exp": int(time.time()) - 3600}, "untrusted"),
        ({"exp": None}, "untrusted"),
        ({"sub": None}, "untrusted"),
        ({"email_verified": False}, "unverified"),
        ({"email_verified": None}, "unverified"),
        ({"email": None}, "untrusted"),
        ({"email": ["lea@example.com"]}, "unverified"),
        ({"email": "nobody@example.com"}, "no_account"),
        ({"email": "left@example.com"}, "no_account"),
        ({"email": "not an address"}, "no_account"),
    ],
)
async def test_a_token_that_does_not_hold_lets_nobody_in(place: Place, claims: dict[str, Any], why: str) -> None:
    place.provider.claims = claims
    async with site.browser_session() as client:
        assert await place.sign_in(client) == (f"/sso/{why}", 401)


async def test_only_the_providers_own_signature_counts(place: Place) -> None:
    [(name, _)] = place.provider.keys.items()
    foreign = rsa.generate_private_key(65537, 2048)
    for signing in (
        (foreign, "RS256", name),
        (foreign, "RS256", "unknown"),
        ("x" * 32, "HS256", name),
        (None, "none", name),
    ):
        place.provider.sign_with = signing
        async with site.browser_session() as client:
            assert await place.sign_in(client) == ("/sso/untrusted", 401)


async def test_an_address_may_come_from_the_userinfo_of_the_same_person_only(place: Place) -> None:
    place.provider.claims = {"email": None, "email_verified": None}
    place.provider.userinfo = {"sub": "u-1", "email": "lea@example.com", "email_verified": "true"}
    async with site.browser_session() as client:
        assert await place.sign_in(client) == ("", 200)
    place.provider.userinfo["sub"] = "u-2"
    async with site.browser_session() as client:
        assert await place.sign_in(client) == ("/sso/untrusted", 401)


async def test_an_account_is_made_for_our_own_domain(place: Place) -> None:
    place.provider.claims = {"email": "Zoe@new.example", "name": "Zoé Roy"}
    async with site.browser_session() as client:
        assert await place.sign_in(client) == ("", 200)
    async with place.parts.sessions() as session:
        made = await session.scalar(select(Agent).where(Agent.email == "zoe@new.example"))
    assert made is not None and (made.name, made.role) == ("Zoé Roy", "agent")


async def test_a_refusal_there_is_told_here(place: Place) -> None:
    place.provider.denies = "access_denied"
    async with site.browser_session() as client:
        assert await place.sign_in(client) == ("/sso/denied", 401)


async def test_what_another_browser_began_ends_nowhere(place: Place) -> None:
    back = f"{place.parts.settings.address}/desk/sso/back"
    async with site.browser_session() as thief, site.browser_session() as victim:
        async with thief.get(f"{place.parts.settings.address}/desk/sso", allow_redirects=False) as response:
            asked = response.headers["Location"]
            assert response.cookies["relais_sso"]["samesite"] == "Lax" and response.cookies["relais_sso"]["httponly"]
        async with thief.get(asked, allow_redirects=False) as response:
            returned = response.headers["Location"]
        for address in (returned, back, f"{back}?code=x", f"{back}?state=&code=x", f"{back}?code=x&state=%00"):
            async with victim.get(address, allow_redirects=False) as response:
                assert response.status == 400 or response.headers["Location"] == "/desk/#/sso/expired"
        async with thief.get(returned, allow_redirects=False) as response:
            assert response.headers["Location"] == "/desk/"
        # The same code a second time, and without what was begun.
        async with thief.get(returned, allow_redirects=False) as response:
            assert response.headers["Location"] == "/desk/#/sso/expired"


async def test_without_a_provider_there_is_no_such_door(server: Parts) -> None:
    async with site.browser_session() as client:
        async with client.get(f"{server.settings.address}/desk/api/sign-in") as response:
            assert await response.json() == {"sso": None}
        for path in ("/desk/sso", "/desk/sso/back?code=x&state=y"):
            async with client.get(server.settings.address + path) as response:
                assert response.status == 404
