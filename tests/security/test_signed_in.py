"""Signed in on the company's site: nobody is taken for another, whatever a page, a browser or a token says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select, update

from channels.webchat.sign_in import LEEWAY
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Message
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now
from server.app import Parts
from tests.support import site
from tests.support.assistant import ScriptedBot
from tests.support.signed_in import SECRET, Page, Place, token
from tests.support.stores import Stores


@pytest.fixture
async def place(
    database_url: str, stores: Stores, scripted: ScriptedBot, password_hash: str, stack: AsyncExitStack
) -> AsyncIterator[Place]:
    await stores.forget()
    given = {"RELAIS_WEBCHAT_SIGN_IN": "jwt", "RELAIS_WEBCHAT_SIGN_IN_SECRET": SECRET}
    options = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, given=given)
    async with site.serving(options) as parts:
        async with parts.sessions.begin() as session:
            session.add(
                Agent(email="claire@example.com", name="Claire Martin", language="fr", password_hash=password_hash)
            )
            for number, name in (("C-1", "marie"), ("C-2", "paul"), (None, "zoe"), ("C-3", "ali")):
                made = Customer(id=new_id(), external_id=number, first_name=name.capitalize(), last_name="Durand")
                session.add(made)
                await session.flush()
                session.add(Identity(customer_id=made.id, kind="email", value=f"{name}@example.com"))
        yield Place(parts, stack)


async def test_who_is_signed_in_is_known_and_proved(place: Place) -> None:
    page = await place.page(token("C-1", name="Marie D."))
    welcome = await page.hello()
    assert welcome["signed_in"] and welcome["until"] and welcome["conversation"] is None
    await page.browser.say("où est ma commande ?")
    found = await place.conversation(page)
    assert found.proof == "signed_in"
    claire = await place.agent()
    shown = await claire.conversation(str(page.browser.conversation))
    assert (shown["conversation"]["customer"]["name"], shown["conversation"]["proof"]) == ("Marie Durand", "signed_in")
    assert shown["messages"][0]["sender_name"] == "Marie D."


async def test_history_follows_the_person_to_another_device_and_not_the_browser(place: Place) -> None:
    home, phone = await place.page(token("C-1")), await place.page(token("C-1"))
    await home.hello()
    await home.browser.say("de la maison")
    await phone.hello()
    assert "de la maison" in phone.texts()
    _, listed = await phone.http("GET", "/conversations")
    assert [item["id"] for item in listed["items"]] == [home.browser.conversation]
    home.user = None
    signed_out = await home.hello()
    assert (signed_out["conversation"], signed_out["messages"], signed_out["signed_in"]) == (None, [], False)
    assert (await home.http("GET", "/conversations"))[1] == {"items": []}
    for path in (f"/messages?conversation={phone.browser.conversation}&after=0",):
        assert (await home.http("GET", path))[0] == 404


async def test_another_person_in_the_same_browser_sees_nothing_of_the_first(place: Place) -> None:
    page = await place.page(token("C-1"))
    await page.hello()
    await page.browser.say("la commande de Marie")
    first = page.browser.conversation
    page.user = token("C-2")
    welcome = await page.hello()
    assert (welcome["conversation"], welcome["messages"]) == (None, [])
    page.browser.conversation = first
    assert (await page.hello())["conversation"] is None
    assert (await page.http("GET", f"/messages?conversation={first}&after=0"))[0] == 404
    status, _ = await page.http(
        "POST", "/messages", json={"client_id": str(new_id()), "text": "et moi ?", "conversation": first}
    )
    assert status == 404
    await page.browser.say("je suis Paul")
    assert page.browser.conversation != first
    page.user = token("C-1")
    await page.hello(conversation=None)
    assert page.browser.conversation == first and "je suis Paul" not in page.texts()


async def test_what_was_begun_before_signing_in_goes_along_and_leaves_the_browser(place: Place) -> None:
    page = await place.page()
    await page.hello()
    await page.browser.say("j'ai une question")
    begun = page.browser.conversation
    assert (await place.conversation(page)).proof == "anonymous"
    page.user = token("C-1")
    welcome = await page.hello()
    assert welcome["conversation"] == begun and "j'ai une question" in page.texts()
    found = await place.conversation(page)
    assert found.proof == "signed_in" and found.customer_id is not None
    await page.browser.say("je suis connectée")
    assert page.browser.conversation == begun
    page.user = None
    assert (await page.hello())["conversation"] is None
    phone = await place.page(token("C-1"))
    assert (await phone.hello())["conversation"] == begun


async def test_a_tab_that_is_not_signed_in_is_told_no_more_of_it(place: Place) -> None:
    page = await place.page()
    await page.hello()
    await page.browser.say("bonjour")
    tab = await place.page()
    tab.browser.visitor, tab.browser.conversation = page.browser.visitor, page.browser.conversation
    await tab.hello()
    page.user = token("C-1")
    await page.hello()
    assert (await tab.browser._frame("gone"))["conversation"] == page.browser.conversation
    await page.browser.say("mon adresse est 1 rue des Lilas")
    await tab.browser.settle(0.3)
    assert not any("Lilas" in text for text in tab.texts())


async def test_a_message_sent_again_after_signing_in_is_stored_once(place: Place) -> None:
    page = await place.page()
    await page.hello()
    client_id = str(new_id())
    first = await page.browser.send("bonjour", client_id=client_id)
    page.user = token("C-1")
    await page.hello()
    assert await page.browser.send("bonjour", client_id=client_id) == first


async def test_what_somebody_else_wrote_in_the_browser_long_ago_stays_with_the_browser(place: Place) -> None:
    page = await place.page()
    await page.hello()
    await page.browser.say("hier, au même ordinateur")
    begun = page.browser.conversation
    async with place.parts.sessions.begin() as session:
        await session.execute(update(Message).values(created_at=utc_now() - timedelta(hours=2)))
    page.user = token("C-2")
    assert (await page.hello())["conversation"] is None
    page.user = None
    page.browser.conversation = None
    assert (await page.hello())["conversation"] == begun


async def test_what_was_proved_to_be_anothers_is_not_taken_along(place: Place) -> None:
    page = await place.page()
    await page.hello()
    await page.browser.say("je suis Paul, voici ma preuve")
    async with place.parts.sessions.begin() as session:
        paul = await session.scalar(select(Customer.id).where(Customer.external_id == "C-2"))
        await session.execute(update(Conversation).values(customer_id=paul, proof="verified"))
    page.user = token("C-1")
    welcome = await page.hello()
    assert (welcome["conversation"], welcome["messages"]) == (None, [])


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_a_wrong_token_is_no_visit_at_all(place: Place, way: str) -> None:
    page = await place.page()
    await page.hello()
    await page.browser.say("anonyme")
    for wrong, code in (
        (token("C-1") + "x", "bad_token"),
        (jwt.encode({"sub": "C-1", "iat": 1, "exp": 2**40}, "another secret, of at least 32 letters"), "bad_token"),
        (token("C-1", lasts=-3600), "token_expired"),
        ("x" * 5000, "bad_token"),
        *([({"sub": "C-1"}, "bad_token"), (7, "bad_token")] if way == "socket" else []),
    ):
        page.user = wrong
        if way == "socket":
            answer = await page.hello()
            assert (answer["type"], answer["code"]) == ("error", code)
            assert (await page.browser.send("qui suis-je ?"))["code"] == "bad_frame", "the visit before is over"
        else:
            hello = {"visitor": page.browser.visitor, "conversation": page.browser.conversation, "user": wrong}
            status, problem = await page.http("POST", "/hello", json=hello)
            assert (status, problem["code"]) == (401, code)
            for method, path in (("GET", "/conversations"), ("POST", "/messages")):
                sent = {"json": {"client_id": str(new_id()), "text": "?"}} if method == "POST" else {}
                status, problem = await page.http(method, path, **sent)
                assert (status, problem["code"]) == (401, code)


async def test_when_the_sites_word_ends_nothing_more_is_told_or_taken_until_it_is_given_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await place.page(token("C-1"))
    await page.hello()
    sent = await page.browser.send("à temps")
    await page.browser.until("bot")
    monkeypatch.setattr("channels.webchat.visitors.clock", lambda: time.time() + 2 * 3600)
    late = await page.browser.send("trop tard ?")
    assert (late["code"], bool(late["client_id"])) == ("token_expired", True)
    claire = await place.agent()
    await claire.take(sent["conversation"])
    await claire.answer(sent["conversation"], "votre adresse est 1 rue des Lilas")
    await page.browser.settle(0.3)
    assert not any("Lilas" in text for text in page.texts())
    assert any(frame.get("code") == "token_expired" and not frame["client_id"] for frame in page.browser.frames)
    page.user = token("C-1", lasts=3 * 3600)
    assert (await page.hello())["conversation"] == sent["conversation"]
    assert any("Lilas" in text for text in page.texts())
    assert (await page.browser.send("me revoilà"))["type"] == "ack"


async def test_an_expired_token_opens_no_plain_request(place: Place) -> None:
    page = await place.page(token("C-1"))
    await page.hello()
    page.user = token("C-1", lasts=-LEEWAY - 1)
    assert (await page.http("GET", "/conversations"))[1]["code"] == "token_expired"


async def test_somebody_the_company_does_not_know_is_signed_in_as_nobody_on_file(place: Place) -> None:
    page = await place.page(token("C-999"))
    await page.hello()
    await page.browser.say("bonjour")
    found = await place.conversation(page)
    assert (found.proof, found.customer_id) == ("signed_in", None)


async def test_an_address_the_site_vouches_for_finds_who_has_no_number_and_only_them(place: Place) -> None:
    for email, number, proof, known in (
        ("zoe@example.com", "C-900", "channel", True),
        ("ali@example.com", "C-901", "signed_in", False),
    ):
        page = await place.page(token(number, email=email))
        await page.hello()
        await page.browser.say("bonjour")
        found = await place.conversation(page)
        assert (found.proof, found.customer_id is not None) == (proof, known), email


async def test_who_proves_anothers_order_while_signed_in_is_not_given_the_others_rank(place: Place) -> None:
    page = await place.page(token("C-999"))
    await page.hello()
    await page.browser.say("la commande de mon mari")
    async with place.parts.sessions.begin() as session:
        paul = await session.scalar(select(Customer.id).where(Customer.external_id == "C-2"))
        await session.execute(update(Conversation).values(customer_id=paul, proof="verified"))
    await page.browser.say("et maintenant ?")
    found = await place.conversation(page)
    assert (found.proof, found.customer_id) == ("verified", paul), "verified as Paul, signed in as somebody else"
    async with place.parts.sessions.begin() as session:
        await session.execute(update(Conversation).values(proof="anonymous"))
    await page.browser.say("plus tard")
    found = await place.conversation(page)
    assert (found.proof, found.customer_id) == ("signed_in", None)


async def test_two_tabs_that_sign_in_at_once_move_it_once(place: Place) -> None:
    page = await place.page()
    await page.hello()
    await page.browser.say("bonjour")
    tabs = []
    for _ in range(4):
        tab = await place.page(token("C-1"))
        tab.browser.visitor, tab.browser.conversation = page.browser.visitor, page.browser.conversation
        tabs.append(tab)
    welcomes = await asyncio.gather(*(tab.hello() for tab in tabs))
    assert {welcome["conversation"] for welcome in welcomes} == {page.browser.conversation}


async def test_without_the_setting_no_page_signs_anybody_in(server: Parts, stack: AsyncExitStack) -> None:
    client = await stack.enter_async_context(site.browser_session())
    page = Page(site.Customer(client, server.settings.address), token("C-1"))
    assert (await page.hello())["code"] == "bad_token"
