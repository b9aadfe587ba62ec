"""A parcel that is not there: when it is due, and an enquiry once that day has passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import order_cases
from actions.order_sentences import delivered_on, expected, sentence
from actions.reports import CaseReport
from actions.tasks import orders
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.toolbox import tools
from actions.wording import span
from crm_backend.cases import troubles
from crm_backend.orders.schema import OrderView

TAG: Final = troubles.LATE


class LateParcel(CaseReport):
    name = "late_parcel"
    title: ClassVar[Words] = {"fr": "un colis en retard", "en": "a late parcel"}

    async def plan(self, talk: Talk) -> None:
        order_cases.remember_words(talk)
        view = await orders.shown(talk, about=lambda each: each.status in troubles.WAITED_FOR)
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
        elif view.status not in troubles.WAITED_FOR:
            _tell_status(talk, view, today)
        else:
            await self._waited_for(talk, view, today)
        talk.focus(view.number)

    async def _waited_for(self, talk: Talk, view: OrderView, today: date) -> None:
        late = troubles.tellable(TAG, view, today=today)
        if late.reason == "not_late_yet":
            last = expected(view, talk.language, today=today)
            talk.say("utter_late_parcel_not_late", number=view.number, expected=last)
            return
        if not late.allowed:
            _tell_status(talk, view, today)
            return
        order = await orders.order(talk)
        if await order_cases.already_open(talk, order, tag=TAG):
            return
        parcel = troubles.awaited(view)
        due = troubles.due_on(parcel)
        carrier = (parcel.carrier if parcel else None) or troubles.CARRIER[talk.language]
        sent = view.status in troubles.SENT
        response = "utter_late_parcel_confirm" if sent else "utter_late_parcel_confirm_not_sent"
        talk.confirm(
            response if due else "utter_late_parcel_confirm_no_day",
            agreed=order_cases.agreed(talk, order, TAG),
            changes={"order": orders.THE_ORDER},
            number=order.number,
            carrier=carrier,
            expected=span(due, due, talk.language, today=today) if due else "",
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        case = await order_cases.open_case(talk, session, agreed, tag=TAG, urgency=agreed["urgency"])
        talk.say("utter_late_parcel_done", number=agreed["number"], case=case.number)


def _tell_status(talk: Talk, order: OrderView, today: date) -> None:
    told = sentence(order, talk.language, today=today)
    talk.say(told.response, **told.values)
    if told.offers_person:
        talk.offer_person("asked")
