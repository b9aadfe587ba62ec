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

from datetime import timedelta
from typing import Any

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.cases import services as cases
from crm_backend.cases.schema import NewCase
from crm_backend.customers.consenting import decide
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.gift_cards import services as gift_cards
from crm_backend.promo_codes.model import PromoCode
from tests.support.scenarios import ordered
from tests.support.scenarios.made import Numbers, Person, World
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
        await ordered.add(session, world, key, dict(order), person, address, numbers)
    await _besides(session, world, has, person)


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
