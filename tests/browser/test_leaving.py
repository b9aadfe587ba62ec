"""The end of a visit to the chat: how it was, what goes by e-mail, and messages left when nobody is there."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Route, expect

from crm_backend.accounts.model import Account
from server.app import Parts
from tests.browser.chat import Chat
from tests.browser.conftest import MakeChat
from tests.browser.test_accessibility import barriers
from tests.browser.test_pictures import Album
from tests.support.assistant import ScriptedBot, said

SMALL = {"width": 320, "height": 640}
BYE = {"fr": "Au plaisir. Bonne journée !", "en": "My pleasure. Have a good day!"}


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
