"""The chat in every state that a customer meets, on the pages of the demo shop."""

from __future__ import annotations

from collections.abc import AsyncIterator

from playwright.async_api import FilePayload, Route, expect

from tests.browser.chat import Chat
from tests.support.samples import picture
from tests.support.studio import Shot, Studio

PHOTO: FilePayload = {"name": "lampe.png", "mimeType": "image/png", "buffer": picture(size=(400, 300))}
PROGRAM: FilePayload = {"name": "setup.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(200)}


async def shop(studio: Studio) -> AsyncIterator[Shot]:
    """The demo shop: where one chooses a language, and its page."""
    page = await studio.page()
    await page.goto(studio.address + f"/demo/{studio.language}/")
    yield "shop", page
    await page.goto(studio.account("/demonstration", "/demonstration"))
    yield "shop-demonstration", page


async def pages(studio: Studio) -> AsyncIterator[Shot]:
    """From the button in the corner to the question how it was."""
    chat = await _opened(studio)
    page, who = chat.page, studio.who
    yield "chat-open", page
    await chat.part("menu").click()
    yield "chat-menu", page
    await page.keyboard.press("Escape")
    number = studio.either("10860", "10852")
    await chat.say(studio.either("Bonjour, où est ma commande ?", "Hello, where is my order?"))
    await chat.hears(studio.either("numéro", "number"))
    yield "chat-asked", page
    await chat.say(f"{number} {who.email} {who.postcode}")
    await chat.hears(number)
    yield "chat-order", page
    await chat.say(studio.either("Quels sont vos délais de livraison ?", "How long does delivery take?"))
    await chat.hears(".")
    yield "chat-article", page
    await chat.say(studio.either("Je cherche une lampe", "I’m looking for a lamp"))
    await chat.hears(".")
    yield "chat-products", page
    await chat.part("file-input").set_input_files([PHOTO, PROGRAM])
    await expect(chat.part("attached")).to_have_count(2)
    await expect(chat.part("attached").first).to_have_attribute("data-state", "kept")
    await expect(chat.part("attached").last).not_to_have_attribute("data-state", "sending")
    yield "chat-upload-refused", page
    await page.context.set_offline(True)
    await expect(chat.part("status")).to_have_attribute("data-state", "offline")
    yield "chat-reconnecting", page
    await page.context.set_offline(False)
    await chat.welcomed()
    async for shot in _with_a_person(studio, chat):
        yield shot


async def _opened(studio: Studio) -> Chat:
    chat = Chat(await studio.page(), studio.address)
    await chat.visit(f"/demo/{studio.language}/")
    await chat.open()
    return chat


async def _with_a_person(studio: Studio, chat: Chat) -> AsyncIterator[Shot]:
    await chat.part("person").click()
    await expect(chat.part("status")).to_have_attribute("data-state", "queue")
    yield "chat-waiting", chat.page
    await chat.part("correct").click()
    yield "chat-correcting", chat.page
    await chat.part("correct").click()
    desk = await studio.desk("claire", "agent")
    await desk.open(studio.who.last_name)
    await desk.take()
    await desk.say(studio.either("Bonjour Marie, je regarde cela.", "Hello Emma, I’m looking into it."))
    await expect(chat.part("status")).to_have_attribute("data-state", "agent")
    yield "chat-agent", chat.page
    await desk.part("close").click()
    await desk.part("close-confirm").click()
    await expect(chat.part("rating")).to_be_visible()
    yield "chat-rating", chat.page
    await chat.part("rating-2").check(force=True)
    yield "chat-rating-comment", chat.page
    await chat.part("rating-send").click()
    await expect(chat.part("rated")).to_be_visible()
    yield "chat-rated", chat.page
    await chat.part("menu").click()
    await chat.part("conversations").click()
    await expect(chat.part("conversation").first).to_be_visible()
    yield "chat-history", chat.page


async def nobody(studio: Studio) -> AsyncIterator[Shot]:
    """When nobody is there: what may be left, and what goes by e-mail."""
    chat = Chat(await studio.page(), studio.address)

    async def away(route: Route) -> None:
        found = await (await route.fetch()).json()
        told = {"transcript": True, "answer_by_mail": True, "present": False, "open": False}
        await route.fulfill(json=found | told | {"opens": "2099-11-23T08:00:00Z"})

    await chat.page.route("**/chat/config*", away)
    await chat.visit(f"/demo/{studio.language}/")
    await chat.open()
    await expect(chat.part("back-at")).to_be_visible()
    yield "chat-away", chat.page
    await chat.part("person").click()
    await expect(chat.part("status")).to_have_attribute("data-state", "queue")
    yield "chat-away-waiting", chat.page
    await chat.part("answer-by-mail").click()
    yield "chat-by-mail", chat.page
