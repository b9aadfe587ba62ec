"""Where an order is: for whoever has proved to be its customer, or whose platform vouches for them."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from actions import general_answers
from actions.order_sentences import Sentence, card, sentence
from actions.tasks import orders
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.orders.schema import OrderView

HOW_LONG: Final[Words] = {
    "fr": "Combien de temps prend la livraison ?",
    "en": "How long does delivery take?",
}
_WHEN: Final = re.compile(
    r"\b(?:quand|kan|kand|combien de temps|arriv\w*|when|how long|get it|what day|quel jour)\b", re.IGNORECASE
)


_WHEN_ALONE: Final = re.compile(
    r"\W*(?:(?:ok|et|and|mais|but|alors|so)\W+){0,2}"
    r"(?:what time|which day|what day|when|(?:[àa] )?(?:quelle|kelle|kel) heure|quel jour|c['’ ]?est quand|"
    r"quand|kan[dt]?|vers quelle heure)"
    r"(?:\W+(?:[çc]a|il|elle|exactement|exactly|roughly|then|alors|svp|please|pls|today|aujourd['’]hui))*\W*",
    re.IGNORECASE,
)
"""When it comes, asked with nothing else, of the order that was told of."""


class OrderStatus(Topic):
    name = "order_status"
    also = ("inform",)
    title: ClassVar[Words] = {"fr": "le suivi d’une commande", "en": "following an order"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        return self.goes_on_plainly(turn)

    def goes_on_plainly(self, turn: Turn) -> bool:
        return bool(turn.slot("order_number")) and bool(_WHEN_ALONE.fullmatch(turn.meant))

    async def plan(self, talk: Talk) -> None:
        order = await orders.shown(talk, choose="utter_follow_which_order")
        told = sentence(order, talk.language, today=tools().now().date())
        talk.say(told.response, cards=[card(order, talk.language)], **told.values)
        if _asks_when(talk, order, told):
            await general_answers.told(talk, HOW_LONG[talk.language])
        talk.focus(order.number)
        if told.offers_person:
            talk.offer_person("asked")


def _asks_when(talk: Talk, order: OrderView, told: Sentence) -> bool:
    """Whether they ask again when it comes, of an order that was told of without a day."""
    again = talk.turn.slot("order_number") == order.number and talk.turn.slot("topic") == OrderStatus.name
    no_day = order.status in ("placed", "paid", "preparing") and "expected" not in told.values
    return talk.heard and again and no_day and bool(_WHEN.search(talk.turn.meant))
