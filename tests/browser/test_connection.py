"""The chat on a network that blocks WebSockets."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import MakeChat, MakeDesk

BLOCKED = """window.WebSocket = class {
  constructor() { this.readyState = 3; setTimeout(() => { this.onerror?.(); this.onclose?.(); }); }
  close() {}
  send() { throw new Error('blocked'); }
};
window.WebSocket.OPEN = 1;"""


async def test_everything_works_over_http_alone(chat: MakeChat, desk: MakeDesk) -> None:
    customer = await chat("fr", script=BLOCKED)
    await customer.say("bonjour")
    await customer.hears("commande")
    await customer.part("person").click()
    await expect(customer.part("status")).to_have_attribute("data-state", "queue")
    agent = await desk()
    await agent.open()
    await agent.take()
    await agent.say("Je suis là")
    await customer.hears("Je suis là", "agent")
    await customer.say("Me voilà aussi")
    await expect(agent.messages("customer", "Me voilà aussi")).to_have_count(1)
    await customer.page.reload()
    await customer.open()
    await expect(customer.messages("agent", "Je suis là")).to_have_count(1)
    await customer.holds_together()
    # Ends the request that waits for news: the server would stay up for it.
    await customer.page.close()
    await agent.say("Bonne journée")
