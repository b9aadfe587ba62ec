"""Coming in by the shop's signed token, and as a guest by the facts of one order."""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote
from uuid import UUID

import jwt
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from crm_backend.orders.model import VerificationAttempt
from crm_backend.portal.model import PortalVisit
from server.app import Parts
from server.logs import mask
from server.portal import guests
from tests.server.portal.conftest import Portal, browsers
from tests.support import shop, signed_in, site
from tests.support.assistant import ScriptedBot
from tests.support.signed_in import SECRET, token
from tests.support.stores import Stores

DOOR = "door"


@pytest.fixture(params=["jwt"])
async def signing(
    database_url: str, stores: Stores, scripted: ScriptedBot, request: pytest.FixtureRequest
) -> AsyncIterator[Parts]:
    """A server whose web chat's site signs who is signed in there."""
    await stores.forget()
    given = {"RELAIS_WEBCHAT_SIGN_IN": request.param, "RELAIS_WEBCHAT_SIGN_IN_SECRET": SECRET}
    settings = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, given=given)
    async with site.serving(settings) as parts:
        yield parts


@pytest.fixture
def portal(signing: Parts, stack: AsyncExitStack) -> Portal:
    """Makes browsers at its portal."""
    return browsers(signing, stack)


async def numbered(signing: Parts, number: str, **more: Any) -> UUID:
    async with signing.sessions.begin() as session:
        session.add(made := Customer(id=new_id(), first_name="Marie", external_id=number, **more))
    return made.id


async def test_the_shops_token_signs_in_its_customer(signing: Parts, portal: Portal) -> None:
    owner = await numbered(signing, "C-1")
    browser = await portal(language="en")
    done = await browser.post(DOOR, token=token("C-1"), to="/en/account/data")
    assert (done.status, done.to) == (303, "/en/account/data")
    assert "by the shop" in (await browser.get("data")).text
    # A link does nothing by itself: it asks.
    other = await portal()
    page = await other.get(f"/fr/compte/entree?token={token('C-1', name='Marie D.')}")
    assert page.status == 200 and "Marie D." in page.text and "Set-Cookie" not in page.headers
    async with signing.sessions() as session:
        assert [each.customer_id for each in await session.scalars(select(PortalVisit))] == [owner]
        account = await session.scalar(select(Identity).where(Identity.kind == "account"))
    assert account is not None and account.value == "C-1"


async def test_a_token_signs_in_once_and_soon_and_stays_good_for_the_chat(signing: Parts, portal: Portal) -> None:
    await numbered(signing, "C-1")
    await numbered(signing, "C-2")
    browser, thief = await portal(), await portal()
    given = token("C-1", jti="one", name="Marie")
    link = f"/fr/compte/entree?token={given}"
    assert (await browser.post(DOOR, token=given)).status == 303
    # Who is in already goes on; anybody else who has the address does not.
    again = await browser.follow(await browser.post(DOOR, token=given, to="/fr/compte/donnees"))
    assert (again.status, again.to) == (303, "/fr/compte/donnees")
    for answer in (await thief.get(link), await thief.follow(await thief.post(DOOR, token=given))):
        assert answer.status == 401 and "Ce lien a déjà servi" in answer.text
    assert (await (await portal(await numbered(signing, "C-3"))).get(link)).status == 401
    # The same word in another token is the same; without one, all that was signed is it.
    bare, fresh = token("C-2"), await portal()
    assert (await thief.post(DOOR, token=bare)).to == "/fr/compte"
    for given_again in (token("C-1", jti="one", name="Marie D."), bare):
        assert (await fresh.post(DOOR, token=given_again)).to.startswith("/fr/compte/entree?token=")
    old = await fresh.post(DOOR, token=token("C-1", iat=time.time() - 17 * 60, jti="two"))
    assert old.status == 401 and "ouverte depuis trop longtemps" in old.text
    chat = signed_in.Page(site.Customer(fresh.client, signing.settings.address), given)
    for _ in range(2):
        assert (await chat.hello())["type"] == "welcome"


async def test_a_token_that_does_not_hold_gets_a_friendly_page(signing: Parts, portal: Portal) -> None:
    await numbered(signing, "C-1")
    browser = await portal()
    forged = jwt.encode({"sub": "C-1", "iat": time.time(), "exp": time.time() + 60}, "x" * 40, algorithm="HS256")
    unsigned = jwt.encode({"sub": "C-1", "iat": time.time(), "exp": time.time() + 60}, None, algorithm="none")
    for wrong in (forged, unsigned, "", "x" * 10_000, "é", token("C-1", aud="elsewhere")):
        for page in (
            await browser.post(DOOR, token=wrong),
            await browser.get(f"/fr/compte/entree?token={quote(wrong[:2000])}x"),
        ):
            assert page.status == 401 and "Nous ne savons pas qui vous êtes" in page.text, wrong
    old = await browser.post(DOOR, token=token("C-1", lasts=-600))
    assert old.status == 401 and "ouverte depuis trop longtemps" in old.text
    nobody = await browser.post(DOOR, token=token("C-9"))
    assert nobody.status == 404 and "Pas encore de dossier" in nobody.text
    for origin in ("https://evil.example", "null"):
        answer = await browser.post(
            DOOR, token=token("C-1"), headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status == 403, "nobody is signed in as somebody by a page of anybody's"
    async with signing.sessions() as session:
        assert await session.scalar(select(PortalVisit)) is None


@pytest.mark.parametrize("signing", ["hmac"], indirect=True)
async def test_what_holds_for_ever_opens_the_chat_alone(signing: Parts, portal: Portal) -> None:
    await numbered(signing, "C-1")
    user = f"{hmac.new(SECRET.encode(), b'C-1', 'sha256').hexdigest()}:C-1"
    assert (await (await portal()).post(DOOR, token=user)).status == 401


async def test_a_visit_planted_in_a_browser_ends_when_somebody_signs_in_there(signing: Parts, portal: Portal) -> None:
    await numbered(signing, "C-1")
    thief = await portal(await numbered(signing, "C-2"))
    victim = await portal()
    victim.client.cookie_jar.update_cookies(thief.client.cookie_jar.filter_cookies(thief.home))
    planted = thief.client.cookie_jar.filter_cookies(thief.home)["relais_compte"].value
    assert (await victim.post(DOOR, token=token("C-1"))).status == 303
    assert victim.client.cookie_jar.filter_cookies(victim.home)["relais_compte"].value != planted
    assert (await thief.get("")).status == 303, "the planted visit is nobody's any more"


async def test_one_order_is_looked_up_and_nothing_else(
    signing: Parts, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "LEAST", 0.0)
    async with signing.sessions.begin() as session:
        order = await shop.order(session)
        other = await shop.order(session, of=order.customer_id)
        session.add(Identity(kind="email", value="Marie@Example.fr", customer_id=order.customer_id))
    right = {"number": f" {order.number.lower()} ", "email": "marie@example.fr", "postcode": "69 003"}
    guest = await portal()
    wrong = [
        right | {"number": "T999999"}, right | {"email": "paul@example.fr"}, right | {"postcode": "75001"},
        right | {"number": "x" * 10_000}, right | {"email": "مرحبا@例え"}, right | {"postcode": "'; --"},
    ]  # fmt: skip
    told = []
    for given in wrong:
        page = await (await portal()).post("find-order", **given)
        text = page.text
        for value in given.values():
            text = text.replace(f'value="{value.strip()[:300]}"', "").replace("&#39;; --", "'; --")
        told.append((page.status, [line for line in text.splitlines() if "<input" not in line]))
    assert all(each == told[0] for each in told) and told[0][0] == 422
    assert (await guest.post("find-order", **right | {"email": ""})).text.count("Il nous le faut aussi") == 1
    found = await guest.post("find-order", **right)
    assert found.to == f"/fr/compte/commandes/{order.id}"
    assert (await guest.get(f"orders/{order.id}")).status == 200
    assert (await guest.get(f"orders/{other.id}")).status in (303, 404)
    assert (await guest.get("details")).to.startswith("/fr/compte/entree")
    async with signing.sessions() as session:
        tries = list(await session.scalars(select(VerificationAttempt)))
    assert sum(each.ok for each in tries) == 1 and not any("marie" in str(each.email_key) for each in tries)


async def test_past_the_limits_a_right_one_is_refused_as_well(signing: Parts, portal: Portal) -> None:
    async with signing.sessions.begin() as session:
        order = await shop.order(session)
        session.add(Identity(kind="email", value="marie@example.fr", customer_id=order.customer_id))
        for _ in range(10):
            attempt = VerificationAttempt(id=new_id(), number_key=order.number_key, email_key="x", ok=False)
            session.add(attempt)
    right = {"number": order.number, "email": "marie@example.fr", "postcode": "69003"}
    assert (await (await portal()).post("find-order", **right)).status == 422


async def test_the_demo_shows_both_ways_in(
    demo_url: str, stores: Stores, scripted: ScriptedBot, stack: AsyncExitStack
) -> None:
    await stores.forget()
    settings = site.settings_for(demo_url, stores.redis_url, bot_port=scripted.port)
    async with site.serving(settings) as parts:
        browser = await browsers(parts, stack)()
        page = await browser.get("demo")
        assert "Entrer comme Marie Dupont" in page.text and "10860" in page.text
        found = re.search(r'name="token" value="([^"]+)"', page.text)
        assert found and (await browser.post(DOOR, token=found[1])).to == "/fr/compte"
        assert "Bonjour Marie" in (await browser.get("")).text
        other = await browsers(parts, stack)(language="en")
        with capture_logs() as logs:
            await other.post(DOOR, who="emma.clarke@example.co.uk")
            for _ in range(200):
                if told := [each for each in logs if each["event"] == "portal.demo_mail"]:
                    break
                await asyncio.sleep(0.02)
        shown = mask(None, "info", dict(told[0]))
        elsewhere = await browsers(parts, stack)(language="en")
        assert (await elsewhere.get(shown["demo_link"].removeprefix(parts.settings.address))).status == 200
        assert (await other.post("code", code=shown["code"])).status == 303
