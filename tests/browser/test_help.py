"""The help centre in a browser: from a question to the answer, or to the assistant who is told the question."""

from __future__ import annotations

import asyncio
import gzip
from unittest.mock import AsyncMock
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Response, expect

from crm_backend.accounts.elsewhere import Way
from server.app import Parts
from server.help import contact_page, forms
from tests.browser.conftest import MakeContext
from tests.browser.test_accessibility import barriers

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = {"width": 320, "height": 640}
COVERED = """() => [...document.querySelectorAll("a[href], main button")].filter((each) => {
  const rects = [...each.getClientRects()].filter(({ top, bottom }) => top >= 0 && bottom <= innerHeight);
  const free = (rect) => [0.1, 0.5, 0.9].some((part) =>
    document.elementFromPoint(rect.left + rect.width * part, rect.top + rect.height / 2)?.id !== "relais-widget");
  return rects.length > 0 && !rects.some(free);
}).map((each) => each.textContent)"""
"""What can be pressed, and lies under the chat's button."""


async def lies_on_nothing(page: Page) -> None:
    async with asyncio.timeout(15):
        while await page.evaluate(COVERED):
            await asyncio.sleep(0.05)


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


async def test_on_a_phone_the_chats_button_lies_on_no_link(company: Parts, context: MakeContext) -> None:
    page = await (await context(phone=True, viewport=SMALL)).new_page()
    await page.goto(company.settings.address + "/fr/aide")
    button = page.locator("#relais-widget").get_by_test_id("launcher")
    await expect(button).to_be_visible()
    # A link where the button stands, and its next best place, too.
    await page.evaluate("""() => { for (const bottom of [30, 100]) {
      const link = Object.assign(document.createElement("a"), { href: "#x", textContent: "Ici" });
      Object.assign(link.style, { position: "fixed", right: "30px", bottom: `${bottom}px` });
      document.querySelector("main").append(link);
    } dispatchEvent(new Event("resize")); }""")
    await lies_on_nothing(page)
    assert await button.evaluate("(it) => it.style.translate")
    await page.evaluate("() => { document.querySelectorAll('a[href=\"#x\"]').forEach((each) => each.remove()); }")
    for part in (0.3, 0.6, 1):
        await page.evaluate("(part) => scrollTo(0, document.body.scrollHeight * part)", part)
        await lies_on_nothing(page)


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


async def test_the_contact_form_offers_an_article_before_it_sends(
    company: Parts, context: MakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A mailbox, which there is none of in tests.
    monkeypatch.setattr(contact_page, "way_to_write", AsyncMock(return_value=Way(channel="mail", account="main")))
    page = await (await context()).new_page()
    await page.goto(company.settings.address + "/fr/aide")
    await page.get_by_role("contentinfo").get_by_role("link", name="Écrire à une personne").click()
    words = page.get_by_label("Votre message")
    await words.fill("Au bout de combien de temps suis-je remboursé ?")
    article = page.locator(".contact-articles li").first
    await expect(article).to_contain_text("rembours")
    await looked_at(page)
    await page.get_by_label("Votre adresse e-mail").fill("marie@example.com")
    await article.get_by_role("button", name="Cela répond à ma question").click()
    await expect(page.locator(".contact-lead")).to_contain_text("Rien n’a été envoyé")

    await page.goto(company.settings.address + "/fr/aide/-/ecrire")
    await words.fill("Ma lampe grésille depuis ce matin.")
    # What is too large is told before anything is sent.
    chosen = page.locator("#contact-files")
    film = {"name": "film.png", "mimeType": "image/png", "buffer": bytes(company.settings.max_upload_bytes + 1)}
    await chosen.set_input_files([film])  # type: ignore[list-item]
    assert "«\u00a0film.png\u00a0» est trop lourd" in await chosen.evaluate("(input) => input.validationMessage")
    await chosen.set_input_files([])
    assert await chosen.evaluate("(input) => input.validationMessage") == ""
    # A browser's own check is not what this is about, nor how quickly a program types.
    await page.evaluate("document.querySelector('.contact-form').noValidate = true")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("alert").last).to_contain_text("Indiquez l’adresse")
    await looked_at(page)
    await page.get_by_label("Votre adresse e-mail").fill("marie@example.com")
    await page.wait_for_timeout(forms.SOONEST * 1000)
    # Enter in a field sends; it never says that an article answered.
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Votre message est bien arrivé")
    await looked_at(page)


SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
"""Slow 4G as Lighthouse has it: milliseconds for a round trip, bytes a second."""
ROUND_TRIPS = 3
"""Before the first content: the connection, the page, and its styles beside each other."""
SHIFTED = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value)))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => resolve(sum), 100));
})"""


async def test_an_article_is_light_and_nothing_in_it_moves(company: Parts, context: MakeContext) -> None:
    page = await (await context(phone=True)).new_page()
    link = await page.context.new_cdp_session(page)
    await link.send("Network.enable")
    await link.send("Network.emulateNetworkConditions", SLOW_4G)
    came: list[Response] = []
    # Playwright writes on its handlers, and a list's method takes nothing.
    page.on("response", lambda response: came.append(response))  # noqa: PLW0108
    await page.goto(company.settings.address + "/fr/aide/delais-de-livraison", wait_until="load")
    await expect(page.locator("article h1")).to_be_visible()
    assert await page.evaluate(SHIFTED) == 0
    assert {urlsplit(each.url).netloc for each in came} == {urlsplit(company.settings.address).netloc}
    # What the first content waits for, as a web server in front sends it.
    needed = [each for each in came if each.request.resource_type in ("document", "stylesheet")]
    sizes = [len(gzip.compress(await each.body())) for each in needed]
    assert len(sizes) >= 3 and sum(sizes) <= 50_000, sizes
    waits = ROUND_TRIPS * SLOW_4G["latency"] / 1000 + sum(sizes) / SLOW_4G["downloadThroughput"]
    assert waits < 0.75, "a quarter of the second is the browser's"
    assert await page.locator("script[src]:not([async]):not([defer]), style").count() == 0
    await page.context.close()
