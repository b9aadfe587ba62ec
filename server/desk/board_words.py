"""How the board's values are written: instants, definitions, and facts that were asked again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crm_backend.board.figures import ON_BOARD
from crm_backend.board.words import SPANS, WORDS
from crm_backend.conversations.reading.messages import instant
from crm_backend.repeats.asking import Fact

FACTS: dict[Fact, dict[str, str]] = {
    "order_number": {"fr": "Numéro de commande", "en": "Order number"},
    "email": {"fr": "E-mail", "en": "E-mail"},
    "phone": {"fr": "Téléphone", "en": "Telephone"},
    "name": {"fr": "Nom", "en": "Name"},
    "address": {"fr": "Adresse", "en": "Address"},
    "postcode": {"fr": "Code postal", "en": "Postcode"},
    "product": {"fr": "Produit", "en": "Product"},
    "what_happened": {"fr": "Ce qui s’est passé", "en": "What happened"},
}


def moment(at: datetime | None) -> str | None:
    """An instant as the desk's pages read it."""
    return instant(at) if at is not None else None


def definitions(language: str) -> list[dict[str, Any]]:
    """What every number of the board means."""
    return [
        {
            "key": key,
            "name": words.name[language],
            "counts": words.counts[language],
            "among": words.among[language],
            "without": words.without[language],
            "source": words.source[language],
            "span": SPANS[_span(key)][language],
        }
        for key, words in WORDS.items()
    ]


def _span(key: str) -> Any:
    if key in ("handed_over", "told_again"):
        return "day"
    return ON_BOARD[key][1] if key in ON_BOARD else None
