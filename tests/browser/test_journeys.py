"""A customer from the first question to a person and back, in both languages and at both widths."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from server.demo.showcase import SHOWCASE, ShowcaseOrder
from tests.browser.conftest import MakeChat, MakeDesk


@dataclass(frozen=True)
class Journey:
    """What is said and heard in one language."""

    language: str
    phone: bool
    status: str
    agent: str
    ask_order: str
    number_asked: str
    email_asked: str
    postcode_asked: str
    told: str
    question: str
    passage: str
    article: str
    person: str
    carry_on: str

    @property
    def order(self) -> ShowcaseOrder:
        """The showcase order it is about."""
        return next(one for one in SHOWCASE if (one.status, one.language) == (self.status, self.language))


FRENCH = Journey(
    language="fr",
    phone=False,
    status="shipped",
    agent="claire",
    ask_order="Bonjour, où est ma commande ?",
    number_asked="numéro de la commande",
    email_asked="e-mail",
    postcode_asked="code postal",
    told="partie",
    question="Quels sont vos délais de livraison ?",
    passage="jours ouvrés",
    article="/fr/aide/",
    person="conversation",
    carry_on="bonjour",
)
ENGLISH = Journey(
    language="en",
    phone=True,
    status="out_for_delivery",
    agent="emma",
    ask_order="Hello, where is my order?",
    number_asked="order number",
    email_asked="email|e-mail",
    postcode_asked="postcode",
    told="out for delivery|today",
    question="How long does delivery take?",
    passage="working days",
    article="/en/help/",
    person="conversation",
    carry_on="hello",
)


@pytest.mark.parametrize("journey", [FRENCH, ENGLISH], ids=["french-desktop", "english-phone"])
async def test_from_the_first_question_to_a_person_and_back(journey: Journey, chat: MakeChat, desk: MakeDesk) -> None:
    customer = await chat(journey.language, phone=journey.phone)
    order = journey.order

    # The order, its three facts over the turns.
    await customer.say(journey.ask_order)
    await customer.hears(journey.number_asked)
    await customer.say(order.number)
    await customer.hears(journey.email_asked)
    await customer.say(order.email)
    await customer.hears(journey.postcode_asked)
    await customer.say(order.postcode)
    await customer.hears(f"{order.number}[^]*({journey.told})|({journey.told})[^]*{order.number}")

    # A question, its passage, and the article behind the link.
    await customer.say(journey.question)
    await customer.hears(journey.passage)
    link = customer.page.locator(f"#relais-widget a[href*='{journey.article}']").last
    async with customer.page.expect_popup() as popup:
        await link.click()
    article = await popup.value
    await expect(article.locator("article h1")).to_be_visible()
    assert journey.article in article.url
    await article.close()

    # The page is reloaded: the history is there, nothing twice.
    before = await customer.read()
    await customer.page.reload()
    await customer.open()
    await expect(customer.messages("customer", order.postcode)).to_have_count(1)
    assert [(one["from"], one["seq"]) for one in await customer.read()] == [(one["from"], one["seq"]) for one in before]

    # A person is asked for; the agent sees it come, live.
    agent = await desk(journey.agent, journey.language)
    await expect(agent.row(order.person.last_name)).to_have_count(0)
    await customer.part("person").click()
    await customer.hears(journey.person, "bot", "system")
    await expect(customer.part("status")).to_have_attribute("data-state", "queue")
    await expect(agent.row(order.person.last_name)).to_be_visible()
    await agent.open(order.person.last_name)
    await expect(agent.part("passport").get_by_text(order.number).first).to_be_visible()
    await expect(agent.part("customer")).to_contain_text(order.email)
    await expect(agent.page.locator(f"[data-testid=order][data-number='{order.number}']")).to_be_visible()
    await agent.take()
    await expect(customer.part("status")).to_have_attribute("data-state", "agent")

    taken_at = (await customer.read())[-1]["seq"]

    # Both see each other's messages; the assistant keeps quiet.
    await agent.say("Alpha 1")
    await customer.hears("Alpha 1", "agent")
    await customer.say(journey.question)
    await expect(agent.messages("customer", journey.question)).to_have_count(2)

    # The line is cut; what was written meanwhile on both sides arrives exactly once.
    await customer.page.context.set_offline(True)
    await expect(customer.part("status")).to_have_attribute("data-connection", "offline")
    await customer.part("composer").fill("Bravo 2")
    await customer.part("send").click()
    await expect(customer.messages("customer", "Bravo 2")).to_have_attribute("data-state", "waiting")
    await agent.say("Charlie 3")
    await customer.page.context.set_offline(False)
    await customer.stored("Bravo 2")
    await expect(customer.messages("agent", "Charlie 3")).to_have_count(1)
    await expect(customer.messages("customer", "Bravo 2")).to_have_count(1)
    await expect(agent.messages("customer", "Bravo 2")).to_have_count(1)
    said_since = {one["from"] for one in await customer.read() if one["seq"] > taken_at}
    assert said_since == {"agent", "customer"}, await customer.transcript()

    # Handed back, the assistant goes on.
    await agent.hand_back()
    await expect(customer.part("status")).to_have_attribute("data-state", "bot")
    await customer.say(journey.carry_on)
    await customer.hears(".")
    await customer.holds_together()
    await agent.never_reloaded()
