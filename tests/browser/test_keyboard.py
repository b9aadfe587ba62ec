"""Everything without a mouse."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.keys import tab_to


async def test_a_customer_needs_no_mouse(chat: MakeChat) -> None:
    customer: Chat = await chat("fr", opened=False)
    page = customer.page
    await expect(customer.part("launcher")).to_be_visible()
    await tab_to(page, "launcher")
    await page.keyboard.press("Enter")
    await customer.welcomed()
    await expect(customer.part("composer")).to_be_focused()
    await page.keyboard.type("bonjour")
    await page.keyboard.press("Enter")
    await customer.stored("bonjour")
    await customer.hears("commande")
    await expect(customer.part("quick-reply").first).to_be_visible()
    title = (await customer.part("quick-reply").first.inner_text()).strip()
    await tab_to(page, "quick-reply", back=True)
    while (
        await page.evaluate("() => document.querySelector('#relais-widget').shadowRoot.activeElement.innerText")
    ) != title:
        await tab_to(page, "quick-reply", back=True)
    await page.keyboard.press("Enter")
    await customer.stored(title)
    await customer.hears(".")
    await expect(customer.part("composer")).to_be_focused()
    # Asking for a person takes its own button away, not the focus.
    await tab_to(page, "person")
    await page.keyboard.press("Enter")
    await expect(customer.part("status")).to_have_attribute("data-state", "queue")
    await expect(customer.part("composer")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(customer.part("panel")).to_be_hidden()
    await expect(customer.part("launcher")).to_be_focused()


async def test_an_agent_needs_no_mouse(chat: MakeChat, desk: MakeDesk) -> None:
    agent = await desk()
    page = agent.page
    for position, language in enumerate(("fr", "en"), start=1):
        customer = await chat(language)
        await customer.part("person").click()
        await expect(agent.row()).to_have_count(position)
    # Whoever has waited longest comes first.
    await page.keyboard.press("j")
    await expect(agent.row().nth(0)).to_be_focused()
    await page.keyboard.press("j")
    await expect(agent.row().nth(1)).to_be_focused()
    await page.keyboard.press("k")
    await expect(agent.row().nth(0)).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(agent.part("take")).to_be_visible()
    await page.keyboard.press("t")
    await expect(agent.composer).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(agent.composer).not_to_be_focused()
    await page.keyboard.press("r")
    await expect(agent.composer).to_be_focused()
    # From inside the field to any command, and back with nothing lost.
    await page.keyboard.type("Hello from ")
    await page.keyboard.press("Control+k")
    await expect(agent.part("palette-field")).to_be_focused()
    await page.keyboard.type("raccourcis")
    await page.keyboard.press("Enter")
    await expect(agent.part("sheet")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(agent.part("sheet")).to_have_count(0)
    await expect(agent.composer).to_be_focused()
    await page.keyboard.type("the keyboard")
    await page.keyboard.press("Control+Enter")
    await customer.hears("Hello from the keyboard", "agent")
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(agent.part("release-confirm")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(agent.composer).to_have_count(0)
    await expect(customer.part("status")).to_have_attribute("data-state", "bot")
