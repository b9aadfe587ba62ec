"""Calling an order off, as long as the policy lets its customer; then the money goes back by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions.order_allowed import CANCEL, sentences
from actions.tasks import orders
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from crm_backend.catalogue.money import money
from crm_backend.orders import moving
from crm_backend.orders.doers import customer_in

RETURN: Words = {"fr": "Retourner un article", "en": "Return an item"}


class CancelOrder(Topic):
    name = "cancel_order"
    title: ClassVar[Words] = {"fr": "l’annulation d’une commande", "en": "cancelling an order"}
    cancelling = True

    async def plan(self, talk: Talk) -> None:
        order = await orders.order(talk, wish=lambda may: may.cancel)
        if not order.allowed.cancel.allowed:
            self._refuse(talk, order)
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
