"""The agent desk, as an agent handles it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.support.stores import PASSWORD

AT_ONCE = """
const kept = "relais.desk.preferences";
try { localStorage.getItem(kept) ?? localStorage.setItem(kept, '{"undoSend":false}'); } catch {}
"""
"""Answers leave at once."""


@dataclass
class DeskPage:
    """A page with the desk on it."""

    page: Page
    address: str

    def part(self, testid: str) -> Locator:
        """An element of the desk."""
        return self.page.get_by_test_id(testid)

    @property
    def conversation(self) -> Locator:
        """The second column."""
        return self.part("conversation")

    @property
    def composer(self) -> Locator:
        """Where the agent writes; absent while the conversation is not theirs."""
        return self.part("composer")

    @property
    def offers(self) -> Locator:
        """What the agent is offered, each with its buttons."""
        return self.part("offered").get_by_test_id("offer")

    def order(self, number: str) -> Locator:
        """An order beside the open conversation."""
        return self.page.locator(f'[data-testid="order"][data-number="{number}"]')

    def row(self, text: str | re.Pattern[str] | None = None) -> Locator:
        """Conversations in the list, of this text when given."""
        return self.part("row").filter(has_text=text) if text else self.part("row")

    def messages(self, author: str, text: str | re.Pattern[str] | None = None) -> Locator:
        """Messages of the open conversation by one author, of this text when given."""
        found = self.page.locator(f"[data-testid=message][data-from={author}]")
        return found.filter(has_text=text) if text else found

    def stored(self, text: str) -> Locator:
        """The agent's own answer, once the server has it."""
        return self.page.locator("[data-testid=message][data-from=agent][data-seq]", has_text=text)

    async def sign_in(self, email: str) -> None:
        """Signs in and waits for the live connection. Answers leave at once: who tests taking them back says so."""
        await self.page.add_init_script(AT_ONCE)
        await self.page.goto(f"{self.address}/desk/")
        await self.part("signin-email").fill(email)
        await self.part("signin-password").fill(PASSWORD)
        await self.part("signin-submit").click()
        await self.connected()
        await self.page.evaluate("() => { window.sameDocument = true; }")

    async def connected(self) -> None:
        """The live line is up."""
        await expect(self.part("connection")).to_have_attribute("data-state", "online")

    async def never_reloaded(self) -> None:
        """Everything since sign-in came live."""
        assert await self.page.evaluate("() => window.sameDocument === true")

    async def view(self, name: str) -> None:
        """Another list: waiting, mine, assistant or closed."""
        await self.part(f"view-{name}").click()

    async def open(self, text: str | re.Pattern[str] | None = None) -> None:
        """Opens the first conversation of this text and waits until it can be read."""
        await self.row(text).first.click()
        await expect(self.conversation.get_by_test_id("message").first).to_be_visible()

    async def take(self) -> None:
        """Takes the open conversation."""
        await self.part("take").click()
        await expect(self.composer).to_be_visible()

    async def say(self, text: str) -> None:
        """Answers the customer and waits until it is stored."""
        await self.composer.fill(text)
        await self.part("send").click()
        await expect(self.stored(text)).to_be_visible()

    async def hand_back(self) -> None:
        """Gives the conversation back to the assistant."""
        await self.part("release").click()
        await self.part("release-confirm").click()
        await expect(self.composer).to_have_count(0)
