"""Finding a product: what the catalogue has of what is looked for, and plainly so when it has not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from actions import general_answers, product_pointing, product_search, products
from actions.product_names import is_another_kind, is_kind_of
from actions.tasks import articles
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.turn import Turn
from crm_backend.catalogue.money import money
from crm_backend.catalogue.search import ProductMatch
from crm_backend.catalogue.words import option_value

MOST = 4
"""Products shown at once."""
BACK_WHEN: Final[Words] = {
    "fr": "Un article est épuisé : quand revient-il en stock ?",
    "en": "Something is out of stock: when will it be back?",
}
_AND: Final = re.compile(r"\W*(?:(?:ok|bon|sinon|alors)\W+)?(?:et|and|what about|how about)\b", re.IGNORECASE)
_AT_MOST: Final = re.compile(
    r"\b(?:moins de|sous|max(?:imum|i)?|jusqu['’][àa]|pas plus de|budget|en dessous de|under|below|less than|up to|"
    r"no more than|at most|within)\b",
    re.IGNORECASE,
)
_AT_MOST_BARE: Final = re.compile(rf"(?:{_AT_MOST.pattern})\D{{0,12}}(\d{{1,5}})\b", re.IGNORECASE)
"""A budget, in the catalogue's currency where none is said."""
A_BUDGET: Final = 6


class FindProduct(Topic):
    name = "find_product"
    title: ClassVar[Words] = {"fr": "un produit que vous cherchez", "en": "a product you’re looking for"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        points = product_pointing.is_said(turn) or product_pointing.asks_when_back(turn)
        return points or _names_another(turn) or _names_a_budget(turn)

    def points_back(self, turn: Turn) -> bool:
        return product_pointing.names_a_look(turn)

    async def plan(self, talk: Talk) -> None:
        if product_pointing.asks_when_back(talk.turn):
            await _tell_when_back(talk)
            return
        if await pointed(talk):
            return
        shown = await product_search.all_shown(talk)
        if shown and _names_a_budget(talk.turn) and "product" not in talk.turn.entities:
            await offer(talk, shown)
            return
        search = await product_search.sought(talk)
        if search.found:
            if search.refused:
                options = ", ".join(option_value(each, talk.language) for each in search.refused)
                await _show(talk, search.found, "utter_find_product_other_option", options=options)
            elif is_another_kind(search, talk.turn.text, talk.language):
                await _show(talk, search.found, "utter_find_product_closest")
            else:
                await offer(talk, search.found)
        elif search.near:
            text = talk.turn.text
            closest = is_kind_of(search.near, text) and not product_search.unknown_name(text, search)
            await _show(talk, search.near, "utter_find_product_closest" if closest else "utter_find_product_near")
        else:
            product_search.note_shown(talk, [])
            talk.say("utter_find_product_none")


async def pointed(talk: Talk) -> bool:
    """Shows the one that is pointed at, of those that were shown: by its price, its place or, where there is a choice,
    its size; false where none is."""
    shown = await product_search.to_choose_from(talk)
    if len(shown) > 1 and product_pointing.by_size(talk.turn):
        product_search.note_shown(talk, shown)
        cards = await product_search.cards(talk.session, shown, talk.language)
        talk.say("utter_find_product_sizes", rows=product_search.sizes(shown, talk.language), cards=cards)
        return True
    one = product_pointing.the_one(talk.turn, shown)
    if one is None:
        return False
    again = len(shown) > 1 and str(one.id) == talk.turn.slot(product_pointing.SHOWN_LAST)
    if again and product_pointing.by_price(talk.turn):
        cost = product_search.price(one, talk.language)
        await _show(talk, [one], "utter_find_product_already", name=one.name(talk.language), price=cost)
    else:
        await offer(talk, [one])
    return True


def _names_another(turn: Turn) -> bool:
    """Whether it goes on with another product: "and the round mirror?"."""
    brief = bool(turn.slot(product_pointing.SHOWN_LAST)) and len(turn.text.split()) <= product_pointing.MOST_WORDS
    if not brief or not _AND.match(turn.text) or turn.entities.keys() & {"order_number", "email", "postcode", "date"}:
        return False
    return "product" in turn.entities or bool(articles.names_a_thing(turn.meant))


def _names_a_budget(turn: Turn) -> bool:
    """Whether it is a budget for what was shown, and little besides: "under 60"."""
    brief = bool(turn.slot(product_pointing.SHOWN_LAST)) and len(turn.text.split()) <= A_BUDGET
    other = turn.entities.keys() & {"date", "time", "order_number"}
    return brief and bool(_AT_MOST_BARE.search(turn.text)) and not other


async def _tell_when_back(talk: Talk) -> None:
    """What is available of what was shown last, and how to hear when the rest can be had again."""
    shown = await product_search.all_shown(talk)
    if shown:
        talk.tell(products.SAID[talk.language], cards=await product_search.cards(talk.session, shown, talk.language))
    product_search.note_shown(talk, shown)
    if not await general_answers.told(talk, BACK_WHEN[talk.language]):
        talk.say("utter_find_product_back_when")


async def offer(talk: Talk, found: Sequence[ProductMatch]) -> None:
    """What was asked for, within the budget where one is named."""
    most = _budget(talk, found[0].currency)
    if most is not None:
        within = [each for each in found if each.currency == found[0].currency and each.price_from <= most]
        budget = money(most, found[0].currency, talk.language)
        if within:
            await _show(talk, within, "utter_find_product_budget", budget=budget)
            return
        nearest = min(found, key=lambda each: each.price_from)
        cost = product_search.price(nearest, talk.language)
        named = {"name": nearest.name(talk.language), "price": cost, "budget": budget}
        await _show(talk, [nearest], "utter_find_product_over_budget", **named)
        return
    if len(found) == 1:
        one = found[0]
        cost = product_search.price(one, talk.language)
        await _show(talk, found, "utter_find_product_one", name=one.name(talk.language), price=cost)
    else:
        await _show(talk, found, "utter_find_product_several")


async def _show(talk: Talk, found: Sequence[ProductMatch], response: str, **values: Any) -> None:
    shown = sorted(found, key=lambda each: not each.available)[:MOST]
    product_search.note_shown(talk, shown)
    talk.say(response, cards=await product_search.cards(talk.session, shown, talk.language), **values)
    if missing := [each.name(talk.language) for each in shown if not each.available]:
        talk.say("utter_find_product_sold_out", names=", ".join(missing))


def _budget(talk: Talk, currency: str) -> int | None:
    """The most that may be spent, in minor units of the catalogue's currency, where it was said in that one."""
    entities = {each["entity"]: each for each in talk.turn.tracker.latest_message.get("entities") or ()}
    amount = entities.get("amount")
    said = amount if amount and amount.get("currency") == currency and amount.get("minor") else None
    if said is not None:
        return int(said["minor"]) if _AT_MOST.search(talk.turn.text) else None
    bare = _AT_MOST_BARE.search(talk.turn.text) if _names_a_budget(talk.turn) and "amount" not in entities else None
    return int(bare[1]) * 100 if bare else None
