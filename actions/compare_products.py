"""Two products side by side: price, stock, options, and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from actions import general_answers, product_pointing, product_search
from actions.find_product import pointed
from actions.product_names import plainly
from actions.tasks.asking import Option, Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.turn import Turn
from crm_backend.catalogue import comparing, search
from crm_backend.catalogue.comparing import Comparison, Row
from crm_backend.catalogue.search import ProductMatch, Search
from crm_backend.errors import NotFound

MOST = 6


class CompareProducts(Topic):
    name = "compare_products"
    title: ClassVar[Words] = {"fr": "la comparaison de deux produits", "en": "comparing two products"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        return product_pointing.is_said(turn)

    async def plan(self, talk: Talk) -> None:
        if talk.task.asked is None and await pointed(talk):
            return
        pair = await _pair(talk)
        if pair is None:
            # Materials and sizes are compared in articles, where somebody wrote of them.
            if not await general_answers.surely_answered(talk):
                talk.say("utter_compare_products_none")
            return
        try:
            found = await comparing.compare(talk.session, *pair, language=talk.language)
        except NotFound:
            talk.say("utter_compare_products_none")
            return
        await _tell(talk, found)


async def _pair(talk: Talk) -> tuple[UUID, UUID] | None:
    """The two that are meant; asks which where more may be. None when nothing in the catalogue is."""
    if "left" not in talk.facts and "among" not in talk.facts:
        await _begin(talk)
    if "left" in talk.facts and "right" in talk.facts:
        return UUID(talk.facts["left"]), UUID(talk.facts["right"])
    among: dict[str, str] = dict(talk.facts.get("among") or ())
    if len(among) < 2:
        return None
    if "left" not in talk.facts:
        chosen = talk.some("two", "utter_compare_products_which", _options(talk, among))
        talk.facts["left"] = chosen[0]
        if len(chosen) > 1:
            talk.facts["right"] = chosen[1]
            return UUID(chosen[0]), UUID(chosen[1])
    rest = {code: name for code, name in among.items() if code != talk.facts["left"]}
    if len(rest) == 1:
        right = next(iter(rest))
    else:
        right = talk.choose(
            "right", "utter_compare_products_with", _options(talk, rest), product=among[talk.facts["left"]]
        )
    return UUID(talk.facts["left"]), UUID(right)


async def _begin(talk: Talk) -> None:
    """Settles on what the message names: two products, or several to choose from."""
    text = talk.turn.text[-product_search.LONGEST :]
    each = [plainly(one, text, by_name=True) for one in await search.find_each(talk.session, words=text)]
    if any(product_search.unknown_name(text, one) for one in each):
        # One of the two is none of ours.
        return
    named = [one for one in each if one.found]
    if len(named) < 2 and await _of_those_shown(talk, text, named[0].found if named else ()):
        return
    if len(named) >= 2:
        left, right = named[0].found[0], next((p for p in named[1].found if p.id != named[0].found[0].id), None)
        if right is not None:
            talk.facts.update(left=str(left.id), right=str(right.id))
            return
    found = list(named[0].found) if named else []
    before = await product_search.shown_last(talk)
    if len(found) == 1 and before is not None and before.id != found[0].id:
        talk.facts.update(left=str(before.id), right=str(found[0].id))
    elif len(found) == 2:
        talk.facts.update(left=str(found[0].id), right=str(found[1].id))
    elif found:
        talk.facts["among"] = _named(talk, await _alike(talk, found, each))
        if len(found) == 1:
            talk.facts["left"] = str(found[0].id)


async def _of_those_shown(talk: Talk, text: str, named: Sequence[ProductMatch]) -> bool:
    """Whether it is about the products shown last ("the difference between them", "which of the two lamps"); they are
    settled on then."""
    those = await product_search.those_shown(talk, text)
    kind = {one.id for one in named}
    those = [one for one in those if one.id in kind] if named else those
    if len(those) < 2:
        return False
    if len(those) == 2:
        talk.facts.update(left=str(those[0].id), right=str(those[1].id))
    else:
        talk.facts["among"] = _named(talk, those)
    return True


async def _alike(talk: Talk, found: Sequence[ProductMatch], each: Sequence[Search]) -> list[ProductMatch]:
    """What there is to choose from: all that were named, or, of one alone, those it can be compared with."""
    if len(found) > 1:
        return list(found)[:MOST]
    near = [one for other in each for one in other.near]
    kind = await search.find(talk.session, words=found[0].category.replace("_", " "), limit=MOST)
    more = [one for one in (*near, *kind.found) if one.id != found[0].id]
    return [found[0], *more][:MOST]


def _named(talk: Talk, found: Sequence[ProductMatch]) -> list[list[str]]:
    """Products and their names, in the order in which they are shown, which a JSON object would not keep."""
    return [[str(each.id), each.name(talk.language)] for each in found]


def _options(talk: Talk, among: dict[str, str]) -> list[Option]:
    return [Option(code, {talk.language: name}) for code, name in among.items()]


async def _tell(talk: Talk, found: Comparison) -> None:
    # A material may be an option and an attribute: it is told once.
    told = list({row.label: row for row in reversed(found.rows)}.values())[::-1]
    differ = [row for row in told if not row.same]
    same = [row for row in told if row.same and row.left is not None]
    both = [found.left, found.right]
    product_search.note_shown(talk, both)
    talk.say(
        "utter_compare_products",
        cards=await product_search.cards(talk.session, both, talk.language),
        left=found.left.name(talk.language),
        right=found.right.name(talk.language),
        rows="\n".join(_row(talk, row) for row in differ),
    )
    if same:
        rows = ", ".join(f"{row.label} ({row.left})" for row in same)
        talk.say("utter_compare_products_same", rows=rows)


def _row(talk: Talk, row: Row) -> str:
    colon = "\u00a0:" if talk.language == "fr" else ":"
    left, right = (value or product_search.UNSAID[talk.language] for value in (row.left, row.right))
    return f"– {row.label}{colon} {left} / {right}"
