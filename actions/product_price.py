"""What a product costs, and whether it can be had."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from actions import product_pointing, product_search, products
from actions.product_names import is_another_kind
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.turn import Turn
from crm_backend.catalogue.money import money
from crm_backend.catalogue.search import ProductMatch, Search

MOST, BRIEF = 5, 4
"""Products shown at once; words of a question that says nothing but that it is about the price."""


class ProductPrice(Topic):
    name = "product_price"
    title: ClassVar[Words] = {"fr": "le prix d’un produit", "en": "the price of a product"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        return product_pointing.is_said(turn)

    async def plan(self, talk: Talk) -> None:
        one = product_pointing.the_one(talk.turn, await product_search.to_choose_from(talk))
        search = Search(found=[one]) if one is not None else await product_search.sought(talk)
        if not (search.found or search.near) and len(talk.turn.text.split()) <= BRIEF:
            # "How much?" is about what is on the screen.
            search = replace(search, found=await product_search.several_shown(talk))
        shown = list(search.found or search.near)[:MOST]
        product_search.note_shown(talk, shown)
        cards = await product_search.cards(talk.session, shown, talk.language)
        if search.found and is_another_kind(search, talk.turn.text, talk.language):
            talk.say("utter_product_price_near", cards=cards)
        elif len(search.found) == 1:
            _tell(talk, search.found[0], cards)
        elif search.found:
            talk.say("utter_product_price_several", cards=cards)
        elif search.near:
            talk.say("utter_product_price_near", cards=cards)
        else:
            talk.say("utter_product_price_which")


def _tell(talk: Talk, product: ProductMatch, cards: list[dict[str, object]]) -> None:
    stock = (products.AVAILABLE if product.available else products.NOT_AVAILABLE)[talk.language] + "."
    name, cost = product.name(talk.language), money(product.price_from, product.currency, talk.language)
    if product.price_from == product.price_to:
        talk.say("utter_product_price_one", cards=cards, name=name, price=cost, stock=stock)
        return
    most = money(product.price_to, product.currency, talk.language)
    talk.say("utter_product_price_range", cards=cards, name=name, price=cost, most=most, stock=stock)
