"""An agent at the desk without a mouse."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from tests.browser.desk import AT_ONCE, DeskPage
from tests.browser.hands import accepted, cancelled, passed_on, shows_as
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
        await shows_as(desk, words)
        await desk.page.keyboard.press("Escape")
        await expect(desk.part("presence")).to_have_count(0)

    async def accept(self, desk: DeskPage) -> None:
        await desk.page.keyboard.press("Alt+a")
        await accepted(desk)

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
        await passed_on(desk)

    async def cancel(self, desk: DeskPage, number: str) -> None:
        await self._out_of_fields(desk)
        await _tab_until(desk.page, _IN_ORDER, ["act-cancel", number])
        await desk.page.keyboard.press("Enter")
        await expect(desk.part("ordering").get_by_test_id("field-reason")).to_be_focused()
        await tab_to(desk.page, "save")
        await desk.page.keyboard.press("Enter")
        await cancelled(desk, number)

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
