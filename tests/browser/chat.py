"""The chat in the corner of a page, as a customer handles it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, expect
from playwright.async_api import TimeoutError as TooLong

READ = """() => [...document.querySelector('#relais-widget').shadowRoot.querySelectorAll('[data-testid=message]')].map(
  (node) => ({from: node.dataset.from, seq: Number(node.dataset.seq ?? 0), state: node.dataset.state,
              text: node.innerText.replaceAll('\\u00a0', ' ')}))"""
HEARD = f"""([after, authors, source]) => ({READ})().some((one) =>
  one.seq > after && authors.includes(one.from) && new RegExp(source, 'i').test(one.text))"""
STORED = f"""(text) => Math.max(0, ...({READ})().filter((one) => one.from === 'customer' && one.seq
  && one.text.includes(text)).map((one) => one.seq))"""
OVERFLOW = """() => {
  const root = document.querySelector('#relais-widget').shadowRoot;
  const wide = [document.documentElement, ...root.querySelectorAll('.scroller, .panel')]
    .filter((node) => node.scrollWidth > node.clientWidth + 1);
  return wide.map((node) => `${node.className || node.tagName} ${node.scrollWidth} > ${node.clientWidth}`);
}"""


@dataclass
class Chat:
    """A page with the widget on it; `said` is the sequence number of what the customer wrote last."""

    page: Page
    address: str
    said: int = 0

    def part(self, testid: str) -> Locator:
        """An element of the widget."""
        return self.page.locator("#relais-widget").get_by_test_id(testid)

    def messages(self, author: str, text: str | re.Pattern[str] | None = None) -> Locator:
        """Messages by one author, of this text when given."""
        found = self.page.locator(f"#relais-widget [data-testid=message][data-from={author}]")
        return found.filter(has_text=text) if text else found

    async def visit(self, path: str) -> None:
        """Goes to a page of the server."""
        await self.page.goto(self.address + path)

    async def open(self) -> None:
        """Opens the chat and waits until the server has welcomed us."""
        await self.part("launcher").click()
        await self.welcomed()

    async def welcomed(self) -> None:
        """Connected, over whichever line."""
        await expect(self.part("status")).to_have_attribute("data-connection", "online")

    async def say(self, text: str) -> None:
        """Writes, sends, and waits until it is stored."""
        await self.part("composer").fill(text)
        await self.part("send").click()
        await self.stored(text)

    async def press(self, title: str) -> None:
        """Chooses an offered reply."""
        before = self.said
        await self.part("quick-reply").get_by_text(title, exact=True).click()
        await self.stored(title, beyond=before)

    async def stored(self, text: str, *, beyond: int | None = None) -> None:
        """Waits until the server has acknowledged this message."""
        edge = self.said if beyond is None else beyond
        # Every run of spaces is one in what the browser shows, and a link is shown without its scheme.
        shown = re.sub(r"\s+", " ", text.removeprefix("https://")).strip()
        try:
            await self.page.wait_for_function(f"([text, edge]) => ({STORED})(text) > edge", arg=[shown, edge])
        except TooLong:
            raise AssertionError(f"“{text}” was not stored; the chat shows:\n{await self.transcript()}") from None
        self.said = await self.page.evaluate(STORED, shown)

    async def hears(self, pattern: str, *authors: str) -> None:
        """Waits for an answer (of the assistant unless said) to what was written last."""
        wanted = [self.said, list(authors or ("bot",)), pattern]
        try:
            await self.page.wait_for_function(HEARD, arg=wanted)
        except TooLong:
            raise AssertionError(f"nobody answered /{pattern}/; the chat shows:\n{await self.transcript()}") from None

    async def read(self) -> list[dict[str, Any]]:
        """Every message on screen, in order."""
        found: list[dict[str, Any]] = await self.page.evaluate(READ)
        return found

    async def transcript(self) -> str:
        """What is on screen, for people."""
        return "\n".join(f"{one['seq']:>3} {one['from']}: {one['text']}" for one in await self.read())

    async def holds_together(self) -> None:
        """Every sequence number once, in order, without a gap; nothing still on its way."""
        seqs = [one["seq"] for one in await self.read()]
        assert seqs == list(range(1, len(seqs) + 1)), await self.transcript()

    async def overflow(self) -> list[str]:
        """What is wider than its place; empty when nothing is."""
        found: list[str] = await self.page.evaluate(OVERFLOW)
        return found
