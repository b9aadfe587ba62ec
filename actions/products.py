"""Products in words: what the catalogue says of those that a question about prices or stock names."""

from __future__ import annotations

import re
from typing import Any, Final

from rasa_sdk.executor import CollectingDispatcher

from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.catalogue import queries
from crm_backend.catalogue.schema import ProductView, VariantView
from crm_backend.catalogue.words import option_value
from crm_backend.database import reading

LONGEST = 500
MOST_MISSING: Final = 3
SAID: Final = {"fr": "Voici ce qu’en dit notre catalogue.", "en": "Here’s what our catalogue says."}
AVAILABLE: Final = {"fr": "Disponible", "en": "Available"}
PARTLY: Final = {"fr": "Disponible, sauf\u00a0:", "en": "Available, except:"}
NOT_AVAILABLE: Final = {"fr": "Épuisé pour le moment", "en": "Out of stock for now"}
OTHERS: Final = {"fr": "et {count}\u00a0autres versions", "en": "and {count} other versions"}
_ASKED: Final = re.compile(
    r"\b(?:prix|tarifs?|co[uû]te(?:nt|r)?|combien|stock|rupture|dispo(?:nibles?|nibilit[ée]s?)?|épuisée?s?|price[sd]?|"
    r"cost|costs|how much|available|availability|sold out)\b",
    re.IGNORECASE,
)
_OF_SOMETHING_ELSE: Final = re.compile(
    r"\b(?:livr\w+|frais|retour\w*|rembours\w+|renvo\w+|colis|commandé\w*|deliver\w*|shipping|postage|return\w*|refund\w*|"
    r"parcels?|ordered)\b",
    re.IGNORECASE,
)
"""Delivering an armchair costs something too, and that is not its price."""


async def asked_about(turn: Turn) -> list[ProductView]:
    """The products that a question about prices or stock names."""
    if not _ASKED.search(turn.text) or _OF_SOMETHING_ELSE.search(turn.text):
        return []
    async with reading(tools().sessions) as session:
        return await queries.named_in(session, question=turn.text[-LONGEST:], language=turn.language)


def tell(dispatcher: CollectingDispatcher, products: list[ProductView], language: str) -> None:
    """The products as cards: what they cost, and whether they can be had."""
    cards = [card(product, language) for product in products]
    dispatcher.utter_message(text=SAID[language], json_message={"cards": cards})


def card(product: ProductView, language: str) -> dict[str, Any]:
    """The product card of docs/protocols.md. The price is the lowest of the versions that can be had, or of all."""
    missing = [variant for variant in product.variants if not variant.available]
    offered = [variant for variant in product.variants if variant.available] or product.variants
    cheapest = min(offered, key=lambda variant: variant.price_minor)
    several = any(variant.price_minor != cheapest.price_minor for variant in offered)
    said, lines = AVAILABLE, []
    if missing:
        said = NOT_AVAILABLE if len(missing) == len(product.variants) else PARTLY
    if said is PARTLY:
        lines = [_version(variant, language) for variant in missing[:MOST_MISSING]]
        if len(missing) > MOST_MISSING:
            lines.append(OTHERS[language].format(count=len(missing) - MOST_MISSING))
    price = {"minor": cheapest.price_minor, "currency": cheapest.currency, "lowest": several}
    return {
        "kind": "product",
        "title": product.name(language),
        "text": said[language],
        "lines": lines,
        "price": price,
        "url": product.page(language),
        "picture": product.image,
    }


def lacks(product: ProductView) -> bool:
    """Whether a version of it cannot be had: what the help centre says of stock may be of use then."""
    return not all(variant.available for variant in product.variants)


def _version(variant: VariantView, language: str) -> str:
    return ", ".join(option_value(value, language) for value in variant.options.values())
