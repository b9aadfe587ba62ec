"""A parcel that is not there: when it is due, and an enquiry once that day has passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import order_cases
from actions.order_sentences import CARRIER_UNKNOWN, delivered_on, expected, sentence
from actions.tasks import orders
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.wording import span
from crm_backend.orders.schema import OrderView, ShipmentView
from crm_backend.policies import words

TAG: Final = "late_parcel"
VERY_LATE: Final = 7
"""Days after which an enquiry is urgent."""
WAITED_FOR: Final = frozenset({"paid", "preparing", "shipped", "out_for_delivery"})
SUBJECT: Final[Words] = {"fr": "Colis en retard · commande {number}", "en": "Late parcel · order {number}"}
TEXT: Final[Words] = {
    "fr": "La commande {number} ({carrier}{parcel}) était prévue le {due}. Elle n’est pas arrivée.",
    "en": "Order {number} ({carrier}{parcel}) was expected on {due}. It hasn’t arrived.",
}
NO_DAY: Final[Words] = {
    "fr": "La commande {number} ({carrier}{parcel}) n’est pas arrivée. Aucun jour de livraison n’est connu.",
    "en": "Order {number} ({carrier}{parcel}) hasn’t arrived. No delivery day is known.",
}


class LateParcel(Topic):
    name = "late_parcel"
    title: ClassVar[Words] = {"fr": "un colis en retard", "en": "a late parcel"}

    async def plan(self, talk: Talk) -> None:
        order_cases.remember_words(talk)
        view = await orders.shown(talk, about=lambda each: each.status in WAITED_FOR)
        for name in ("order", "order_number"):
            # Who may be told of it may still have to prove more before an enquiry is opened: about this one.
            talk.task.settle(name, view.number)
        today = tools().now().date()
        if view.status == "delivered":
            talk.say("utter_late_parcel_delivered", number=view.number, delivered=delivered_on(view, talk.language))
            talk.propose("lost_parcel", order=view.number)
        elif view.status == "lost":
            talk.say("utter_late_parcel_lost", number=view.number)
            talk.propose("lost_parcel", order=view.number)
        elif view.status not in WAITED_FOR:
            _tell_status(talk, view, today)
        else:
            await self._waited_for(talk, view, today)
        talk.focus(view.number)

    async def _waited_for(self, talk: Talk, view: OrderView, today: date) -> None:
        parcel = _last(view)
        due = None if parcel is None else parcel.expected_to or parcel.expected_from
        if parcel is not None and due is not None and due >= today:
            last = expected(view, talk.language, today=today)
            talk.say("utter_late_parcel_not_late", number=view.number, expected=last)
            return
        sent = view.status in ("shipped", "out_for_delivery")
        if due is None and not sent:
            _tell_status(talk, view, today)
            return
        order = await orders.order(talk)
        if await order_cases.already_open(talk, order, tag=TAG):
            return
        carrier = (parcel.carrier if parcel else None) or CARRIER_UNKNOWN[talk.language]
        response = "utter_late_parcel_confirm" if sent else "utter_late_parcel_confirm_not_sent"
        talk.confirm(
            response if due else "utter_late_parcel_confirm_no_day",
            agreed=_agreed(talk, order, parcel, due, today),
            changes={"order": orders.THE_ORDER},
            number=order.number,
            carrier=carrier,
            expected=span(due, due, talk.language, today=today) if due else "",
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        urgency = "high" if agreed["days"] > VERY_LATE else "medium"
        case = await order_cases.open_case(talk, session, agreed, tag=TAG, urgency=urgency)
        talk.say("utter_late_parcel_done", number=agreed["number"], case=case.number)


def _agreed(
    talk: Talk, order: orders.Meant, parcel: ShipmentView | None, due: date | None, today: date
) -> dict[str, Any]:
    number = parcel.tracking_number if parcel else None
    facts = {
        "number": order.number,
        "carrier": (parcel.carrier if parcel else None) or CARRIER_UNKNOWN[talk.language],
        "parcel": f", {number}" if number else "",
        "due": words.worded({"on": due}, talk.language)["on"] if due else "",
    }
    text = (TEXT if due else NO_DAY)[talk.language].format(**facts)
    return {
        "order": str(order.allowed.order_id),
        "number": order.number,
        "subject": SUBJECT[talk.language].format(number=order.number),
        "text": order_cases.quoted(talk, text),
        "days": (today - due).days if due else 0,
    }


def _last(order: OrderView) -> ShipmentView | None:
    """The parcel that is waited for longest; None when there is none yet."""
    waited_for = [each for each in order.shipments if each.delivered_at is None]
    return min(waited_for, key=lambda each: each.expected_to or each.expected_from or date.max, default=None)


def _tell_status(talk: Talk, order: OrderView, today: date) -> None:
    told = sentence(order, talk.language, today=today)
    talk.say(told.response, **told.values)
    if told.offers_person:
        talk.offer_person("asked")
