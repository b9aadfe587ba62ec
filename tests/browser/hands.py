"""How an agent goes about the desk: by mouse, or without one. Each does the same and waits for the same."""

from __future__ import annotations

from typing import Any, Protocol

from playwright.async_api import Page, expect

from tests.browser.desk import AT_ONCE, DeskPage
from tests.support.stores import PASSWORD

FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.dataset?.testid ?? node?.tagName ?? null;
}"""
_WITHIN = """([selector, text]) => {
  const part = document.activeElement?.closest(selector);
  return Boolean(part?.textContent.includes(text)) && document.activeElement.tagName === 'BUTTON';
}"""
_IN_ORDER = """([testid, number]) => {
  const focused = document.activeElement;
  return focused?.dataset?.testid === testid && focused.closest('[data-testid=order]')?.dataset.number === number;
}"""
_TYPING = "() => ['INPUT', 'TEXTAREA', 'SELECT'].includes(document.activeElement?.tagName)"
_POINTED = "addEventListener('pointerdown', () => { window.pointed = true; }, true);"
_VIEWS = {"waiting": "1", "mine": "2"}


class Hands(Protocol):
    """What agents and supervisors do all day."""

    async def sign_in(self, desk: DeskPage, email: str) -> None:
        """Opens the desk, and waits for its live line."""

    async def be(self, desk: DeskPage, presence: str, words: str) -> None:
        """Says where the agent is; `words` are what the desk calls it."""

    async def accept(self, desk: DeskPage) -> None:
        """Takes what is offered first."""

    async def decline(self, desk: DeskPage) -> None:
        """Leaves what is offered first to others, having enough to do."""

    async def open(self, desk: DeskPage, view: str, text: str) -> None:
        """Opens a conversation of a list."""

    async def say(self, desk: DeskPage, text: str) -> None:
        """Answers the customer."""

    async def transfer(self, desk: DeskPage, to: str, note: str) -> None:
        """Passes the open conversation to a colleague."""

    async def cancel(self, desk: DeskPage, number: str) -> None:
        """Cancels an order that stands beside the open conversation."""

    async def hand_back(self, desk: DeskPage, note: str) -> None:
        """Gives the open conversation back to the assistant."""

    async def close(self, desk: DeskPage, reason: str) -> None:
        """Ends the open conversation, and says why in its wrap-up."""

    async def board(self, desk: DeskPage) -> None:
        """Opens the supervisor's board."""

    async def listen(self, desk: DeskPage, agent: str) -> None:
        """Listens in on the only conversation of an agent, from the board."""

    async def whisper(self, desk: DeskPage, text: str) -> None:
        """Says something to the agent who is listened to."""

    async def take_over(self, desk: DeskPage, reason: str) -> None:
        """Takes what is listened to."""


class Mouse:
    """Clicks."""

    async def sign_in(self, desk: DeskPage, email: str) -> None:
        await desk.sign_in(email)

    async def be(self, desk: DeskPage, presence: str, words: str) -> None:
        await desk.part("account").click()
        await desk.part("presence").select_option(presence)
        await _is(desk, words)
        await desk.part("account").click()

    async def accept(self, desk: DeskPage) -> None:
        await desk.part("offer-accept").first.click()
        await _accepted(desk)

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
        await _passed(desk)

    async def cancel(self, desk: DeskPage, number: str) -> None:
        await desk.order(number).get_by_test_id("act-cancel").click()
        await desk.part("ordering").get_by_test_id("save").click()
        await _cancelled(desk, number)

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


class Keys:
    """Never points at anything, which `never_pointed` holds it to."""

    async def sign_in(self, desk: DeskPage, email: str) -> None:
        page = desk.page
        await page.add_init_script(AT_ONCE)
        await page.add_init_script(_POINTED)
        await page.goto(f"{desk.address}/desk/")
        await expect(desk.part("signin-email")).to_be_focused()
        await page.keyboard.type(email)
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await desk.connected()

    async def never_pointed(self, desk: DeskPage) -> None:
        """Everything since sign-in was done without a mouse."""
        assert not await desk.page.evaluate("() => window.pointed")

    async def be(self, desk: DeskPage, presence: str, words: str) -> None:
        await self._out_of_fields(desk)
        await tab_to(desk.page, "account", back=True)
        await desk.page.keyboard.press("Enter")
        await tab_to(desk.page, "presence")
        await desk.page.keyboard.type(words)
        await expect(desk.part("presence")).to_have_value(presence)
        await _is(desk, words)
        await desk.page.keyboard.press("Escape")
        await expect(desk.part("presence")).to_have_count(0)

    async def accept(self, desk: DeskPage) -> None:
        await desk.page.keyboard.press("Alt+a")
        await _accepted(desk)

    async def decline(self, desk: DeskPage) -> None:
        await desk.page.keyboard.press("Alt+x")
        await expect(desk.part("decline-busy")).to_be_focused()
        await desk.page.keyboard.press("Enter")
        await expect(desk.offers).to_have_count(0)

    async def open(self, desk: DeskPage, view: str, text: str) -> None:
        await self._press(desk, _VIEWS[view])
        await expect(desk.part(f"view-{view}")).to_have_attribute("aria-current", "true")
        row = desk.row(text).first
        await expect(row).to_be_visible()
        for _ in range(await desk.row().count()):
            await desk.page.keyboard.press("j")
            if await row.evaluate("(node) => node === document.activeElement"):
                break
        await expect(row).to_be_focused()
        await desk.page.keyboard.press("Enter")
        await expect(desk.conversation.get_by_test_id("message").first).to_be_visible()

    async def say(self, desk: DeskPage, text: str) -> None:
        if await desk.page.evaluate(FOCUSED) != "composer":
            await self._press(desk, "r")
        await expect(desk.composer).to_be_focused()
        await desk.page.keyboard.type(text)
        await desk.page.keyboard.press("Control+Enter")
        await expect(desk.stored(text)).to_be_visible()

    async def transfer(self, desk: DeskPage, to: str, note: str) -> None:
        await self._press(desk, "p")
        await expect(desk.part("passing-search")).to_be_focused()
        await desk.page.keyboard.type(to)
        await expect(desk.part("passing-choice")).to_have_count(1)
        await tab_to(desk.page, "passing-note")
        await desk.page.keyboard.type(note)
        await desk.page.keyboard.press("Control+Enter")
        await _passed(desk)

    async def cancel(self, desk: DeskPage, number: str) -> None:
        await self._out_of_fields(desk)
        await _tab_until(desk.page, _IN_ORDER, ["act-cancel", number])
        await desk.page.keyboard.press("Enter")
        await expect(desk.part("ordering").get_by_test_id("field-reason")).to_be_focused()
        await tab_to(desk.page, "save")
        await desk.page.keyboard.press("Enter")
        await _cancelled(desk, number)

    async def hand_back(self, desk: DeskPage, note: str) -> None:
        await self._press(desk, "e")
        await expect(desk.page.locator("dialog textarea")).to_be_focused()
        await desk.page.keyboard.type(note)
        await desk.page.keyboard.press("Control+Enter")
        await expect(desk.composer).to_have_count(0)

    async def close(self, desk: DeskPage, reason: str) -> None:
        # On a row of the list this key chooses the row.
        await self._press(desk, "r")
        await expect(desk.composer).to_be_focused()
        await self._press(desk, "x")
        await expect(desk.part("close-confirm")).to_be_focused()
        await desk.page.keyboard.press("Enter")
        await expect(desk.part("wrap-up-reason")).to_be_visible()
        await desk.page.keyboard.press("q")
        await expect(desk.part("wrap-up-reason")).to_be_focused()
        await desk.page.keyboard.type(reason)
        await desk.page.keyboard.press("Control+Enter")
        await expect(desk.part("wrap-up-noted")).to_contain_text(reason)

    async def board(self, desk: DeskPage) -> None:
        await self._press(desk, "Shift+M")
        await expect(desk.part("page-board")).to_be_visible()

    async def listen(self, desk: DeskPage, agent: str) -> None:
        await _tab_until(desk.page, _WITHIN, ["[data-testid=board-agent]", agent])
        await desk.page.keyboard.press("Enter")
        await expect(desk.part("listen")).to_be_visible()
        await tab_to(desk.page, "listen")
        await desk.page.keyboard.press("Enter")
        await expect(desk.part("heard").first).to_be_visible()

    async def whisper(self, desk: DeskPage, text: str) -> None:
        await tab_to(desk.page, "whisper-text")
        await desk.page.keyboard.type(text)
        await desk.page.keyboard.press("Control+Enter")
        await expect(desk.part("whispered")).to_contain_text(text)

    async def take_over(self, desk: DeskPage, reason: str) -> None:
        await tab_to(desk.page, "take-over")
        await desk.page.keyboard.press("Enter")
        await expect(desk.part("take-reason")).to_be_focused()
        await desk.page.keyboard.type(reason)
        await desk.page.keyboard.press("Enter")
        await expect(desk.composer).to_be_visible()

    async def _press(self, desk: DeskPage, key: str) -> None:
        await self._out_of_fields(desk)
        await desk.page.keyboard.press(key)

    async def _out_of_fields(self, desk: DeskPage) -> None:
        if await desk.page.evaluate(_TYPING):
            await desk.page.keyboard.press("Escape")


async def tab_to(page: Page, testid: str, *, back: bool = False, at_most: int = 120) -> None:
    """Presses Tab until this element has the focus."""
    script = f"(testid) => ({FOCUSED})() === testid"
    await _tab_until(page, script, testid, back=back, at_most=at_most)


async def _tab_until(page: Page, script: str, given: Any, *, back: bool = False, at_most: int = 120) -> None:
    for _ in range(at_most):
        await page.keyboard.press("Shift+Tab" if back else "Tab")
        if await page.evaluate(script, given):
            return
    raise AssertionError(f"{given} cannot be reached with Tab")


async def _is(desk: DeskPage, words: str) -> None:
    await expect(desk.part("account")).to_have_attribute("aria-label", f"{await _named(desk)}, {words}")


async def _named(desk: DeskPage) -> str:
    label = await desk.part("account").get_attribute("aria-label") or ""
    return label.rpartition(", ")[0]


async def _accepted(desk: DeskPage) -> None:
    await expect(desk.composer).to_be_visible()
    await expect(desk.offers).to_have_count(0)


async def _cancelled(desk: DeskPage, number: str) -> None:
    await expect(desk.part("ordering")).to_have_count(0)
    await expect(desk.order(number).get_by_test_id("order-status")).to_have_attribute("data-status", "cancelled")


async def _passed(desk: DeskPage) -> None:
    await expect(desk.part("passing")).to_have_count(0)
    await expect(desk.composer).to_have_count(0)
