"""Where money that goes back is: what was refunded, what is on its way, until when, and what is late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Final

from actions import coming_back as back
from actions import still
from actions.return_status import tell_return
from actions.tasks import orders
from actions.tasks.asking import Words
from actions.tasks.buttons import yes_no
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from actions.wording import REFUNDED_WHEN, on
from crm_backend.catalogue.money import money
from crm_backend.invoices.words import METHODS
from crm_backend.payments.model import Refund
from crm_backend.payments.queries import theirs
from crm_backend.returns import queries as returns

MOST: Final = 3
NOT_OVER: Final = frozenset({"requested", "labelled", "received", "inspected"})
BANKS_TAKE: Final = timedelta(days=5)
"""For how long after a refund a customer is told that banks show it late."""


class RefundStatus(Topic):
    name = "refund_status"
    title: ClassVar[Words] = {"fr": "un remboursement", "en": "a refund"}
    reads = True
    lasts = REFUNDED_WHEN

    async def goes_on(self, turn: Turn) -> bool:
        return still.waits(turn.text)

    async def plan(self, talk: Talk) -> None:
        again = talk.turn.slot("topic") == self.name and not orders.speaks_of_several(talk.turn.text)
        if (still.waits(talk.turn.text) or again) and (last := talk.turn.slot("order_number")):
            # "It's been three weeks", "still nothing on my account", of the order that was asked about.
            talk.task.given.setdefault("order_number", last)
        number = await back.order_asked_about(talk)
        found = await theirs(talk.session, conversation_id=talk.turn.conversation, number=number)
        going = [each for each in found if each[0].status != "done"]
        late = False
        for refund, of in (going or found)[:MOST]:
            late = tell_refund(talk, refund, of) or late
        if late:
            talk.say("utter_refund_status_late_person", buttons=yes_no(talk.language))
            talk.offer_person("asked")
        if found:
            talk.focus(found[0][1] if len({of for _, of in found}) == 1 else None)
            lately = [refund for refund, _ in found if _is_fresh(refund)]
            if not (late or lately):
                still.is_told_again(talk)
            return
        if still.is_told_again(talk):
            return
        coming = await returns.theirs(talk.session, conversation_id=talk.turn.conversation, number=number)
        for made in [each for each in coming if each.status in NOT_OVER][:MOST]:
            talk.say("utter_refund_status_after_return")
            await tell_return(talk, made)
            return
        if talk.heard and talk.task.asked is None and talk.turn.slot("topic") == self.name:
            # They were told so, and ask again.
            talk.hand_over("asked")
        talk.say("utter_refund_status_none", buttons=yes_no(talk.language))
        talk.offer_person("asked")


def tell_refund(talk: Talk, refund: Refund, number: str) -> bool:
    """Says where a refund is; whether it is late."""
    today, language = tools().now().date(), talk.language
    values: dict[str, Any] = {"amount": money(refund.amount_minor, refund.currency, language), "number": number}
    if refund.status == "done" and refund.done_at is not None:
        means = dict.fromkeys(METHODS[part.payment.method][language] for part in refund.parts)
        done = refund.done_at.astimezone(tools().now().tzinfo)
        talk.say(
            "utter_refund_status_done_lately" if _is_fresh(refund) else "utter_refund_status_done",
            day=on(done.date(), language, today=today),
            means=", ".join(means),
            **values,
        )
        return False
    if refund.due_on is None:
        talk.say("utter_refund_status_going", **values)
        return False
    late = refund.due_on < today
    response = "utter_refund_status_late" if late else "utter_refund_status_due"
    talk.say(response, day=on(refund.due_on, language, today=today), **values)
    return late


def _is_fresh(refund: Refund) -> bool:
    """Whether it was made so lately that a bank may not show it yet."""
    return refund.status == "done" and refund.done_at is not None and tools().now() - refund.done_at < BANKS_TAKE
