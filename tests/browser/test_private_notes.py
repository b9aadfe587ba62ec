"""Private notes at the desk: written for a colleague by keyboard, seen by them at once, and by the customer never."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.keys import tab_to
from tests.browser.test_accessibility import barriers


async def test_a_colleague_is_mentioned_and_comes_and_a_reminder_stays(visitor: MakeChat, colleague: MakeDesk) -> None:
    customer = await visitor()
    await customer.say("Bonjour")
    await customer.part("person").click()
    claire, emma = await colleague(), await colleague("emma")
    await claire.open()
    await claire.take()

    # From here on by keyboard: out of the composer, into a note, a colleague by "@".
    page = claire.page
    await expect(claire.composer).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(claire.part("note-text")).to_be_focused()
    await page.keyboard.type("Peux-tu **voir** @em")
    await expect(claire.part("mentionable")).to_contain_text("Emma Wilson")
    assert await barriers(page) == ""
    await page.keyboard.press("Enter")
    await page.keyboard.type("<b>?</b>")
    await page.keyboard.press("Enter")
    note = claire.part("note")
    await expect(note).to_contain_text("<b>?</b>")
    await expect(note.locator("strong").last).to_have_text("voir")
    await expect(claire.part("note-text")).to_be_focused()

    await expect(emma.part("for-me")).to_contain_text("1")
    await emma.part("told-open").click()
    await expect(emma.part("note")).to_contain_text("Peux-tu voir @emma.wilson")
    await expect(emma.part("for-me")).to_have_count(0)
    assert await barriers(emma.page) == ""
    await emma.page.keyboard.press("n")
    await emma.page.keyboard.type("C’est fait")
    await emma.page.keyboard.press("Enter")
    await expect(claire.part("note")).to_have_count(2)
    await claire.never_reloaded()

    await page.keyboard.press("Escape")
    await expect(claire.composer).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("d")
    await expect(claire.part("remind-text")).to_be_focused()
    await page.keyboard.type("Appeler le transporteur")
    await expect(claire.part("remind-tomorrow")).to_be_visible()
    assert await barriers(page) == ""
    await page.get_by_test_id("remind-tomorrow").press("Enter")
    await expect(claire.part("reminder-strip")).to_contain_text("Appeler le transporteur")

    # The list of reminders is where one is finished: it is gone from the conversation, too.
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await page.keyboard.press("Shift+D")
    await expect(claire.part("reminder")).to_contain_text("Appeler le transporteur")
    await tab_to(page, "reminder-finish")
    await page.keyboard.press("Enter")
    await expect(claire.part("reminder")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await expect(claire.part("reminder-strip")).to_have_count(0)

    await claire.say("Je regarde")
    await customer.hears("Je regarde", "agent")
    await expect(customer.page.get_by_text("Peux-tu")).to_have_count(0)
    await expect(customer.page.get_by_text("C’est fait")).to_have_count(0)
