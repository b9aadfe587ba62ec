"""Buying something: its page, and how it is ordered there; the assistant fills no basket."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from actions import product_pointing, product_search
from actions.product_names import plainly
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.turn import Turn
from crm_backend.catalogue import search
from crm_backend.catalogue.search import ProductMatch

MOST: Final = 4
_BASKET: Final = re.compile(
    r"\b(?:(?:le|mon|au|du|dans|the|my|to|in|into|a)\s+)*(?:panier|basket|cart|bag|trolley)\b", re.IGNORECASE
)
"""The shop's basket is none of those that it sells."""


class Buy(Topic):
    name = "buy"
    title: ClassVar[Words] = {"fr": "un achat", "en": "buying something"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        return product_pointing.is_said(turn)

    async def plan(self, talk: Talk) -> None:
        found = (await _meant(talk))[:MOST]
        if not found:
            talk.say("utter_buy_how")
            return
        product_search.note_shown(talk, found)
        cards = await product_search.cards(talk.session, found, talk.language)
        talk.say("utter_buy_this" if len(found) == 1 else "utter_buy_which", cards=cards)


async def _meant(talk: Talk) -> list[ProductMatch]:
    """What the message names, or else what was shown last."""
    if talk.turn.text.startswith("/"):
        return []
    text = _BASKET.sub(" ", talk.turn.meant[-product_search.LONGEST :])
    found = plainly(await search.find(talk.session, words=text), text, by_name=True)
    if found.found or found.near:
        return list(found.found or found.near)
    shown = await product_search.all_shown(talk)
    one = product_pointing.the_one(talk.turn, shown)
    return shown if one is None else [one]
