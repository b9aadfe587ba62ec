"""Notifications in words, in both languages, with what a template of a platform is filled with."""

from __future__ import annotations

from datetime import date
from typing import Any

from actions.wording import span
from crm_backend.conversations.schema import Card, Reply

STOP = {
    "fr": "Répondez STOP pour ne plus recevoir ces messages.",
    "en": "Reply STOP to stop receiving these messages.",
}
ORDER = {"fr": "Commande {number}", "en": "Order {number}"}
SENTENCES: dict[str, dict[str, str]] = {
    "order_shipped": {
        "fr": "Votre commande {number} est partie{carrier}.{expected}",
        "en": "Your order {number} has left{carrier}.{expected}",
    },
    "order_delivered": {
        "fr": "Votre commande {number} est livrée. Quelque chose ne va pas\u00a0? Répondez ici, je vous lis.",
        "en": "Your order {number} has been delivered. Anything wrong? Reply here and I’ll read it.",
    },
    "order_delayed": {
        "fr": (
            "Votre commande {number} a du retard{carrier}, je préfère vous le dire.{expected} Répondez ici si cela vous"
            " pose problème."
        ),
        "en": (
            "Your order {number} is running late{carrier}; better you hear it from us.{expected} Reply here if that’s"
            " a problem."
        ),
    },
}
CARRIER = {"fr": " avec {carrier}", "en": " with {carrier}"}
EXPECTED = {"fr": " Livraison prévue {expected}.", "en": " Delivery is expected {expected}."}


def reply(kind: str, facts: dict[str, Any], language: str, *, today: date, unsubscribe: str) -> Reply:
    """The message of a notification.

    `template` and `values` (number, carrier, expected; empty when unknown) are for platforms that let only approved
    texts begin a conversation; `unsubscribe` is the address of the page that ends these messages. Raises KeyError for a
    kind that has no words.
    """
    carrier = CARRIER[language].format(carrier=facts["carrier"]) if facts.get("carrier") else ""
    days = _expected(facts, language, today) if kind != "order_delivered" else None
    expected = EXPECTED[language].format(expected=days) if days else ""
    sentence = SENTENCES[kind][language].format(number=facts["number"], carrier=carrier, expected=expected)
    cards = []
    if facts.get("tracking_url") and kind != "order_delivered":
        title = ORDER[language].format(number=facts["number"])
        cards = [Card(kind="order", title=title, url=facts["tracking_url"])]
    return Reply(
        text=f"{sentence}\n\n{STOP[language]}",
        cards=cards,
        template=kind,
        values={
            "number": facts["number"],
            "carrier": facts.get("carrier") or "",
            "expected": days or "",
            "unsubscribe": unsubscribe,
        },
    )


def _expected(facts: dict[str, Any], language: str, today: date) -> str | None:
    first, last = (
        date.fromisoformat(facts[key]) if facts.get(key) else None for key in ("expected_from", "expected_to")
    )
    # A day that has passed is no promise.
    return span(first, last, language, today=today) if last and last >= today else None
