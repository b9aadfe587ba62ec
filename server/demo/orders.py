"""Nine hundred orders over two years, numbered in the order of time from 10001."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from crm_backend.orders.numbers import number_key
from server.demo.catalogue import Item
from server.demo.chance import Chance
from server.demo.journeys import parcels_of, status_for
from server.demo.people import Member
from server.demo.showcase import SHOWCASE, Person

Row = dict[str, Any]
ORDERS = 900
FIRST_NUMBER = 10001
_RECENT, _RECENT_DAYS = 110, 10
_CURRENCY = {"FR": "EUR", "GB": "GBP"}
_STRANGERS = 0.08
"""Share of customers who have never ordered."""
_LEAVERS, _STAY = 0.45, timedelta(days=60)
"""Share of customers who at some time, after `_STAY` at least, stop ordering for good."""
_MOST_LINES = 5
_TOGETHER = 0.45
"""How often somebody who buys one of a pair takes the other with it."""
_PAIRS = (
    ("Housse de couette Aubrac", "Lot de deux taies Aubrac"),
    ("Drap-housse Aubrac", "Housse de couette Aubrac"),
    ("Serviette de bain Léman", "Tapis de bain Léman"),
    ("Assiettes Terroir, lot de quatre", "Bols Terroir, lot de quatre"),
    ("Mug Terroir", "Théière Sencha"),
    ("Verres à eau Bistrot, lot de six", "Carafe Bistrot"),
    ("Nappe Dimanche", "Serviettes Dimanche, lot de quatre"),
    ("Bougie parfumée Tilleul", "Bougeoir Veillée"),
    ("Plaid Bergerie", "Housse de coussin Prairie"),
)
_GIFTS = 0.08
"""Share of orders that go to somebody else's address."""


@dataclass
class OrderRows:
    """Rows of orders and all that hangs on them, and when each customer ordered first."""

    orders: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    shipments: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    first: dict[UUID, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class _Company:
    members: list[Member]
    items: list[Item]
    today: date


def order_rows(members: list[Member], items: list[Item], today: date) -> OrderRows:
    """Every order. The showcase's customers have the showcase's orders only: what is written of them stays true."""
    chance = Chance("orders")
    company = _Company(members, items, today)
    by_email = {member.person.email: member for member in members}
    shown = {order.number: order for order in SHOWCASE}
    others = [member for member in members if member.person.email not in {order.email for order in SHOWCASE}]
    buyers = chance.sample(others, round(len(others) * (1 - _STRANGERS)))
    eagerness = [chance.paretovariate(2.2) for _ in buyers]
    leaving = _leaving(len(buyers), today)
    found = OrderRows()
    for index, placed_at in enumerate(_times(today, chance)):
        number = str(FIRST_NUMBER + index)
        still = [eager if placed_at < until else 0 for eager, until in zip(eagerness, leaving, strict=True)]
        buyer = chance.choices(buyers, still)[0]
        status = status_for(placed_at, today, buyer.person.country, chance)
        if order := shown.get(number):
            buyer, status = by_email[order.email], order.status
        found.first.setdefault(buyer.id, placed_at)
        _add(found, company, number, buyer=buyer, status=status, placed_at=placed_at, exemplary=order is not None)
    return found


def _leaving(count: int, today: date) -> list[datetime]:
    """When each stops ordering; most do not within the two years."""
    chance, first = Chance("leaving"), datetime.combine(today, time(7), UTC) - timedelta(days=728)
    span = timedelta(days=728) - _STAY
    ends = first + timedelta(days=10_000)
    return [first + _STAY + chance.random() * span if chance.random() < _LEAVERS else ends for _ in range(count)]


def _times(today: date, chance: Chance) -> list[datetime]:
    """Instants in order: growing sales over two years, and as many on each of the last days, where states differ."""
    old = [_RECENT_DAYS + 1 + int((728 - _RECENT_DAYS) * chance.random() ** 1.3) for _ in range(ORDERS - _RECENT)]
    recent = [1 + number * _RECENT_DAYS // _RECENT for number in range(_RECENT)]
    opens = datetime.combine(today, time(7), UTC)
    return sorted(opens - timedelta(days=days, seconds=-chance.randrange(15 * 3600)) for days in old + recent)


def _add(
    found: OrderRows,
    company: _Company,
    number: str,
    *,
    buyer: Member,
    status: str,
    placed_at: datetime,
    exemplary: bool,
) -> None:
    # Each order draws from its own chance, so that a change to one leaves the others as they were.
    chance = Chance(f"order {number}")
    order_id = chance.identifier(placed_at)
    receiver = buyer.person if exemplary else _receiver(buyer.person, company, chance)
    parcels, late = parcels_of(
        status, placed_at=placed_at, person=receiver, today=company.today, chance=chance, exemplary=exemplary
    )
    lines = _lines(order_id, placed_at, company.items, buyer.person.country, chance, exemplary=exemplary)
    for parcel in parcels:
        shipment, events = parcel.rows(order_id, late=late)
        found.shipments.append(shipment)
        found.events += events
    changed = max([parcel.last_change for parcel in parcels], default=placed_at + timedelta(minutes=3))
    found.lines += lines
    found.orders.append({
        "id": order_id, "external_id": None, "number": number, "number_key": number_key(number),
        "customer_id": buyer.id, "status": status, "placed_at": placed_at, "created_at": placed_at,
        "updated_at": changed, "currency": _CURRENCY[buyer.person.country],
        "total_minor": sum(line["quantity"] * line["unit_price_minor"] for line in lines),
        "ship_name": f"{receiver.first_name} {receiver.last_name}", "ship_line1": receiver.line1,
        "ship_city": receiver.city, "ship_postcode": receiver.postcode, "ship_country": receiver.country,
    })  # fmt: skip


def _receiver(person: Person, company: _Company, chance: Chance) -> Person:
    """Mostly the buyer; now and then a present for somebody in the same country, but for nobody of the showcase."""
    if chance.random() >= _GIFTS:
        return person
    shown = {order.email for order in SHOWCASE}
    found = [member.person for member in company.members if member.person.email not in shown]
    return chance.choice([other for other in found if other.country == person.country])


def _lines(
    order_id: UUID, placed_at: datetime, items: list[Item], country: str, chance: Chance, *, exemplary: bool
) -> list[Row]:
    count = chance.choices((1, 2, 3, 4, 5), (34, 30, 19, 11, 6))[0]
    taken = chance.sample(items, count)
    # What is written of the showcase's orders stays true.
    if not exemplary:
        taken += _companions(taken, items, Chance(f"companions {order_id}"))[: _MOST_LINES - count]
    return [
        {
            "id": chance.identifier(placed_at), "created_at": placed_at, "order_id": order_id, "position": position,
            "variant_id": item.variant_id, "names": item.names, "options": item.options,
            "quantity": min(chance.choices((1, 2, 3, 4), (70, 18, 4, 8))[0], item.most),
            "unit_price_minor": item.prices[country],
        }
        for position, item in enumerate(taken, 1)
    ]  # fmt: skip


def _companions(taken: list[Item], items: list[Item], chance: Chance) -> list[Item]:
    """What people take along, in the same colour where there is one."""
    names = {item.names["fr"] for item in taken}
    found = []
    for item in taken:
        for one, other in _PAIRS:
            if item.names["fr"] == one and other not in names and chance.random() < _TOGETHER:
                fitting = [each for each in items if each.names["fr"] == other]
                alike = [each for each in fitting if each.options.get("colour") == item.options.get("colour")]
                found.append(chance.choice(alike or fitting))
                names.add(other)
    return found
