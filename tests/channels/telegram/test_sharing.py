"""Places and contacts on their way to Telegram."""

from __future__ import annotations

from typing import Any

import pytest

from crm_backend.conversations.reading.vcards import file_name, vcard
from crm_backend.conversations.schema import ContactCard, Location
from tests.channels.telegram.conftest import World
from tests.channels.telegram.test_sending import to_marie
from tests.support.channels import CONTACT, PLACE

AT = {"latitude": 45.764, "longitude": 4.8357}
THERE = "45.76400, 4.83570"


@pytest.mark.parametrize(
    ("place", "method", "words"),
    [
        (PLACE, "sendVenue", {"title": "Maison Tilleul", "address": "12 rue Mercière, Lyon"}),
        (Location(**AT, name="La boutique"), "sendVenue", {"title": "La boutique", "address": THERE}),
        (Location(**AT, address="12 rue Mercière"), "sendVenue", {"title": "12 rue Mercière", "address": THERE}),
        (Location(**AT), "sendLocation", {}),
    ],
    ids=["named", "without address", "without name", "bare"],
)
async def test_a_place_is_a_pin_with_what_is_known_of_it(
    world: World, place: Location, method: str, words: dict[str, str]
) -> None:
    await world.channel.send(to_marie("", location=place, buttons=["J’y vais"]))
    pin, asked = world.api.sent()
    shown = {name: pin.parameters[name] for name in (*AT, *words)}
    assert (pin.method, {**shown, **AT}) == (method, {**AT, **words})
    assert "reply_markup" in asked.parameters and "reply_markup" not in pin.parameters


async def test_a_contact_with_a_telephone_is_one_to_save_and_another_is_words(world: World) -> None:
    written = ContactCard(name="Accueil", emails=["accueil@maison.example"])
    await world.channel.send(to_marie("Vos contacts :", contacts=[CONTACT, written]))
    contact, words = world.api.sent()
    given: dict[str, Any] = contact.parameters
    assert (given["phone_number"], given["first_name"]) == ("+33 4 72 00 00 00", "Camille Martin")
    assert "EMAIL:camille@maison.example" in given["vcard"]
    assert words.parameters["text"] == "Vos contacts :\n\nAccueil\naccueil@maison.example"


async def test_a_vcard_too_large_for_telegram_is_left_out(world: World) -> None:
    many = ContactCard(name="Camille", phones=["+33472000000"], emails=[f"{n}{'x' * 90}@a.example" for n in range(30)])
    await world.channel.send(to_marie("", contacts=[many]))
    assert "vcard" not in world.api.sent()[0].parameters


def test_a_vcard_folds_its_lines_and_escapes_what_would_end_them() -> None:
    card = vcard(ContactCard(name="Éloïse, dite; " + "é" * 60 + "\nEND:VCARD", phones=["1"]))
    lines = card.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert card.decode().replace("\r\n ", "").split("\r\n")[2] == "FN:Éloïse\\, dite\\; " + "é" * 60 + "\\nEND:VCARD"
    assert lines.count("END:VCARD") == 1
    assert file_name(ContactCard(name="../a/b")) == "a b.vcf" and file_name(ContactCard(name="//")) == "contact.vcf"
