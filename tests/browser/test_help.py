"""The help centre in a browser: from a question to the answer, or to the assistant who is told the question."""

from __future__ import annotations

from playwright.async_api import Page, expect

from server.app import Parts
from tests.browser.conftest import MakeContext
from tests.browser.test_accessibility import barriers

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = {"width": 320, "height": 640}


async def looked_at(page: Page) -> None:
    """No barrier, and nothing wider than a small phone."""
    assert await barriers(page) == ""
    before = page.viewport_size
    await page.set_viewport_size(SMALL)
    assert await page.evaluate(OVERFLOW) == 0, page.url
    assert before
    await page.set_viewport_size(before)


async def test_a_question_leads_to_its_answer_or_to_the_assistant(company: Parts, context: MakeContext) -> None:
    page = await (await context()).new_page()
    await page.goto(company.settings.address + "/fr/aide")
    await looked_at(page)
    await page.locator("#q").press_sequentially("au bout de combien de temps suis-je rembours")
    await expect(page.get_by_role("option").first).to_be_visible()
    assert await barriers(page) == ""
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page.locator(".results mark").first).to_be_visible()
    await looked_at(page)
    await page.locator(".results ol a").first.click()
    await expect(page.locator("article h1")).to_contain_text("rembours")
    await looked_at(page)
    await page.emulate_media(media="print")
    await expect(page.locator(".search")).to_be_hidden()
    await expect(page.locator("article h1")).to_be_visible()
    await page.emulate_media(media="screen")
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("article h1")).to_contain_text("refund")
    await page.get_by_role("button", name="Yes").click()
    await expect(page.get_by_role("status").filter(has_text="Thank you")).to_be_visible()

    await page.locator("#q").fill("do you sell live giraffes")
    await page.keyboard.press("Enter")
    await expect(page.locator(".nothing")).to_contain_text("giraffes")
    await looked_at(page)
    await page.get_by_role("button", name="Ask the assistant").click()
    composer = page.locator("#relais-widget").get_by_test_id("composer")
    await expect(composer).to_have_value("do you sell live giraffes")


async def test_everything_is_read_and_said_without_javascript(company: Parts, context: MakeContext) -> None:
    page = await (await context(java_script_enabled=False, language="en")).new_page()
    await page.goto(company.settings.address + "/en/help")
    await page.locator("#q").fill("forgoten pasword")
    await page.locator("#q").press("Enter")
    await expect(page.locator(".meant")).to_contain_text("password")
    await page.locator(".results ol a").first.click()
    await page.get_by_role("button", name="No").click()
    await page.get_by_label("It isn’t clear").check()
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".opinion")).to_contain_text("Thank you")
    for path in (
        "?q=%27%22%3B--%20%26%20%7C%20!%20%3Cb%3E",
        "?q=%D9%85%D8%B1%D8%AD%D8%A8%D8%A7",
        "?q=" + "a%20" * 2_000,
    ):
        answer = await page.goto(company.settings.address + "/en/help" + path)
        assert answer and answer.status == 200, path
        await expect(page.locator(".results")).to_be_visible()
        await expect(page.locator(".results b")).to_have_count(0)
