"""Changing an order: what can be done now is told and offered; any other change is passed on to people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import order_cases
from actions.order_allowed import ADDRESS, BACK, CANCEL, NO_MORE, sentences, wishes
from actions.tasks import calling_off, orders
from actions.tasks.asking import Words
from actions.tasks.reading import folded
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from crm_backend.policies.schema import Allowed
from crm_backend.texts import shorten

TAG: Final = "change_order"
LONGEST, SHOWN = 1000, 200
"""Characters of the customer's words that are passed on, and that are repeated to them."""
NOT_LEFT: Final = frozenset({"placed", "paid", "preparing"})
OFFERS: Final = {
    CANCEL: ("utter_change_order_cancel", "cancel_order"),
    ADDRESS: ("utter_change_order_address", "change_address"),
    BACK: ("utter_change_order_back", "return_order"),
}
"""How each thing that can be done is offered, and which topic does it."""
VAGUE: Final = frozenset(
    """bonjour bonsoir salut hello hi je j'ai ai j'aimerais aimerais voudrais veux souhaite souhaiterais peux puis on
    peut pouvez vous est ce c'est possible encore toujours de d la le l les une un ma mon cette commande commandes
    numero no cmd changer change changez changement modifier modifie modification modifiez faire quelque chose a au svp
    stp merci comment besoin il faut faudrait derniere que i i'd i'm want would like need to can could you my the this
    an order orders number please something about it make modify alter changes amend edit thanks is still possible how
    do in one""".split()  # noqa: SIM905
)
"""Words that say that something is to be changed, and not what."""
SUBJECT: Final[Words] = {"fr": "Modification · commande {number}", "en": "Change · order {number}"}


class ChangeOrder(Topic):
    name = "change_order"
    title: ClassVar[Words] = {"fr": "la modification d’une commande", "en": "changing an order"}

    async def plan(self, talk: Talk) -> None:
        _remember(talk)
        order = await orders.order(talk, wish=lambda may: may.cancel)
        talk.focus(order.number)
        known = talk.facts.get("wishes") or []
        if known or order.view.status in NO_MORE:
            talk.tell(sentences(order.view, order.allowed, talk.language, wanted=known))
            _offer(talk, order, [wish for wish in known if _may(order.allowed, wish)])
        elif order.view.status not in NOT_LEFT:
            talk.say("utter_change_order_left", number=order.number)
            talk.tell(sentences(order.view, order.allowed, talk.language, wanted=[BACK]))
            _offer(talk, order, [BACK] if order.allowed.back.allowed else [])
        elif not await order_cases.already_open(talk, order, tag=TAG):
            _pass_on(talk, order)

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        case = await order_cases.open_case(talk, session, agreed, tag=TAG, urgency="high")
        talk.say("utter_change_order_done", number=agreed["number"], case=case.number)


def _remember(talk: Talk) -> None:
    """What the first message asks about; its words, when they say what is to be changed."""
    text = talk.turn.text.strip()
    part = calling_off.keeps_some(text)
    begins = talk.heard and talk.task.asked is None and (part or talk.turn.intent == talk.task.topic)
    if not begins or text.startswith("/"):
        return
    talk.facts.setdefault("wishes", [] if part else wishes(text))
    words = re.findall(r"[^\W\d_][\w’'°]*", folded(text))
    if "what" not in talk.facts and any(word not in VAGUE for word in words):
        talk.facts["what"] = text[:LONGEST]


def _offer(talk: Talk, order: orders.Meant, possible: list[str]) -> None:
    """What was asked for and can be done, where that is one thing; a person otherwise."""
    if len(possible) == 1:
        response, topic = OFFERS[possible[0]]
        talk.say(response)
        talk.propose(topic, order=order.number)
        return
    talk.say("utter_change_order_person")
    talk.offer_person("asked")


def _may(may: Allowed, wish: str) -> bool:
    return {CANCEL: may.cancel, ADDRESS: may.change_address, BACK: may.back}[wish].allowed


def _pass_on(talk: Talk, order: orders.Meant) -> None:
    """A request for people, with what is to be changed in the customer's words."""
    what = talk.text("what", "utter_change_order_what", number=order.number)[:LONGEST]
    talk.facts["what"] = what
    talk.confirm(
        "utter_change_order_confirm",
        agreed={
            "order": str(order.allowed.order_id),
            "number": order.number,
            "type": "request",
            "subject": SUBJECT[talk.language].format(number=order.number),
            "text": what,
        },
        changes={"order": orders.THE_ORDER, "what": {"fr": "la demande", "en": "the request"}},
        number=order.number,
        what=what if len(what) <= SHOWN else shorten(what, SHOWN),
    )
