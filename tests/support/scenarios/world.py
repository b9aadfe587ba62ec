"""The database before a scenario, made anew for each run: people, their orders at a stage, returns, cases, cards.

What a person of `before` may have:

    language: en                  the scenario's, unless told
    orders:
      A:
        status: delivered         placed, paid, preparing, shipped, out_for_delivery, delivered, cancelled, lost
        lines: [LMP, MUG*2]       products of the demo's catalogue by their code, or by a version's (LMP-SAGE-SMALL)
        days: 5                   days since it was placed
        due: -3                   its parcel is expected in so many days
        parcel: XS123456789FR     the parcel's number; `yes` makes one
        returned: {lines: [0], status: requested, reason: changed_mind, kind: return}
                                  requested, received, inspected or refunded; `lines` are places in the order
        case: {type: incident, tag: late_parcel}
    card: 5000                    a gift card with so many cents: {card} is its code, {card.letters} its last letters
    promo: {percent: 1000, over: false}     a promotion code: {promo}
    agreed: [marketing]           what they agreed to be sent
    case: {type: complaint, subject: ...}   a case about no order: {case} is its number
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import SYSTEM
from crm_backend.cases import opening
from crm_backend.cases import services as cases
from crm_backend.cases.schema import NewCase
from crm_backend.catalogue.model import Product, Variant
from crm_backend.customers.consenting import decide
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.gift_cards import services as gift_cards
from crm_backend.orders import creating, moving, tracking
from crm_backend.orders.model import Order
from crm_backend.payments import services as payments
from crm_backend.promo_codes.model import PromoCode
from crm_backend.returns import closing
from crm_backend.returns import services as returns
from tests.support import days
from tests.support.scenarios.reading import Scenario
from tests.support.scenarios.wording import rant

PEOPLE = {
    "fr": (("Marie", "Delaunay"), ("Paul", "Roussel"), ("Inès", "Carpentier"), ("Hugo", "Vasseur")),
    "en": (("Emma", "Whitfield"), ("Oliver", "Hartley"), ("Grace", "Pembroke"), ("Jack", "Thornton")),
}
PLACES = {
    "fr": (
        ("rue des Tanneurs", "Lyon", "69003"),
        ("avenue du Prado", "Marseille", "13008"),
        ("quai Kléber", "Nantes", "44000"),
    ),
    "en": (("Castle View", "Bristol", "BS1 5JH"), ("Mill Lane", "Leeds", "LS1 4DY"), ("Abbey Road", "York", "YO1 7HH")),
}
ON_THE_WAY = ("shipped", "out_for_delivery", "delivered", "lost")
SENT = 490


@dataclass
class Person:
    """Somebody of a world. `secrets` are what nobody else may read of them."""

    id: UUID
    name: str
    secrets: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """What was made for one run: `known` is what scenarios name, `rows` the identifiers that expectations name."""

    people: list[Person] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    """Whose each order number is."""

    @property
    def writer(self) -> Person:
        return self.people[0]


class Numbers:
    """Numbers that no order has yet, of five digits, as the shop's are."""

    def __init__(self, taken: set[str], seed: int) -> None:
        self._taken, self._chance = taken, random.Random(seed)

    def next(self) -> str:
        while True:
            number = str(self._chance.randrange(21_000, 98_000))
            if number not in self._taken and not number.startswith(("69", "13", "44", "75")):
                self._taken.add(number)
                return number

    def below(self, most: int) -> int:
        """Any number from nought."""
        return self._chance.randrange(most)

    def phone(self, language: str) -> str:
        """A telephone number that nobody has, of those kept for stories (Arcep, Ofcom); beyond the demo's."""
        nth = next(_PHONES)
        if language == "fr":
            return f"+3363998{2000 + nth % 8000:04}"
        return f"{STORIES[nth // 1000 % len(STORIES)]}{nth % 1000:03}"


_PHONES = count(100)
STORIES = ("+447700900", "+441134960", "+441144960", "+441154960", "+441164960", "+441174960", "+441184960")


async def build(session: AsyncSession, scenario: Scenario, numbers: Numbers) -> World:
    """The world of a scenario. The caller commits."""
    world = World()
    for at, (name, has) in enumerate(scenario.before.items()):
        await _person(session, world, name, dict(has or {}), at, scenario, numbers)
    world.known |= {"wrong": numbers.next(), "rant": rant(scenario.language), "code": "no code"}
    return world


async def _person(
    session: AsyncSession, world: World, name: str, has: dict[str, Any], at: int, scenario: Scenario, numbers: Numbers
) -> None:
    language = has.get("language", scenario.language)
    first, last = PEOPLE[language][at % len(PEOPLE[language])]
    street, city, postcode = PLACES[language][at % len(PLACES[language])]
    tail = new_id().hex[-7:]
    email = f"{first}.{last}.{tail}@example.{'fr' if language == 'fr' else 'co.uk'}".lower().replace("è", "e")
    phone = numbers.phone(language)
    country = "FR" if language == "fr" else "GB"
    line1 = f"{numbers.below(900) + 100} {street}"
    made = Customer(id=new_id(), first_name=first, last_name=last, language=language, external_id=f"S-{tail}")
    session.add(made)
    await session.flush()
    for kind, value in (("email", email), ("phone", phone), ("external", f"S-{tail}")):
        session.add(Identity(id=new_id(), customer_id=made.id, kind=kind, value=value, is_primary=True))
    session.add(Address(id=new_id(), customer_id=made.id, line1=line1, city=city, postcode=postcode, country=country))
    await session.flush()
    person = Person(made.id, name, {"email": email, "phone": phone, "street": line1})
    world.people.append(person)
    world.rows[name] = made.id
    facts = {
        "email": email,
        "phone": phone,
        "postcode": postcode,
        "street": line1,
        "city": city,
        "name": f"{first} {last}",
    }
    number = phonenumbers.parse(phone)
    facts["phone.spoken"] = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    facts |= {"account": f"S-{tail}", "new_email": f"nouvelle.{tail}@example.net"}
    own = {f"{name}.{fact}": value for fact, value in facts.items()}
    world.known |= own if at else {**facts, **own}
    address = {"name": f"{first} {last}", "line1": line1, "city": city, "postcode": postcode, "country": country}
    for key, order in (has.get("orders") or {}).items():
        await _order(session, world, key, dict(order), person, address, numbers)
    await _besides(session, world, has, person)


async def _order(
    session: AsyncSession,
    world: World,
    key: str,
    told: dict[str, Any],
    person: Person,
    address: dict[str, str],
    numbers: Numbers,
) -> None:
    number, status = numbers.next(), told.get("status", "paid")
    placed = utc_now() - timedelta(days=told.get("days", 10), hours=2)
    lines = [await line(session, each) for each in told.get("lines", ["LMP"])]
    total = sum(each.quantity * each.unit_price_minor for each in lines) + SENT
    new = creating.NewOrder(
        number=number,
        customer_id=person.id,
        currency="EUR",
        total_minor=total,
        lines=lines,
        address=address,
        shipping_minor=SENT,
        placed_at=placed,
    )
    order = await creating.create(session, new, actor=SYSTEM)
    if status != "placed":
        await payments.pay(
            session,
            order.id,
            actor=SYSTEM,
            method="card",
            reference=f"card {number}",
            amount_minor=total,
            currency="EUR",
        )
    await _move(session, order, status, placed, told)
    await session.refresh(order, ["lines", "shipments"])
    if "due" in told and order.shipments:
        day = days.today() + timedelta(days=told["due"])
        order.shipments[0].expected_from = order.shipments[0].expected_to = day
        await session.flush()
    world.rows[key] = order.id
    world.rows |= {f"{key}.{at}": each.id for at, each in enumerate(order.lines)}
    world.known |= {key: number, f"{key}.total": total, f"{key}.goods": total - SENT}
    for at, each in enumerate(order.lines):
        world.known |= {f"{key}.{at}.price": each.unit_price_minor, f"{key}.{at}.name": each.names["fr"]}
        world.known[f"{key}.{at}.name_en"] = each.names["en"]
    world.numbers[number] = person.name
    if order.shipments and order.shipments[0].tracking_number:
        world.known[f"{key}.parcel"] = person.secrets[f"parcel {key}"] = order.shipments[0].tracking_number
    if "returned" in told:
        await _returned(session, world, key, order, told["returned"])
    if "case" in told:
        new_case = NewCase(type_key=told["case"]["type"], tags=[told["case"]["tag"]] if "tag" in told["case"] else ())
        opened = await opening.open_from_order(session, order, actor=SYSTEM, new=new_case)
        world.known["case"], world.rows["case"] = opened.number, opened.id


async def _move(session: AsyncSession, order: Order, status: str, placed: datetime, told: dict[str, Any]) -> None:
    """Takes an order that is paid to where it is to be."""
    if status in ON_THE_WAY:
        days = told.get("days", 10)
        left = placed + timedelta(days=min(1, days / 4))
        parcel = told.get("parcel")
        number = f"XS{random.Random(order.number).randrange(10**9):09}FR" if parcel is True else parcel
        await moving.ship(session, order.id, actor=SYSTEM, carrier="Colissimo", tracking_number=number, shipped_at=left)
        if status != "shipped":
            there = placed + timedelta(days=told.get("took", min(3, days / 2)))
            await tracking.report(session, order.shipments[0].id, actor=SYSTEM, code=status, at=there)
    elif status == "preparing":
        await moving.prepare(session, order.id, actor=SYSTEM)
    elif status == "cancelled":
        await moving.cancel(session, order.id, actor=SYSTEM, reason="changed_mind")


async def line(session: AsyncSession, written: str) -> creating.NewLine:
    """A line of an order: `MUG*2` is two pieces of the first version of the mug that can be had."""
    code, _, pieces = written.partition("*")
    query = select(Product).where(Product.external_id == code.split("-")[0]).options(selectinload(Product.variants))
    product = (await session.scalars(query)).one()
    versions = sorted(product.variants, key=lambda each: (not each.available, str(each.external_id)))
    found: Variant = next(each for each in versions if code in (product.external_id, each.external_id))
    return creating.NewLine(
        int(pieces or 1), found.price_minor, variant_id=found.id, names=product.names, options=found.options
    )


async def _returned(session: AsyncSession, world: World, key: str, order: Order, told: dict[str, Any]) -> None:
    places, reason = told.get("lines", [0]), told.get("reason", "changed_mind")
    lines = [returns.Wanted(order.lines[at].id, order.lines[at].quantity, reason) for at in places]
    made = await returns.request(session, order.id, actor=SYSTEM, lines=lines, kind=told.get("kind", "return"))
    world.rows[f"{key}.return"] = made.id
    world.known[f"{key}.return"] = made.reference
    steps = ("requested", "received", "inspected", "refunded")
    reached = steps.index(told.get("status", "requested"))
    if reached >= 1:
        await returns.receive(session, made.id, actor=SYSTEM)
    if reached >= 2:
        verdicts = [closing.Verdict(order.lines[at].id, order.lines[at].quantity) for at in places]
        await closing.inspect(session, made.id, actor=SYSTEM, verdicts=verdicts)
    if reached >= 3:
        await closing.pay_back(session, made.id, actor=SYSTEM)


async def _besides(session: AsyncSession, world: World, has: dict[str, Any], person: Person) -> None:
    if "card" in has:
        card, code = await gift_cards.issue(session, actor=SYSTEM, amount_minor=has["card"], currency="EUR")
        assert code is not None
        world.known |= {"card": code, "card.letters": card.last_letters}
    if "promo" in has:
        now = utc_now()
        code = f"MAISON{new_id().hex[-5:].upper()}"
        ends = now - timedelta(days=2) if has["promo"].get("over") else now + timedelta(days=20)
        session.add(
            PromoCode(
                id=new_id(),
                code=code,
                kind="percent",
                percent=has["promo"].get("percent", 1000),
                valid_from=now - timedelta(days=30),
                valid_to=ends,
            )
        )
        world.known["promo"] = code
    for purpose in has.get("agreed", ()):
        await decide(session, actor=SYSTEM, customer_id=person.id, purpose=purpose, given=True, how="form")
    if "case" in has:
        told = has["case"]
        new = NewCase(type_key=told["type"], subject=told.get("subject", "Sujet"), customer_id=person.id)
        opened = await cases.open_case(session, new, actor=SYSTEM)
        world.known["case"], world.rows["case"] = opened.number, opened.id
    await session.flush()
