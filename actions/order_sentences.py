"""An order put into words: the sentence for its state, and the card with its lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from actions.toolbox import tools
from actions.wording import day, span
from crm_backend.cases.troubles import CARRIER
from crm_backend.catalogue.money import money
from crm_backend.catalogue.words import option_value
from crm_backend.orders.schema import LineView, OrderView, ShipmentView

TRACKING: Final = {"fr": "Numéro de suivi", "en": "Tracking number"}
CARRIER_UNKNOWN: Final = CARRIER
TITLE: Final = {"fr": "Commande {number}", "en": "Order {number}"}
STATUS: Final = {
    "placed": {"fr": "Enregistrée", "en": "Placed"},
    "paid": {"fr": "Payée", "en": "Paid"},
    "preparing": {"fr": "En préparation", "en": "Being prepared"},
    "shipped": {"fr": "Expédiée", "en": "Shipped"},
    "out_for_delivery": {"fr": "En cours de livraison", "en": "Out for delivery"},
    "delivered": {"fr": "Livrée", "en": "Delivered"},
    "cancelled": {"fr": "Annulée", "en": "Cancelled"},
    "lost": {"fr": "Perdue par le transporteur", "en": "Lost by the carrier"},
    "returned": {"fr": "Revenue chez nous", "en": "Back with us"},
}
PLACED: Final = {"fr": "Passée {day}", "en": "Placed {day}"}
MORE: Final = {"fr": "et {count}\u00a0autres articles", "en": "and {count} more items"}
MOST_LINES: Final = 2
ON_THE_WAY: Final = frozenset({"shipped", "out_for_delivery"})


@dataclass(frozen=True)
class Sentence:
    """A response of the topic's domain with its values; `offers_person` when it ends on that question."""

    response: str
    values: dict[str, Any] = field(default_factory=dict)
    offers_person: bool = False


def sentence(order: OrderView, language: str, *, today: date) -> Sentence:
    """The sentence that tells this order's state on this day."""
    name = order.status
    number = {"number": order.number}
    if name in ON_THE_WAY or name == "delivered":
        return _travelling(order, language, today)
    if name == "preparing":
        expected = _expected(order.shipments, language, today)
        return (
            Sentence("utter_order_preparing_expected", {**number, "expected": expected})
            if expected
            else Sentence("utter_order_preparing", number)
        )
    return Sentence(f"utter_order_{name}", number, offers_person=name in {"lost", "returned"})


def _travelling(order: OrderView, language: str, today: date) -> Sentence:
    number = {"number": order.number}
    arrived = [parcel for parcel in order.shipments if parcel.delivered_at]
    under_way = [parcel for parcel in order.shipments if not parcel.delivered_at]
    if order.status == "delivered" or (arrived and not under_way):
        return Sentence("utter_order_delivered", {**number, "delivered": delivered_on(order, language)})
    expected = _expected(under_way, language, today)
    if arrived:
        values = {**number, "done": str(len(arrived)), "count": str(len(order.shipments))}
        if expected:
            return Sentence("utter_order_partly_expected", {**values, "expected": expected})
        return Sentence("utter_order_partly", values)
    parcel = under_way[0] if under_way else None
    carrier = {"carrier": (parcel.carrier if parcel else None) or CARRIER_UNKNOWN[language]}
    if order.status == "out_for_delivery":
        return Sentence("utter_order_out_for_delivery", {**number, **carrier})
    values = {**number, **carrier, "shipped": _on(parcel.shipped_at if parcel else None, language, today)}
    due = parcel and (parcel.expected_to or parcel.expected_from)
    if due and due < today:
        return Sentence(
            "utter_order_shipped_late", {**values, "expected": day(due, language, today=today)}, offers_person=True
        )
    if expected:
        return Sentence("utter_order_shipped_expected", {**values, "expected": expected})
    return Sentence("utter_order_shipped", values)


def delivered_on(order: OrderView, language: str) -> str:
    """The day on which the last parcel arrived, with the space before it; nothing where that is not known."""
    latest = max((parcel.delivered_at for parcel in order.shipments if parcel.delivered_at), default=None)
    return _on(latest, language, tools().now().date())


def expected(order: OrderView, language: str, *, today: date) -> str | None:
    """When the last of what has not arrived is due; None when that is not known, or has passed."""
    return _expected([parcel for parcel in order.shipments if not parcel.delivered_at], language, today)


def _expected(parcels: list[ShipmentView], language: str, today: date) -> str | None:
    """When the last of these parcels is expected, unless that day has passed."""
    dated = [parcel for parcel in parcels if (parcel.expected_to or parcel.expected_from or date.min) >= today]
    if not dated:
        return None
    last = max(dated, key=lambda parcel: parcel.expected_to or parcel.expected_from or date.min)
    return span(last.expected_from, last.expected_to, language, today=today)


def _on(when: datetime | None, language: str, today: date) -> str:
    """The day with the space before it, or nothing: it ends or sits inside a sentence."""
    if when is None:
        return ""
    spoken = day(when.astimezone(tools().now().tzinfo).date(), language, today=today)
    return f" {_the(spoken, language)}"


def _the(spoken: str, language: str) -> str:
    """`le mardi 25 novembre`, but `hier`."""
    near = spoken.startswith(("hier", "aujourd’hui", "demain"))
    return spoken if near or language != "fr" else f"le {spoken}"


def card(order: OrderView, language: str) -> dict[str, Any]:
    """The order card of docs/protocols.md, with the tracking page of the parcel that is still under way."""
    parcels = sorted(order.shipments, key=lambda parcel: parcel.delivered_at is not None)
    total = money(order.total_minor, order.currency, language)
    return {
        "kind": "order",
        "title": TITLE[language].format(number=order.number),
        "text": f"{STATUS[order.status][language]} · {total}",
        "url": next((parcel.tracking_url for parcel in parcels if parcel.tracking_url), None),
        "lines": [_line(line, order.currency, language) for line in order.lines]
        + [
            f"{parcel.carrier or TRACKING[language]} {parcel.tracking_number}"
            for parcel in parcels
            if parcel.tracking_number
        ],
    }


def short_card(order: OrderView, language: str, *, today: date) -> dict[str, Any]:
    """The order card as one of several: when it was placed and what it begins with."""
    placed = order.placed_at.astimezone(tools().now().tzinfo).date() if order.placed_at else None
    shown = order.lines if len(order.lines) <= MOST_LINES + 1 else order.lines[:MOST_LINES]
    more = len(order.lines) - len(shown)
    lines = [PLACED[language].format(day=_the(day(placed, language, today=today), language))] if placed else []
    lines += [_line(line, order.currency, language) for line in shown]
    return {**card(order, language), "lines": [*lines, MORE[language].format(count=more)] if more else lines}


def _line(line: LineView, currency: str, language: str) -> str:
    options = ", ".join(option_value(value, language) for value in line.options.values())
    name = f"{line.name(language)} ({options})" if options else line.name(language)
    return f"{line.quantity}\u00a0× {name} · {money(line.unit_price_minor * line.quantity, currency, language)}"
