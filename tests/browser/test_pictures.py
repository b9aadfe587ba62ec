"""Every state a customer or an agent looks at, kept as pictures in var/artefacts/browser."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from server.demo.showcase import EMMA, MARIE
from tests.browser.chat import Chat
from tests.browser.conftest import DESKTOP, PHONE, MakeChat, MakeDesk
from tests.browser.desk import DeskPage
from tests.support.site import folder_of

WORDS = {
    "fr": {
        "agent": "claire",
        "help": "/fr/aide",
        "person": MARIE.last_name,
        "order": f"Bonjour, où est ma commande 10860 ? {MARIE.email}, {MARIE.postcode}",
        "question": "Quels sont vos délais de livraison ?",
        "search": "rembourser un article soldé",
        "hello": "Bonjour Marie, je suis Claire. J’ai tout sous les yeux\u00a0: le colis arrive bien demain.",
        "thanks": "Merci beaucoup, c’est parfait !",
    },
    "en": {
        "agent": "emma",
        "help": "/en/help",
        "person": EMMA.last_name,
        "order": f"Hello, where is my order 10852? {EMMA.email}, {EMMA.postcode}",
        "question": "How long does delivery take?",
        "search": "refund of a sale item",
        "hello": "Hello Emma, it’s Emma from the team. I can see the whole conversation: your parcel is on the van.",
        "thanks": "Thank you, that’s perfect",
    },
}


@dataclass
class Album:
    """Pictures of one language; each state at both widths, light and dark."""

    language: str

    async def keep(self, page: Page, name: str) -> None:
        """Takes the four pictures of a state, and leaves the page as it was."""
        folder = folder_of("browser")
        before = page.viewport_size
        assert before is not None
        for width, size in (("desktop", DESKTOP), ("phone", PHONE)):
            await page.set_viewport_size(size)
            for theme in ("light", "dark"):
                await page.emulate_media(color_scheme=theme)
                await page.screenshot(
                    path=folder / f"{name}-{self.language}-{width}-{theme}.png", animations="disabled"
                )
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size(before)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_the_public_pages(language: str, chat: MakeChat) -> None:
    words, album = WORDS[language], Album(language)
    customer = await chat(language, opened=False)
    await album.keep(customer.page, "demo")
    await customer.visit(words["help"])
    await album.keep(customer.page, "help-home")
    await customer.page.locator("#q").fill(words["search"])
    await customer.page.keyboard.press("Enter")
    await expect(customer.page.locator(".results")).to_be_visible()
    await album.keep(customer.page, "help-search")
    await customer.page.locator(".results ol a").first.click()
    await expect(customer.page.locator("article h1")).to_be_visible()
    await album.keep(customer.page, "help-article")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_chat_and_desk(language: str, chat: MakeChat, desk: MakeDesk) -> None:
    album = Album(language)
    customer = await chat(language)
    agent = await desk(WORDS[language]["agent"], language)
    await _with_the_assistant(customer, album)
    await _in_the_queue(customer, agent, album)
    await _with_an_agent(customer, agent, album)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_signing_in(language: str, chat: MakeChat) -> None:
    album = Album(language)
    visitor = await chat(language, opened=False)
    await visitor.visit("/desk/")
    await expect(visitor.page.get_by_test_id("signin-email")).to_be_focused()
    await album.keep(visitor.page, "desk-signin")
    await visitor.page.get_by_test_id("signin-submit").click()
    await expect(visitor.page.get_by_test_id("signin-error")).to_be_visible()
    await album.keep(visitor.page, "desk-signin-error")


async def _with_the_assistant(customer: Chat, album: Album) -> None:
    words = WORDS[album.language]
    await album.keep(customer.page, "widget-empty")
    await customer.say(words["order"])
    await customer.hears("108[56]")
    await customer.say(words["question"])
    await customer.hears(".")
    await album.keep(customer.page, "widget-conversation")


async def _in_the_queue(customer: Chat, agent: DeskPage, album: Album) -> None:
    words = WORDS[album.language]
    await album.keep(agent.page, "desk-list-empty")
    await customer.part("person").click()
    await expect(customer.part("status")).to_have_attribute("data-state", "queue")
    await expect(agent.row(words["person"])).to_be_visible()
    await album.keep(customer.page, "widget-queue")
    await album.keep(agent.page, "desk-list")
    await agent.open(words["person"])
    await expect(agent.part("take")).to_be_visible()
    await album.keep(agent.page, "desk-before")


async def _with_an_agent(customer: Chat, agent: DeskPage, album: Album) -> None:
    words = WORDS[album.language]
    await agent.take()
    await agent.say(words["hello"])
    await customer.hears(re.escape(words["hello"].replace("\u00a0", " ")), "agent")
    await customer.say(words["thanks"])
    await expect(agent.messages("customer", words["thanks"])).to_be_visible()
    await album.keep(customer.page, "widget-agent")
    await album.keep(agent.page, "desk-after")
    await agent.page.set_viewport_size(PHONE)
    await agent.page.keyboard.press("Escape")
    await agent.conversation.locator(".not-three").click()
    await expect(agent.part("customer")).to_be_visible()
    await album.keep(agent.page, "desk-context")
