"""The invoice of an order: issued if it is due, and sent as PDF in the customer's language."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from actions.tasks import orders
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.errors import NotNow
from crm_backend.invoices import pdf, services
from crm_backend.invoices.model import Invoice

OTHER_BUYER: Final = re.compile(
    r"\bau nom d|\bautre nom\b|\bdeux noms\b|\bentreprise\b|\bsoci[ée]t[ée]\b|\bbo[îi]te\b|\bemployeur\b|\bsiret\b|"
    r"\bin the name of\b|\bother name\b|\bcompany\b|\bbusiness\b|\bemployer\b|\bmade out to\b|\btwo names\b",
    re.IGNORECASE,
)

A_SENTENCE: Final = 14
"""Words of a wish that goes on with the invoice that was sent."""
WHY_NOT: Final = {"not_paid": "utter_invoice_not_paid", "nothing_to_invoice": "utter_invoice_none"}


class SendInvoice(Topic):
    name = "invoice"
    title: ClassVar[Words] = {"fr": "une facture", "en": "an invoice"}

    async def goes_on(self, turn: Turn) -> bool:
        brief = len(turn.text.split()) <= A_SENTENCE and "order_number" not in turn.entities
        return brief and bool(OTHER_BUYER.search(turn.meant))

    async def plan(self, talk: Talk) -> None:
        if talk.heard and OTHER_BUYER.search(talk.turn.text):
            talk.facts["buyer"] = True
            sent = talk.turn.slot("topic") == self.name and talk.turn.slot("order_number")
            if sent and talk.task.asked is None and await self.goes_on(talk.turn):
                # They have it already.
                talk.say("utter_invoice_other_buyer")
                talk.offer_person("asked")
                return
        order = await orders.order(talk)
        talk.focus(order.number)
        try:
            invoice = await _issued(order)
        except NotNow as no:
            response = WHY_NOT.get(no.reason, "utter_invoice_by_person")
            talk.say(response, number=order.number)
            if response != "utter_invoice_not_paid":
                talk.offer_person("asked")
            return
        file = await talk.file(pdf.pdf(invoice, talk.language), name=pdf.name(invoice, talk.language))
        talk.say("utter_invoice_sent", files=[file], invoice=invoice.number, number=order.number)
        if "buyer" in talk.facts:
            talk.say("utter_invoice_other_buyer")
            talk.offer_person("asked")


async def _issued(order: orders.Meant) -> Invoice:
    """The one there is, or a new one, kept at once: a number that is told has been given. Raises NotNow."""
    async with tools().sessions.begin() as session:
        return await services.issue(session, order.allowed.order_id, actor=order.actor)
