"""Every page of the desk that somebody may open, found by walking its own menus: a new page is there by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

from playwright.async_api import expect

from tests.browser.desk import DeskPage

_MENU = "[data-testid^=go-]"
_BESIDE = "main nav a[href^='#/'], main [role=tablist] a[href^='#/']"
_SHOWING = "[aria-busy=true], .skeleton"


async def rooms(desk: DeskPage) -> AsyncIterator[str]:
    """Opens one page of the desk after the other, and says what each is called: first the conversations as they are,
    then what the menu of the account leads to, with the parts that each of those has beside it."""
    page = desk.page
    yield "inbox"
    await _menu(desk)
    yield "menu"
    doors = [str(await one.get_attribute("data-testid")) for one in await desk.page.locator(_MENU).all()]
    for door in doors:
        await _menu(desk)
        await desk.part(door).click()
        name = door.removeprefix("go-")
        await _drawn(desk)
        beside = [str(await one.get_attribute("href")) for one in await page.locator(_BESIDE).all()]
        if not beside:
            yield name
        for address in beside:
            await page.evaluate("(address) => { location.hash = address; }", address)
            await _drawn(desk)
            yield f"{name}-{address.rpartition('/')[2].partition('?')[0]}"
        await page.evaluate("() => { location.hash = '#/waiting'; }")


async def _menu(desk: DeskPage) -> None:
    await expect(desk.part("account")).to_be_visible()
    if await desk.page.locator(_MENU).count() == 0:
        await desk.part("account").click()
    await expect(desk.page.locator(_MENU).first).to_be_visible()


async def _drawn(desk: DeskPage) -> None:
    await expect(desk.page.locator("main h1").first).to_be_visible()
    await expect(desk.page.locator(_SHOWING)).to_have_count(0)
