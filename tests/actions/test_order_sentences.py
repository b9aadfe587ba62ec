"""The sentence and the card of an order, state by state."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import toolbox
from actions.order_sentences import STATUS, card, sentence
from crm_backend.database import new_id
from crm_backend.orders.schema import LineView, OrderView, ShipmentView

NOW = datetime(2025, 11, 22, 10, tzinfo=UTC)
TODAY = NOW.date()
DOMAIN = Path(__file__).resolve().parents[2] / "data/order_status/domain.yml"
RESPONSES: dict[str, Any] = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))["responses"]


@pytest.fixture(autouse=True)
def equipped(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = toolbox.Toolbox(sessions=None, embed=None, now=lambda: NOW)  # type: ignore[arg-type]
    monkeypatch.setattr(toolbox, "_equipped", [tools])


def parcel(**changes: Any) -> ShipmentView:
    values: dict[str, Any] = {
        "carrier": "Colissimo",
        "tracking_number": "6A1",
        "tracking_url": "https://example.com/6A1",
        "status": "shipped",
        "shipped_at": NOW - timedelta(days=1),
        "expected_from": date(2025, 11, 25),
        "expected_to": date(2025, 11, 25),
        "delivered_at": None,
        "events": [],
    }
    return ShipmentView(**{**values, **changes})


def order(status: str, *parcels: ShipmentView) -> OrderView:
    line = LineView(names={"fr": "Lampe", "en": "Lamp"}, options={"fr": "vert"}, quantity=2, unit_price_minor=4495)
    return OrderView(
        id=new_id(),
        number="10234",
        status=status,
        placed_at=NOW,
        total_minor=8990,
        currency="EUR",
        lines=[line],
        shipments=list(parcels),
    )


def spoken(made: OrderView, language: str) -> str:
    """The sentence as the customer reads it; fails when the domain has not the response or a value is missing."""
    told = sentence(made, language, today=TODAY)
    variation = next(v for v in RESPONSES[told.response] if v["condition"][0]["value"] == language)
    return str(variation["text"]).format(**told.values)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("status", sorted(STATUS))
def test_every_status_has_its_own_sentence(status: str, language: str) -> None:
    others = {spoken(order(other), language) for other in STATUS if other != status}
    assert spoken(order(status), language) not in others


def test_an_order_under_way_tells_when_it_left_and_when_it_comes() -> None:
    assert spoken(order("shipped", parcel()), "fr") == (
        "La commande 10234 est partie hier avec Colissimo. Livraison prévue mardi 25 novembre."
    )
    assert spoken(order("shipped", parcel()), "en") == (
        "Order 10234 left yesterday with Colissimo. Delivery is expected on Tuesday 25 November."
    )


def test_a_late_order_says_so_and_offers_a_person() -> None:
    late = order("shipped", parcel(expected_from=None, expected_to=date(2025, 11, 20)))
    assert sentence(late, "fr", today=TODAY).offers_person
    assert "jeudi 20 novembre" in spoken(late, "fr")


def test_an_order_in_parcels_tells_how_many_came() -> None:
    partly = order("shipped", parcel(delivered_at=NOW), parcel())
    assert "1 sur 2" in spoken(partly, "fr")
    assert "1 of 2" in spoken(partly, "en")


def test_nothing_is_invented_when_the_carrier_tells_nothing() -> None:
    bare = parcel(carrier=None, shipped_at=None, expected_from=None, expected_to=None)
    assert spoken(order("shipped", bare), "fr") == "La commande 10234 est partie avec notre transporteur."


def test_the_card_holds_lines_total_and_tracking_page() -> None:
    assert card(order("shipped", parcel()), "fr") == {
        "kind": "order",
        "title": "Commande 10234",
        "text": "Expédiée · 89,90\u00a0€",
        "url": "https://example.com/6A1",
        "lines": ["2\u00a0× Lampe (vert) · 89,90\u00a0€", "Colissimo 6A1"],
    }
