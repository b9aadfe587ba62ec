"""A visit to the chat: who is signed in on the page, where the visitor is, how it was."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import jwt
import pytest
from aiohttp import web
from playwright.async_api import Page, Route, expect
from sqlalchemy import select

from crm_backend.accounts.model import Account
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Message
from server.app import Parts
from tests.browser.chat import Chat
from tests.browser.conftest import MakeChat, MakeContext
from tests.browser.pages import Site
from tests.browser.test_accessibility import barriers
from tests.browser.test_pictures import Album
from tests.support import site
from tests.support.assistant import ScriptedBot, said
from tests.support.stores import Stores

SECRET = "a secret that the site and the chat share"
SMALL = {"width": 320, "height": 640}
Visit = Callable[..., Awaitable[Chat]]
BYE = {"fr": "Au plaisir. Bonne journée !", "en": "My pleasure. Have a good day!"}


def token(number: str, *, lasts: float = 3600) -> str:
    """What the shop gives the page of a customer who is signed in."""
    now = time.time()
    return jwt.encode({"sub": number, "iat": now, "exp": now + lasts}, SECRET, algorithm="HS256")


@pytest.fixture
async def shop(
    database_url: str, stores: Stores, scripted: ScriptedBot, password_hash: str, site_of_a_shop: Site
) -> AsyncIterator[Parts]:
    """A server whose pages say who is signed in."""
    await stores.forget()
    given = {"RELAIS_WEBCHAT_SIGN_IN": "jwt", "RELAIS_WEBCHAT_SIGN_IN_SECRET": SECRET}
    more: dict[str, Any] = {"given": given, "allowed_origins": [site_of_a_shop.address]}
    options = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, **more)
    async with site.serving(options) as parts:
        async with parts.sessions.begin() as session:
            session.add(
                Agent(email="claire@example.com", name="Claire Martin", language="fr", password_hash=password_hash)
            )
        yield parts


@pytest.fixture
def visit(shop: Parts, site_of_a_shop: Site) -> Visit:
    """Goes to a page of the shop, with the chat on it; `user` is signed in there."""

    async def go(page: Page, user: str | None = None, *, opened: bool = True) -> Chat:
        path = "/shop?article=7&secret=1"
        made = await site_of_a_shop.visit(page, shop.settings.address, path, title="Lampe Ondine", user=user)
        if opened:
            await made.open()
        return made

    return go


async def test_nothing_of_a_signed_in_customer_stays_after_signing_out(
    shop: Parts, visit: Visit, context: MakeContext
) -> None:
    page = await (await context()).new_page()
    customer = await visit(page, token("C-1"))
    await customer.say("la commande de Marie")
    await customer.hears("echo:")
    await customer.part("composer").fill("un brouillon de Marie")
    async with shop.sessions() as session:
        assert (await session.scalars(select(Conversation.proof))).all() == ["signed_in"]

    await page.evaluate("() => window.Relais.user(null)")
    await expect(customer.part("message")).to_have_count(0)
    await expect(customer.part("composer")).to_have_value("")
    await customer.welcomed()
    kept = await page.evaluate("() => JSON.stringify(localStorage)")
    assert "Marie" not in kept and "C-1" not in kept

    await page.evaluate("(user) => window.Relais.user(user)", token("C-2"))
    await customer.welcomed()
    customer.said = 0
    await customer.say("je suis Paul")
    await customer.hears("echo:")
    assert "Marie" not in await customer.transcript()

    customer = await visit(page, token("C-1"))
    await expect(customer.messages("customer", "la commande de Marie")).to_be_visible()
    assert "Paul" not in await customer.transcript()


async def test_what_was_begun_before_signing_in_goes_along(shop: Parts, visit: Visit, context: MakeContext) -> None:
    page = await (await context()).new_page()
    customer = await visit(page)
    await customer.say("j'ai une question")
    await customer.hears("echo:")
    await customer.part("composer").fill("et encore")
    customer = await visit(page, token("C-1"))
    await expect(customer.messages("customer", "j'ai une question")).to_be_visible()
    await expect(customer.part("composer")).to_have_value("et encore")
    renewed = token("C-1", lasts=1800)
    await page.evaluate("(user) => window.Relais.user(user)", renewed)
    await customer.welcomed()
    await customer.say("toujours moi")
    await customer.hears("echo:")
    await customer.holds_together()


@pytest.mark.parametrize("line", ["socket", "polling"])
async def test_a_sign_in_that_does_not_hold_waits_for_one_that_does(
    line: str, visit: Visit, site_of_a_shop: Site, context: MakeContext
) -> None:
    profile = await context()
    if line == "polling":
        site_of_a_shop.blocked = True
        await profile.add_init_script("window.WebSocket = class { constructor() { throw Error('blocked') } }")
    customer = await visit(await profile.new_page(), token("C-1", lasts=-600), opened=False)
    await customer.part("launcher").click()
    status = customer.part("status")
    await expect(status).to_have_attribute("data-connection", "refused")
    await expect(status).to_contain_text("connexion")
    await customer.part("composer").fill("Je suis là")
    await customer.part("send").click()
    await expect(customer.messages("customer", "Je suis là")).to_have_attribute("data-state", "waiting")
    assert await barriers(customer.page) == ""
    await customer.page.evaluate("(user) => window.Relais.user(user)", token("C-1"))
    await customer.welcomed()
    await customer.stored("Je suis là")
    await customer.hears("echo:")


async def test_agents_see_the_page_and_its_title_and_no_secret(
    shop: Parts, visit: Visit, site_of_a_shop: Site, context: MakeContext
) -> None:
    customer = await visit(await (await context()).new_page())
    await customer.say("Bonjour")
    async with shop.sessions() as session:
        details = await session.scalar(select(Message.details).where(Message.seq == 1))
    assert details["page"] == {"url": f"{site_of_a_shop.address}/shop", "title": "Lampe Ondine"}


async def _ended(customer: Chat, scripted: ScriptedBot, language: str = "fr") -> None:
    """The assistant says good-bye and closes."""

    async def bye(turn: dict[str, Any]) -> web.Response:
        answer = said(BYE[language])
        answer["replies"][0]["command"] = {"do": "close"}
        return web.json_response(answer)

    scripted.script = bye
    await customer.say("Merci !" if language == "fr" else "Thanks!")
    await expect(customer.part("rating")).to_be_visible()


async def test_the_customer_says_how_it_was_by_keyboard_and_changes_it(
    visitor: MakeChat, scripted: ScriptedBot
) -> None:
    customer = await visitor(viewport=SMALL)
    await _ended(customer, scripted)
    page = customer.page
    assert await barriers(page) == "" and await customer.overflow() == []
    group = customer.part("rating").get_by_role("group", name="Comment était cet échange ?")
    await group.get_by_role("radio", name="Très bon").focus()
    await page.keyboard.press("ArrowDown")
    await expect(group.get_by_role("radio", name="Bon", exact=True)).to_be_checked()
    await page.keyboard.press("Tab")
    await page.keyboard.type("Rapide")
    await page.keyboard.press("Tab")
    assert await barriers(page) == "" and await customer.overflow() == []
    await page.keyboard.press("Enter")
    await expect(customer.part("rated")).to_contain_text("Votre réponse : Bon.")
    await expect(customer.part("rated")).to_be_focused()

    await customer.part("rating-change").click()
    await expect(customer.part("rating-comment")).to_have_value("Rapide")
    await customer.part("rating").get_by_text("Très mauvais").click()
    await page.route("**/chat/rating", lambda route: route.abort())
    await customer.part("rating-send").click()
    await expect(customer.part("rating").get_by_role("alert")).to_contain_text("Rien n’est parti")
    await page.unroute("**/chat/rating")
    await customer.part("rating-send").click()
    await expect(customer.part("rated")).to_contain_text("Votre réponse : Très mauvais.")
    await page.reload()
    await customer.open()
    await expect(customer.part("rated")).to_contain_text("Très mauvais")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_the_question_at_the_end(language: str, visitor: MakeChat, scripted: ScriptedBot) -> None:
    album, customer = Album(language), await visitor(language)
    await _ended(customer, scripted, language)
    await album.keep(customer.page, "widget-rating")
    await customer.part("rating-4").check(force=True)
    await album.keep(customer.page, "widget-rating-comment")
    await customer.part("rating-send").click()
    await expect(customer.part("rated")).to_be_visible()
    await album.keep(customer.page, "widget-rated")


LEFT = {"fr": "La lampe Ondine existe-t-elle en bleu ?", "en": "Does the Ondine lamp come in blue?"}
OPENS = "2099-11-23T08:00:00Z"


async def _config(customer: Chat, **more: Any) -> None:
    """What the server says of itself, with a mailbox that it has not in tests."""

    async def answer(route: Route) -> None:
        found = await (await route.fetch()).json()
        await route.fulfill(json=found | {"transcript": True, "answer_by_mail": True} | more)

    await customer.page.route("**/chat/config*", answer)
    await customer.page.reload()
    await customer.open()


async def test_a_transcript_is_sent_refused_and_limited_in_words(visitor: MakeChat) -> None:
    customer = await visitor(opened=False, viewport=SMALL)
    await _config(customer)
    await customer.say("Bonjour")
    await customer.hears("echo:")
    answers = iter(
        [
            (422, {"type": "error", "code": "bad_email", "message": "Cette adresse ne semble pas complète."}),
            (429, {"type": "error", "code": "enough_today", "message": "C’est assez pour aujourd’hui."}),
            (200, {"email": "m…@example.com"}),
        ]
    )
    asked: list[Any] = []

    async def post(route: Route) -> None:
        asked.append(route.request.post_data_json)
        status, body = next(answers)
        await route.fulfill(status=status, json=body)

    page = customer.page
    await page.route("**/chat/transcript", post)
    await customer.part("menu").click()
    await customer.part("transcript").click()
    assert await barriers(page) == "" and await customer.overflow() == []
    field = customer.part("mail-address")
    await field.fill("marie@")
    for words in ("pas complète", "assez pour aujourd’hui"):
        await page.keyboard.press("Enter")
        await expect(customer.part("mail-form").get_by_role("alert")).to_contain_text(words)
        await expect(field).to_be_focused()
        assert await barriers(page) == ""
    await field.fill("marie@example.com")
    await customer.part("mail-send").click()
    await expect(customer.part("mail-sent")).to_contain_text("m…@example.com")
    assert asked[-1]["email"] == "marie@example.com" and asked[-1]["conversation"]


async def test_the_server_says_why_no_transcript_leaves(visitor: MakeChat) -> None:
    customer = await visitor(opened=False)
    await _config(customer)
    await customer.say("Bonjour")
    await customer.part("menu").click()
    await customer.part("transcript").click()
    await customer.part("mail-address").fill("marie@example.com")
    await customer.part("mail-send").click()
    await expect(customer.part("mail-form").get_by_role("alert")).to_contain_text("e-mail")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_outside_opening_hours_the_chat_says_when_and_offers_the_answer_by_mail(
    language: str, visitor: MakeChat
) -> None:
    album, customer = Album(language), await visitor(language, opened=False)
    await _config(customer, open=False, opens=OPENS)
    await expect(customer.part("back-at")).to_contain_text("23")
    await album.keep(customer.page, "widget-away")
    await customer.part("person").click()
    await expect(customer.part("status")).to_contain_text("23")
    await customer.page.route("**/chat/answer", lambda route: route.fulfill(json={"email": "m…@example.com"}))
    await album.keep(customer.page, "widget-away-queue")
    await customer.part("answer-by-mail").click()
    await customer.part("mail-address").fill("marie@example.com")
    assert await barriers(customer.page) == ""
    await album.keep(customer.page, "widget-by-mail")
    await customer.part("mail-send").click()
    await expect(customer.part("mail-sent")).to_contain_text("m…@example.com")
    await customer.part("back").click()
    await expect(customer.part("answer-by-mail")).to_have_count(0)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_message_left_when_nobody_is_there_waits_and_says_where_the_answer_goes(
    language: str, server: Parts, visitor: MakeChat
) -> None:
    async with server.sessions.begin() as session:
        session.add(Account(channel="mail", name="main", enabled=True, settings={}, source="environment"))
    album, customer = Album(language), await visitor(language, opened=False, viewport=SMALL)
    await _config(customer, open=True, present=False, opens=None)
    page, text, email = customer.page, customer.part("leave-text"), customer.part("leave-email")
    await album.keep(page, "widget-leave-offer")
    await customer.part("leave").click()
    await customer.part("leave-send").click()
    await expect(email).to_be_focused()
    assert await barriers(page) == "" and await customer.overflow() == []
    await album.keep(page, "widget-leave-wrong")
    await customer.part("leave-name").fill("Paul Petit")
    await email.fill("paul@example.com")
    await text.fill(LEFT[language])
    # What was typed outlasts a look at the conversation.
    await customer.part("back").click()
    await customer.part("leave").click()
    await expect(text).to_have_value(LEFT[language])
    await album.keep(page, "widget-leave")
    await customer.part("leave-send").click()
    await customer.stored(LEFT[language])
    await expect(customer.part("goes-to")).to_contain_text("p…@example.com")
    nobody = "Personne n’est disponible" if language == "fr" else "Nobody is available"
    await expect(customer.part("status")).to_contain_text(nobody)
    assert await barriers(page) == "" and await customer.overflow() == []
    await album.keep(page, "widget-left")
    await customer.page.reload()
    await customer.open()
    await expect(customer.part("goes-to")).to_contain_text("p…@example.com")
