"""Notifications in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.notifications import words

TODAY = date(2026, 11, 20)
FACTS: dict[str, Any] = {
    "number": "10234",
    "carrier": "Colissimo",
    "tracking_url": "https://example.com/1",
    "expected_from": "2026-11-24",
    "expected_to": "2026-11-24",
}


def said(kind: str, language: str, **changes: Any) -> str:
    reply = words.reply(kind, {**FACTS, **changes}, language, today=TODAY, unsubscribe="https://example.com/u")
    return reply.text.split("\n\n", maxsplit=1)[0]


def test_a_parcel_that_left() -> None:
    assert said("order_shipped", "fr") == (
        "Votre commande 10234 est partie avec Colissimo. Livraison prévue mardi 24 novembre."
    )
    assert said("order_shipped", "en") == (
        "Your order 10234 has left with Colissimo. Delivery is expected on Tuesday 24 November."
    )


def test_what_is_not_known_is_not_told() -> None:
    assert said("order_shipped", "en", carrier=None, expected_to=None) == "Your order 10234 has left."
    assert "prévue" not in said("order_delayed", "fr", expected_from="2026-11-10", expected_to="2026-11-12")


@pytest.mark.parametrize("kind", sorted(words.SENTENCES))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_says_how_to_end_them_and_fills_a_template(kind: str, language: str) -> None:
    reply = words.reply(kind, FACTS, language, today=TODAY, unsubscribe="https://example.com/u")
    assert "STOP" in reply.text and "{" not in reply.text
    assert reply.template == kind
    assert list(reply.values) == ["number", "carrier", "expected", "unsubscribe"]
