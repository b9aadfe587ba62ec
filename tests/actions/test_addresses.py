"""An address in one line is read into its parts, or not at all."""

from __future__ import annotations

import pytest

from actions import addresses


@pytest.mark.parametrize(
    ("said", "country", "parts"),
    [
        ("12 rue des Lilas 69003 Lyon", "FR", ("12 rue des Lilas", "", "69003", "Lyon", "FR")),
        (
            "12 bis rue des Lilas, appt 4, 69 003 Lyon svp",
            "FR",
            ("12 bis rue des Lilas", "appt 4", "69003", "Lyon", "FR"),
        ),
        ("27 Castle View, Bristol BS1 5JH", "GB", ("27 Castle View", "", "BS1 5JH", "Bristol", "GB")),
        (
            "Flat 2, 27 Castle View, Bristol, BS1 5JH, UK",
            "FR",
            ("27 Castle View", "Flat 2", "BS1 5JH", "Bristol", "GB"),
        ),
        ("1 rue de la Gare\n1000 Bruxelles\nBelgique", "FR", ("1 rue de la Gare", "", "1000", "Bruxelles", "BE")),
    ],
)
def test_the_parts_are_told_apart(said: str, country: str, parts: tuple[str, ...]) -> None:
    assert addresses.read(said, country=country) == dict(
        zip(("line1", "line2", "postcode", "city", "country"), parts, strict=True)
    )


@pytest.mark.parametrize("end", ["!", " !", " …", " ?!", " 👍"])
def test_a_mark_at_the_end_is_no_town(end: str) -> None:
    found = addresses.read(f"14 Park Street, Bath, BA1 2AB{end}", country="GB")
    assert found is not None and (found["line1"], found["city"]) == ("14 Park Street", "Bath")


@pytest.mark.parametrize("said", ["", "chez le voisin", "69003 Lyon", "12 rue des Lilas, Lyon", ",,,", "x" * 9000])
def test_a_part_of_an_address_is_none(said: str) -> None:
    assert addresses.read(said, country="FR") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mettez plutôt 12 rue des Lilas 69003 Lyon", "12 rue des Lilas 69003 Lyon"),
        ("please send it to 27 Castle View, Bristol BS1 5JH", "27 Castle View, Bristol BS1 5JH"),
        ("livrez la commande 10234 chez mon voisin", None),
        ("jai demenagé envoyez la 10888 au 3 rue des Lilas 69002 Lyon", "3 rue des Lilas 69002 Lyon"),
    ],
)
def test_an_address_is_found_in_a_longer_message(text: str, found: str | None) -> None:
    assert addresses.spoken_of(text) == found


def test_a_postcode_that_proves_who_writes_is_no_part_of_the_street() -> None:
    said = "send it to 5 Wharf Road, London N1 7GR. The postcode on the order is BS1 5JH"
    assert addresses.spoken_of(said) == "5 Wharf Road, London N1 7GR"


@pytest.mark.parametrize(
    ("said", "sends"),
    [
        ("send 10888 to my office: 5 Wharf Road, London N1 7GR, my email is a@b.uk", True),
        ("livrez la 10888 à mon bureau : 12 rue Pasteur, 69007 Lyon", True),
        ("did you send it to 5 Wharf Road, London?", False), ("l'avez-vous livré au 12 rue Pasteur ?", False),
        ("where is order 10888? I live at 5 Wharf Road", False), ("send me the invoice of 10888", False),
    ],
)  # fmt: skip
def test_who_wants_it_sent_to_a_street_says_so(said: str, sends: bool) -> None:
    assert addresses.sends_to(said) == sends
