"""What is known of a few of the demo company's customers: tags, notes, consents, a household, a company, own fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from crm_backend.customers.records import (
    AttributeDefinition,
    AttributeValue,
    ConsentEvent,
    CustomerTag,
    Group,
    Member,
    Note,
    Tag,
)
from crm_backend.database import Base
from server.demo import people
from server.demo.chance import Chance, morning

Rows = Sequence[dict[str, Any]]
SYSTEM = "system"
TAGS = ("Fidèle", "Professionnel", "VIP")
NOTES = (
    (0, "Préfère être appelée après 18\u00a0h. Habite au troisième étage sans ascenseur.", True),
    (0, "A demandé si la vaisselle Terroir passe au four\u00a0: oui, jusqu’à 180\u00a0°C.", False),
    (1, "Moving to Bath next spring; will tell us the new address.", False),
)


def dossiers(members: Sequence[people.Member], joined: dict[UUID, datetime], today: date) -> dict[type[Base], Rows]:
    """Rows by table, in the order they can be stored; all told of happened after the customer joined."""
    chance, now = Chance("dossiers"), morning(today)
    since = {member.id: joined[member.id] for member in members}

    def made(at: datetime) -> dict[str, Any]:
        return {"id": chance.identifier(at), "created_at": at}

    ids = [member.id for member in members]
    tags = [{**made(now), "name": name, "key": name.casefold()} for name in TAGS]
    tagged = [(ids[0], 2), (ids[0], 0), (ids[1], 0), *((each, chance.randrange(2)) for each in ids[10:40:3])]
    home = {**made(now), "kind": "household", "name": "Dupont", "demo": True}
    firm = {**made(now), "kind": "company", "name": "Hôtel des Tilleuls", "demo": True}
    card, garden = _fields(made(now), made(now))
    return {
        Tag: tags,
        CustomerTag: [
            {"customer_id": one, "tag_id": tags[tag]["id"], "actor": SYSTEM, "at": since[one]} for one, tag in tagged
        ],
        Note: [
            {
                **made(now - timedelta(days=9 - at)), "customer_id": ids[who], "author": SYSTEM, "text": told,
                "pinned": top,
            }
            for at, (who, told, top) in enumerate(NOTES)
        ],
        ConsentEvent: [
            {
                **made(since[one] + timedelta(minutes=1)), "at": since[one] + timedelta(minutes=1), "customer_id": one,
                "purpose": purpose, "given": chance.random() < 0.7, "how": "form", "actor": "customer",
            }
            for one in ids[:2] + ids[20:120:4]
            for purpose in ("marketing", "surveys")
        ],
        Group: [{"external_id": None, **home}, {"external_id": "PRO-7", **firm}],
        Member: [
            {"group_id": home["id"], "customer_id": ids[0], "role": "head", "since": now},
            {"group_id": firm["id"], "customer_id": ids[0], "role": "buyer", "since": now},
            {"group_id": firm["id"], "customer_id": ids[5], "role": "billing", "since": now},
        ],
        AttributeDefinition: [card, garden],
        AttributeValue: [
            {"customer_id": ids[0], "definition_id": card["id"], "value": "T-000117", "unique_key": "t-000117"},
            {"customer_id": ids[1], "definition_id": card["id"], "value": "T-000352", "unique_key": "t-000352"},
            {"customer_id": ids[0], "definition_id": garden["id"], "value": "balcony", "unique_key": None},
        ],
    }  # fmt: skip


def _fields(card: dict[str, Any], garden: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    places = (("none", "Aucun", "None"), ("balcony", "Balcon", "Balcony"), ("garden", "Jardin", "Garden"))
    choices = [{"value": value, "labels": {"fr": fr, "en": en}} for value, fr, en in places]
    plain = {"required": False, "is_unique": False, "choices": [], "limits": {}}
    return (
        {
            **card, **plain, "key": "loyalty_card", "kind": "text", "is_unique": True, "position": 1,
            "labels": {"fr": "Carte de fidélité", "en": "Loyalty card"}, "limits": {"longest": 20},
        },
        {
            **garden, **plain, "key": "outside", "kind": "choice", "choices": choices, "position": 2,
            "labels": {"fr": "Extérieur", "en": "Outside space"},
        },
    )  # fmt: skip
