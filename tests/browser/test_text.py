"""What people write is shown as text, whatever it is, and never breaks a page."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import MakeChat, MakeDesk

SMALL = {"width": 320, "height": 640}
HOSTILE = (
    "<script>window.hurt = 1</script>",
    "<img src=x onerror='window.hurt = 1'>",
    "<b>gras</b> &amp; &lt;i&gt;",
    "[lien](javascript:window.hurt=1) javascript:window.hurt=1",
)
LONG = "Donaudampfschifffahrtsgesellschaft" * 12
ARABIC = "مرحبا، أين طلبي رقم 10860؟"
ADDRESS = "example.com/" + "a" * 300


async def _with_a_person(customer: Chat) -> None:
    """Nobody but a person answers what is written now."""
    await customer.part("person").click()
    await expect(customer.part("status")).to_have_attribute("data-state", "queue")


async def test_markup_is_text_in_the_chat_and_at_the_desk(chat: MakeChat, desk: MakeDesk) -> None:
    customer = await chat("fr")
    await _with_a_person(customer)
    for text in HOSTILE:
        await customer.say(text)
    agent = await desk()
    await agent.open()
    for text in HOSTILE:
        await expect(agent.messages("customer", text)).to_be_visible()
    await agent.take()
    for text in HOSTILE:
        await agent.say(f"agent {text}")
    await expect(customer.messages("agent", HOSTILE[-1])).to_be_visible()
    for page, inside in (
        (customer.page, "#relais-widget [data-testid=message]"),
        (agent.page, "[data-testid=message]"),
    ):
        assert await page.evaluate("() => window.hurt") is None
        assert await page.locator(f"{inside} :is(script, img, b, i:not(.dots i))").count() == 0
        assert await page.locator(f"{inside} a").count() == 0


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_nothing_is_wider_than_a_small_screen(language: str, chat: MakeChat, desk: MakeDesk) -> None:
    customer = await chat(language, viewport=SMALL)
    await _with_a_person(customer)
    for text in (LONG, ARABIC, ADDRESS, f"https://{ADDRESS}"):
        await customer.say(text)
    assert await customer.overflow() == []
    bubble = customer.messages("customer", ARABIC).locator(".bubble")
    assert await bubble.evaluate("(node) => getComputedStyle(node).direction") == "rtl"

    agent = await desk(language=language, viewport=SMALL)
    await agent.open()
    await agent.take()
    for text in (LONG, ARABIC, ADDRESS):
        await agent.say(text)
    await expect(customer.messages("agent", ARABIC)).to_be_visible()
    assert await customer.overflow() == []
    wide = """() => [document.documentElement, ...document.querySelectorAll('.scroller, .column, .rows')]
      .filter((node) => node.clientWidth && node.scrollWidth > node.clientWidth + 1)
      .map((node) => `${node.className || node.tagName} ${node.scrollWidth} > ${node.clientWidth}`)"""
    assert await agent.page.evaluate(wide) == []
    for path in ("/demo/fr/", "/fr/aide", "/en/help?q=delivery"):
        await customer.visit(path)
        assert await customer.overflow() == [], path
