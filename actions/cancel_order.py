"""Calling an order off, as long as the policy lets its customer; then the money goes back by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions.order_allowed import CANCEL, sentences
from actions.tasks import orders, reading
from actions.tasks.asking import Option, Words
from actions.tasks.buttons import yes_no
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.wording import REFUNDED_WHEN
from crm_backend.catalogue.money import money
from crm_backend.orders import moving
from crm_backend.orders.doers import customer_in

WHOLE, SOME = "whole", "some"
ALL_OF_IT: Final = Option(WHOLE, {"fr": "Toute la commande", "en": "The whole order"}, None)
RETURN: Words = {"fr": "Retourner un article", "en": "Return an item"}


class CancelOrder(Topic):
    name = "cancel_order"
    title: ClassVar[Words] = {"fr": "l’annulation d’une commande", "en": "cancelling an order"}
    how: ClassVar[Words] = {"fr": "Puis-je annuler ou modifier ma commande ?", "en": "Can I cancel or change my order?"}
    lasts = REFUNDED_WHEN
    cancelling = True

    async def plan(self, talk: Talk) -> None:
        order = await orders.order(talk, wish=lambda may: may.cancel)
        if not order.allowed.cancel.allowed:
            self._refuse(talk, order)
            return
        if _wants_some(talk, order):
            talk.say("utter_cancel_order_some", buttons=yes_no(talk.language), number=order.number)
            talk.propose("change_order", order=order.number, wishes=[], what=talk.task.came_with)
            talk.focus(order.number)
            return
        back = order.allowed.refundable_minor
        refund = money(back, order.allowed.currency, talk.language)
        talk.confirm(
            "utter_cancel_order_confirm_paid" if back else "utter_cancel_order_confirm",
            agreed={"order": str(order.allowed.order_id), "number": order.number, "refund": refund if back else ""},
            changes={"order": orders.THE_ORDER},
            number=order.number,
            refund=refund,
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        actor = await customer_in(session, conversation_id=talk.turn.conversation)
        await moving.cancel(session, UUID(agreed["order"]), actor=actor, reason="changed_mind", key=talk.key)
        response = "utter_cancel_order_done_paid" if agreed["refund"] else "utter_cancel_order_done"
        talk.say(response, number=agreed["number"], refund=agreed["refund"])
        talk.focus(agreed["number"])

    def _refuse(self, talk: Talk, order: orders.Meant) -> None:
        """Why not, and what is left: sending it back."""
        buttons = []
        if order.allowed.back.allowed:
            payload = f'/return_order{{"order_number": "{order.number}"}}'
            buttons = [{"title": RETURN[talk.language], "payload": payload}]
        talk.tell(sentences(order.view, order.allowed, talk.language, wanted=[CANCEL]), buttons=buttons)
        if order.allowed.back.allowed:
            talk.propose("return_order", order=order.number)
        talk.focus(order.number)


def _wants_some(talk: Talk, order: orders.Meant) -> bool:
    """Whether only some of several articles are to be called off; asks who names one of them."""
    names = {str(at): line.name(talk.language) for at, line in enumerate(order.view.lines)}
    named = reading.named(talk.task.came_with, names) if len(names) > 1 else []
    if not named or len(named) == len(names):
        return False
    only = Option(SOME, {talk.language: orders.line_name(order.view.lines[int(named[0])], talk.language)})
    return talk.choose("how_much", "utter_cancel_order_how_much", [ALL_OF_IT, only], number=order.number) == SOME
