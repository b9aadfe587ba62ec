"""Which products a message speaks of, and how they are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from actions import product_pointing, products
from actions.product_names import plainly
from actions.product_pointing import SHOWN_LAST
from actions.tasks import reading
from actions.tasks.talk import Talk
from crm_backend.catalogue import search
from crm_backend.catalogue.model import Product
from crm_backend.catalogue.money import lowest, money
from crm_backend.catalogue.schema import ProductView
from crm_backend.catalogue.search import ProductMatch, Search

LONGEST, LIKE_ENOUGH, MOST_NOTED = 300, 88, 5
"""Characters of a message that are searched for, and how like a product's name (of 100) an entity has to be that counts
for more than the words around it; how many products that were shown are remembered."""
_OF_THE_LAST: Final = re.compile(
    r"\b(?:il|elle|ils|elles|l['’](?:avez|auriez)|celui|celle|ceux|celles|ce (?:mod[eè]le|produit)|it|its|it['’]s|"
    r"they|this one|that one|those|these)\b",
    re.IGNORECASE,
)
_OF_THOSE: Final = re.compile(
    r"\b(?:entre (?:les (?:deux|trois|quatre)|eux|elles|ceux|celles|ces)|les deux|tous les deux|toutes les deux|"
    r"ces (?:deux|trois|quatre|mod[eè]les|produits)|(?:le|la|les)quel(?:le)?s?|ils|elles|eux|ceux|celles|them|they|"
    r"th[eo]se(?! \w+ing)|(?:the|these|those) (?:two|three|four)|both|which)\b",
    re.IGNORECASE,
)
"""What is said of several that were shown."""
AMONG: Final = "products_among"
UNSAID: Final = {"fr": "non précisé", "en": "not given"}
_AGAIN: Final = re.compile(r"\b(?:back|de retour)(?: (?:in|en) stock)?\b", re.IGNORECASE)
"""What is sold again, and is no colour."""
_NAME: Final = re.compile(r"(?<=[\w,] )[A-ZÀ-Þ][a-zà-ÿ]{2,}")
"""A name in the middle of a sentence, which says so by its capital."""


async def sought(talk: Talk) -> Search:
    """What the message names, or the product that was shown last where it speaks of that one.

    Who asks for the lamp Nova, which there is not, has found no lamp: those that there are become `near`.
    """
    text = _words(talk)
    found = await search.find(talk.session, words=text)
    named = _entity(talk)
    if named is not None and not found.found:
        found = await search.find(talk.session, words=named["value"])
    elif named is not None and not named.get("rivals") and float(named.get("likeness") or 0) >= LIKE_ENOUGH:
        same = [each for each in found.found if str(each.id) == named.get("id")]
        found = replace(found, found=same or found.found)
    if named is None and (before := await _last(talk)) is not None and _speaks_of_it(text, found):
        again = await search.find(talk.session, words=f"{before.name(talk.language)} {text}")
        same = [each for each in again.found if each.id == before.id]
        return replace(again, found=same or [before], near=[])
    if named is not None:
        return found
    if (options := await _in_those_options(talk, text, found)) is not None:
        return options
    if not found.found and product_pointing.is_said(talk.turn) and (look := product_pointing.looks(text)):
        # A colour that nothing comes in.
        return Search(found=await all_shown(talk), refused=[look])
    found = plainly(found, text)
    if not (found.found or found.near) and (those := await those_shown(talk, text)):
        return Search(found=those)
    if found.found and unknown_name(text, found):
        return replace(found, found=[], near=found.found)
    return found


async def shown_last(talk: Talk) -> ProductMatch | None:
    """The product that was shown last, if it is still sold."""
    return await _last(talk)


async def those_shown(talk: Talk, text: str) -> list[ProductMatch]:
    """The products that were shown last, several of them, where the text speaks of those; else none."""
    return await several_shown(talk) if _OF_THOSE.search(text) else []


async def several_shown(talk: Talk) -> list[ProductMatch]:
    """The products that were shown last, where they were several."""
    return await all_shown(talk) if isinstance(talk.turn.slot(SHOWN_LAST), list) else []


async def _in_those_options(talk: Talk, text: str, found: Search) -> Search | None:
    """What was shown last in the colour or size that the message asks for, where it names nothing else."""
    by_name = plainly(found, text, by_name=True)
    if not found.found or by_name.found or by_name.near or not (before := await all_shown(talk)):
        return None
    names = [(each, await search.find(talk.session, words=f"{each.name(talk.language)} {text}")) for each in before]
    have = [one for each, again in names for one in again.found if one.id == each.id and not again.refused]
    return Search(found=have) if have else Search(found=before, refused=names[0][1].refused)


async def all_shown(talk: Talk) -> list[ProductMatch]:
    """The products that were shown last, one or several, that are still sold."""
    before = talk.turn.slot(SHOWN_LAST)
    before = [before] if isinstance(before, str) and before else before
    return await _still_sold(talk, before) if isinstance(before, list) else []


async def _still_sold(talk: Talk, shown: Sequence[Any]) -> list[ProductMatch]:
    ids = [UUID(str(each)) for each in shown[:MOST_NOTED]]
    query = select(Product).where(Product.id.in_(ids)).options(selectinload(Product.variants))
    rows = {row.id: row for row in await talk.session.scalars(query)}
    return [search.match(rows[one]) for one in ids if one in rows and rows[one].variants]


async def cards(session: AsyncSession, found: Sequence[ProductMatch], language: str) -> list[dict[str, Any]]:
    """A card for each, with the price and stock of the versions that were asked for."""
    rows = {
        row.id: row for row in await session.scalars(select(Product).where(Product.id.in_([each.id for each in found])))
    }
    return [products.card(_view(each, rows[each.id]), language) for each in found if each.id in rows]


def price(product: ProductMatch, language: str) -> str:
    """`39,00 €`, or `dès 39,00 €` where versions cost differently."""
    told = money if product.price_from == product.price_to else lowest
    return told(product.price_from, product.currency, language)


def sizes(found: Sequence[ProductMatch], language: str) -> str:
    """A line for each with what the catalogue says of its dimensions."""
    colon = "\u00a0:" if language == "fr" else ":"
    said = [(each, (each.attributes.get(language) or {}).get("dimensions")) for each in found]
    return "\n".join(f"– {each.name(language)}{colon} {size or UNSAID[language]}" for each, size in said)


def note_shown(talk: Talk, shown: Sequence[ProductMatch]) -> None:
    """What is spoken of from now on: the one product that is shown, or those several; of one that was chosen among
    several, those as well."""
    ids = [str(each.id) for each in shown[:MOST_NOTED]]
    talk.slot(SHOWN_LAST, ids[0] if len(ids) == 1 else ids or None)
    before = talk.turn.slot(SHOWN_LAST)
    among = before if isinstance(before, list) else talk.turn.slot(AMONG)
    if len(ids) > 1:
        talk.slot(AMONG, None)
    else:
        talk.slot(AMONG, among if isinstance(among, list) and set(ids) <= {str(each) for each in among} else None)


async def to_choose_from(talk: Talk) -> list[ProductMatch]:
    """The products among which one is pointed at: those shown last, or those that the one shown last was chosen of."""
    among = talk.turn.slot(AMONG)
    if isinstance(talk.turn.slot(SHOWN_LAST), list) or not isinstance(among, list):
        return await all_shown(talk)
    return await _still_sold(talk, among)


def _words(talk: Talk) -> str:
    text = talk.turn.text
    if text.startswith("/"):
        return str(talk.task.given.get("product") or talk.facts.get("product") or "")
    for each in talk.turn.tracker.latest_message.get("entities") or ():
        if each["entity"] == "amount" and each.get("raw"):
            # "Under 50 quid" is no size.
            text = text.replace(str(each["raw"]), " ")
    return product_pointing.sized(_AGAIN.sub(" ", text[-LONGEST:]))


def _entity(talk: Talk) -> dict[str, Any] | None:
    entities = talk.turn.tracker.latest_message.get("entities") or ()
    return next((dict(each) for each in entities if each["entity"] == "product"), None)


async def _last(talk: Talk) -> ProductMatch | None:
    before = talk.turn.slot(SHOWN_LAST)
    if not isinstance(before, str) or not before:
        return None
    query = select(Product).where(Product.id == UUID(before)).options(selectinload(Product.variants))
    row = await talk.session.scalar(query)
    return search.match(row) if row is not None and row.variants else None


def _speaks_of_it(text: str, found: Search) -> bool:
    return not (found.found or found.near) or bool(_OF_THE_LAST.search(text))


def unknown_name(text: str, found: Search) -> bool:
    """Whether the text has a name, by its capital, that nothing in the catalogue goes by."""
    if text.isupper():
        return False
    unknown = {reading.folded(word) for word in found.unknown}
    return any(reading.folded(name) in unknown for name in _NAME.findall(text))


def _view(found: ProductMatch, row: Product) -> ProductView:
    return ProductView(names=found.names, image=row.image, pages=row.pages, variants=list(found.variants))
