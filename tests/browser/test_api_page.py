"""The API's reading page: without barriers, light and dark, and readable on a telephone."""

from __future__ import annotations

from server.app import Parts
from tests.browser.conftest import MakeContext
from tests.browser.test_accessibility import barriers
from tests.support.site import folder_of

SOME = 6
"""Endpoints that are opened: they are all made alike."""
OPEN = f"() => [...document.querySelectorAll('details')].slice(0, {SOME}).forEach((one) => (one.open = true))"


async def test_the_reading_page(server: Parts, context: MakeContext) -> None:
    page = await (await context()).new_page()
    for language in ("fr", "en"):
        await page.goto(f"{server.settings.address}/api/v1/docs?language={language}")
        await page.evaluate(OPEN)
        assert await barriers(page) == "", language
    await page.set_viewport_size({"width": 360, "height": 780})
    await page.screenshot(path=folder_of("api") / "docs-360-dark.png")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.emulate_media(color_scheme="light")
    await page.screenshot(path=folder_of("api") / "docs-1280-light.png")
