"""An agent at the desk with a mouse."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.desk import DeskPage
from tests.browser.hands import accepted, cancelled, passed_on, shows_as


class Mouse:
    """Clicks."""

    async def sign_in(self, desk: DeskPage, email: str) -> None:
        await desk.sign_in(email)

    async def be(self, desk: DeskPage, presence: str, words: str) -> None:
        await desk.part("account").click()
        await desk.part("presence").select_option(presence)
        await shows_as(desk, words)
        await desk.part("account").click()

    async def accept(self, desk: DeskPage) -> None:
        await desk.part("offer-accept").first.click()
        await accepted(desk)

    async def decline(self, desk: DeskPage) -> None:
        await desk.part("offer-decline").click()
        await desk.part("decline-busy").click()
        await expect(desk.offers).to_have_count(0)

    async def open(self, desk: DeskPage, view: str, text: str) -> None:
        await desk.view(view)
        await desk.open(text)

    async def say(self, desk: DeskPage, text: str) -> None:
        await desk.say(text)

    async def transfer(self, desk: DeskPage, to: str, note: str) -> None:
        await desk.part("pass-on").click()
        await desk.part("passing-choice").filter(has_text=to).click()
        await desk.part("passing-note").fill(note)
        await desk.part("passing-confirm").click()
        await passed_on(desk)

    async def cancel(self, desk: DeskPage, number: str) -> None:
        await desk.order(number).get_by_test_id("act-cancel").click()
        await desk.part("ordering").get_by_test_id("save").click()
        await cancelled(desk, number)

    async def hand_back(self, desk: DeskPage, note: str) -> None:
        await desk.part("release").click()
        await desk.page.locator("dialog textarea").fill(note)
        await desk.part("release-confirm").click()
        await expect(desk.composer).to_have_count(0)

    async def close(self, desk: DeskPage, reason: str) -> None:
        await desk.part("close").click()
        await desk.part("close-confirm").click()
        await desk.part("wrap-up-reason").select_option(label=reason)
        await desk.part("wrap-up-save").click()
        await expect(desk.part("wrap-up-noted")).to_contain_text(reason)

    async def board(self, desk: DeskPage) -> None:
        await desk.part("account").click()
        await desk.part("go-board").click()
        await expect(desk.part("page-board")).to_be_visible()

    async def listen(self, desk: DeskPage, agent: str) -> None:
        await desk.part("board-agent").filter(has_text=agent).get_by_role("button").click()
        await desk.part("listen").click()
        await expect(desk.part("heard").first).to_be_visible()

    async def whisper(self, desk: DeskPage, text: str) -> None:
        await desk.part("whisper-text").fill(text)
        await desk.part("whisper").click()
        await expect(desk.part("whispered")).to_contain_text(text)

    async def take_over(self, desk: DeskPage, reason: str) -> None:
        await desk.part("take-over").click()
        await desk.part("take-reason").fill(reason)
        await desk.part("take-now").click()
        await expect(desk.composer).to_be_visible()
