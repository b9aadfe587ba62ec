"""Customers and agents of the demo company.

Nobody can be reached by accident: mail domains are those of RFC 2606, telephones in the ranges that ARCEP and Ofcom
keep for fiction.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from faker import Faker

from server.demo.chance import SEED, Chance, beginning
from server.demo.showcase import EMMA, MARIE, Person

Row = dict[str, Any]
CUSTOMERS = 300
FRENCH = 180

TOWNS = {
    "FR": (
        ("Paris", "75011"), ("Paris", "75018"), ("Lyon", "69003"), ("Lyon", "69007"), ("Marseille", "13006"),
        ("Toulouse", "31000"), ("Nantes", "44000"), ("Bordeaux", "33000"), ("Lille", "59800"), ("Rennes", "35000"),
        ("Strasbourg", "67000"), ("Montpellier", "34000"), ("Grenoble", "38000"), ("Dijon", "21000"),
        ("Angers", "49100"), ("Annecy", "74000"), ("Tours", "37000"), ("Clermont-Ferrand", "63000"),
        ("La Rochelle", "17000"), ("Bayonne", "64100"),
    ),
    "GB": (
        ("London", "N1 9GU"), ("London", "SE15 4QN"), ("London", "E8 3RL"), ("Bristol", "BS6 5QA"),
        ("Manchester", "M20 2LN"), ("Leeds", "LS6 3HN"), ("Edinburgh", "EH6 5JT"), ("Glasgow", "G12 8QW"),
        ("Cardiff", "CF11 9LJ"), ("Belfast", "BT9 6AF"), ("Brighton", "BN2 3HQ"), ("Oxford", "OX4 1HR"),
        ("Cambridge", "CB1 3NA"), ("York", "YO10 4DU"), ("Norwich", "NR2 3PB"),
    ),
}  # fmt: skip

STREETS = {
    "FR": (
        "rue des Lilas", "rue de la République", "avenue Jean-Jaurès", "rue Victor-Hugo", "rue des Écoles",
        "boulevard Gambetta", "rue du Moulin", "place de l'Église", "rue Pasteur", "allée des Tilleuls", "rue du Port",
        "quai de la Fontaine", "rue George-Sand", "impasse des Vignes", "cours Lafayette", "chemin du Lavoir",
    ),
    "GB": (
        "Mill Lane", "Station Road", "Church Street", "Victoria Road", "Park Avenue", "Queen Street", "Albert Terrace",
        "Chapel Row", "Orchard Close", "Bridge Street", "Windsor Gardens", "The Green", "Harbour View", "Elm Grove",
        "Kingsley Road", "Castle Hill",
    ),
}  # fmt: skip

AGENTS = (
    ("claire@maison-tilleul.example", "Claire Martin", "agent", "fr"),
    ("thomas@maison-tilleul.example", "Thomas Bernard", "agent", "fr"),
    ("emma@maison-tilleul.example", "Emma Wilson", "agent", "en"),
    ("sophie@maison-tilleul.example", "Sophie Laurent", "supervisor", "fr"),
)


@dataclass(frozen=True)
class Member:
    """A customer with the identifier of their row."""

    id: UUID
    person: Person


def members(today: date) -> list[Member]:
    """The showcase first, then the others, French and British mixed."""
    chance = Chance("people")
    fakers = {"FR": Faker("fr_FR"), "GB": Faker("en_GB")}
    for faker in fakers.values():
        faker.seed_instance(SEED)
    countries = ["FR"] * (FRENCH - 1) + ["GB"] * (CUSTOMERS - FRENCH - 1)
    chance.shuffle(countries)
    people = [MARIE, EMMA]
    taken = {person.email for person in people}
    for index, country in enumerate(countries):
        person = _person(country, index, fakers[country], chance, taken)
        taken.add(person.email)
        people.append(person)
    return [Member(chance.identifier(beginning(today)), person) for person in people]


def _person(country: str, index: int, faker: Faker, chance: Chance, taken: set[str]) -> Person:
    first, last = faker.first_name(), faker.last_name()
    name = f"{_plain(first)}.{_plain(last)}"
    domain = chance.choice(("example.fr", "example.com") if country == "FR" else ("example.co.uk", "example.com"))
    email = f"{name}@{domain}" if f"{name}@{domain}" not in taken else f"{name}{index}@{domain}"
    city, postcode = chance.choice(TOWNS[country])
    line1 = f"{chance.randrange(1, 130)} {chance.choice(STREETS[country])}"
    if country == "FR":
        phone = f"+336399{80100 + index}"
        return Person(first, last, email, phone, "fr", line1, city, postcode, "FR")
    return Person(first, last, email, f"+447700900{100 + index * 3 % 900:03d}", "en", line1, city, postcode, "GB")


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())


def people_rows(found: list[Member], joined: dict[UUID, Any]) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of customers, identities and addresses; `joined` says when each became a customer."""
    chance = Chance("people rows")
    customers, identities, addresses = [], [], []
    for member in found:
        person, at = member.person, joined[member.id]
        made: Row = {"customer_id": member.id, "created_at": at}
        customers.append({
            "id": member.id, "created_at": at, "updated_at": at, "demo": True, "external_id": None,
            "first_name": person.first_name, "last_name": person.last_name, "language": person.language,
        })  # fmt: skip
        for kind, value in (("email", person.email), ("phone", person.phone)):
            identities.append({**made, "id": chance.identifier(at), "kind": kind, "value": value, "proof": "none"})
        addresses.append({
            **made, "id": chance.identifier(at), "line1": person.line1, "city": person.city,
            "postcode": person.postcode, "country": person.country, "is_default": True,
        })  # fmt: skip
    return customers, identities, addresses


def agent_rows(today: date, password_hash: str) -> list[Row]:
    """Rows of the four people who answer; all have the same password."""
    chance, at = Chance("agents"), beginning(today)
    return [
        {
            "id": chance.identifier(at), "created_at": at, "email": email, "name": name, "role": role,
            "language": language, "password_hash": password_hash, "presence": "available", "active": True, "demo": True,
        }
        for email, name, role, language in AGENTS
    ]  # fmt: skip
