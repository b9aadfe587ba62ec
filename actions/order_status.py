"""Where an order is: for whoever has proved to be its customer, or whose platform vouches for them."""

from __future__ import annotations

from typing import ClassVar

from actions.order_sentences import card, sentence
from actions.tasks import orders
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools


class OrderStatus(Topic):
    name = "order_status"
    also = ("inform",)
    title: ClassVar[Words] = {"fr": "le suivi d’une commande", "en": "following an order"}
    reads = True

    async def plan(self, talk: Talk) -> None:
        order = await orders.shown(talk, choose="utter_follow_which_order")
        told = sentence(order, talk.language, today=tools().now().date())
        talk.say(told.response, cards=[card(order, talk.language)], **told.values)
        talk.focus(order.number)
        if told.offers_person:
            talk.offer_person("asked")
