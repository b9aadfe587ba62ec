"""Something that arrived damaged, or does not work on arrival: the same again, or the money back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from actions import coming_back as back
from actions import making_good, order_cases
from actions.reports import Report
from actions.tasks import orders
from actions.tasks.asking import Words
from actions.tasks.state import Task
from actions.tasks.talk import Talk
from actions.turn import Turn
from actions.wording import REFUNDED_WHEN


class DamagedItem(Report):
    name = "damaged_item"
    title: ClassVar[Words] = {"fr": "un article arrivé abîmé", "en": "an item that arrived damaged"}
    lasts = REFUNDED_WHEN

    async def plan(self, talk: Talk) -> None:
        order_cases.remember_words(talk)
        making_good.remember_wish(talk)
        order = await orders.order(talk, wish=lambda may: may.warranty)
        talk.focus(order.number)
        among = back.returnable(order, under_warranty=True)
        if not among:
            making_good.refuse(talk, order)
            return
        places = orders.lines(talk, order, of=among, response="utter_damaged_item_which")
        some = back.all_pieces(talk, order, places)
        await making_good.agree(talk, order, some, reason="damaged")

    def takes_up(self, turn: Turn, task: Task) -> str | None:
        return making_good.take_up(turn, task)

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        await making_good.request(talk, session, agreed)
