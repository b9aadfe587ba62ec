"""Every page of the help centre and the contact form, with what goes wrong there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from unittest.mock import AsyncMock, patch

from playwright.async_api import expect

from crm_backend.accounts.elsewhere import Way
from crm_backend.errors import RateLimited
from server.help import contact_page, forms
from server.help.allowance import Allowance
from tests.support.studio import Shot, Studio

POST = """() => {
  const form = document.createElement('form');
  form.method = 'post';
  document.body.append(form);
  form.submit();
}"""


async def pages(studio: Studio) -> AsyncIterator[Shot]:
    """From the home to an article, what is found and what is not, and the ways in which an address is wrong."""
    page, home = await studio.page(), studio.address + studio.either("/fr/aide", "/en/help")
    await page.goto(home)
    yield "help-home", page
    await page.locator("#q").press_sequentially(studio.either("délais de liv", "how long does del"))
    await expect(page.get_by_role("option").first).to_be_visible()
    yield "help-suggestions", page
    await page.goto(home + "?category=returns")
    yield "help-category", page
    await page.goto(f"{home}?q={studio.either('rembourser un article soldé', 'refund of a sale item')}")
    await expect(page.locator(".results mark").first).to_be_visible()
    yield "help-results", page
    await page.locator(".results ol a").first.click()
    await expect(page.locator("article h1")).to_be_visible()
    yield "help-article", page
    await page.get_by_role("button", name=studio.either("Non", "No"), exact=True).click()
    yield "help-opinion", page
    await page.goto(f"{home}?q={studio.either('vendez-vous des girafes vivantes', 'do you sell live giraffes')}")
    yield "help-nothing", page
    with patch.object(Allowance, "take", side_effect=RateLimited("searches", retry_after=40)):
        await page.goto(f"{home}?q={studio.either('colis', 'parcel')}")
        yield "help-busy", page
    await page.goto(home + "/-/nowhere")
    yield "help-missing", page
    await page.goto(f"{studio.address}/{studio.language}/nowhere/at/all")
    yield "help-nowhere", page
    await page.goto(home)
    async with page.expect_navigation():
        await page.evaluate(POST)
    yield "help-not-that-way", page
    await page.goto(home + "/%ff")
    yield "help-malformed", page


async def contact(studio: Studio) -> AsyncIterator[Shot]:
    """The contact form: where no mailbox is, and where one is, from the first word to the thanks."""
    page = await studio.page()
    form = studio.address + studio.either("/fr/aide/-/ecrire", "/en/help/-/write")
    await page.goto(form)
    yield "contact-none", page
    way = AsyncMock(return_value=Way(channel="mail", account="main"))
    with patch.object(contact_page, "way_to_write", way):
        await page.goto(form)
        yield "contact", page
        words = page.locator(".contact-form textarea").first
        await words.fill(
            studio.either("Au bout de combien de temps suis-je remboursé ?", "How long does a refund take?")
        )
        await expect(page.locator(".contact-articles li").first).to_be_visible()
        yield "contact-articles", page
        await page.goto(form)
        await words.fill(
            studio.either("Ma lampe grésille depuis ce matin.", "My lamp has been buzzing since this morning.")
        )
        await page.evaluate("document.querySelector('.contact-form').noValidate = true")
        await page.locator(".contact-form [type=submit]").last.click()
        await expect(page.get_by_role("alert").last).to_be_visible()
        yield "contact-wrong", page
        await page.locator(".contact-form [type=email]").fill("marie@example.com")
        await page.wait_for_timeout(forms.SOONEST * 1000)
        await page.keyboard.press("Enter")
        await expect(page.locator(".contact-form")).to_have_count(0)
        yield "contact-sent", page
