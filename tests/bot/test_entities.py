"""What is found in a message, in one way of writing."""

from datetime import date

import pytest

from bot.entities import beside, entities, told
from bot.fact import Context, Fact
from bot.products import SHELVES, Named, Shelf
from bot.written import facts

SUNDAY = date(2026, 11, 22)
FRENCH, ENGLISH = Context(today=SUNDAY, language="fr"), Context(today=SUNDAY, language="en")


def found(text: str, kind: str, context: Context = FRENCH) -> list[str]:
    return [fact.value for fact in entities(text, context, named=False) if fact.name == kind]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("la semaine dernière", "2026-11-09/2026-11-15"), ("next Friday", "2026-11-27"), ("vendredi", "2026-11-27"),
        ("vendredi dernier", "2026-11-20"), ("last Friday", "2026-11-20"), ("avant-hier", "2026-11-20"),
        ("dans deux jours", "2026-11-24"), ("tomorrow morning", "2026-11-23"), ("aujourd’hui", "2026-11-22"),
        ("il y a 3 semaines", "2026-11-01"), ("3 days ago", "2026-11-19"), ("a week ago", "2026-11-15"),
        ("le 27/11", "2026-11-27"), ("le 3/12/2026", "2026-12-03"), ("2026-12-01", "2026-12-01"),
        ("March 3rd", "2027-03-03"), ("the 3rd of December", "2026-12-03"), ("1er décembre", "2026-12-01"),
        ("le 1er septembre", "2026-09-01"), ("du 3 au 5 décembre", "2026-12-03/2026-12-05"), ("ce week-end",
        "2026-11-21/2026-11-22"),
        ("next week", "2026-11-23/2026-11-29"), ("le mois prochain", "2026-12-01/2026-12-31"), ("fin novembre",
        "2026-11-21/2026-11-30"),
        ("before Christmas", "2026-12-25"), ("l'année dernière", "2025-01-01/2025-12-31"), ("29 février 2028",
        "2028-02-29"),
        ("lundi 30", "2026-11-30"), ("Monday the 30th", "2026-11-30"), ("lundi 23 h", "2026-11-23"),
        ("le premier décembre", "2026-12-01"), ("entre lundi et mercredi", "2026-11-23/2026-11-25"),
        ("from Friday to Monday", "2026-11-27/2026-11-30"), ("mardi 2 colis", "2026-11-24"),
        ("boxing day", "2026-12-26"), ("le lendemain de Noël", "2026-12-26"), ("la veille de noel", "2026-12-24"),
        ("New Year's Eve", "2026-12-31"), ("le jour de l'an", "2027-01-01"), ("Easter Monday", "2026-04-06"),
        ("la fête nationale", "2026-07-14"), ("le 14 juillet", "2026-07-14"),
    ],
)  # fmt: skip
def test_days_are_resolved_against_the_day_of_the_message(text: str, days: str) -> None:
    assert found(text, "date") == [days]


@pytest.mark.parametrize(
    "text",
    [
        "30 février",
        "31/11",
        "99/99",
        "mon colis",
        "il se peut que",
        "you may call",
        "version 12.50",
        "https://x.fr/2026-11-03",
    ],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert found(text, "date") == []


def test_a_day_says_whether_it_is_a_limit() -> None:
    (fact,) = [fact for fact in entities("il me le faut avant vendredi", FRENCH, named=False) if fact.name == "date"]
    assert told(fact) == {
        "entity": "date", "value": "2026-11-27", "raw": "vendredi", "start": 20, "end": 28,
        "from": "2026-11-27", "to": "2026-11-27", "relation": "before",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("entre 14 h et 16 h", "14:00/16:00"), ("after 5pm", "17:00/"), ("demain matin", "08:00/12:00"),
        ("vers 15h", "15:00"),
        ("between 2 and 4pm", "14:00/16:00"), ("à partir de 17h30", "17:30/"), ("before noon", "/12:00"),
        ("at 9:30", "09:30"), ("around 3", "15:00"), ("tomorrow around 10", "10:00"), ("vers 15", "15:00"),
        ("vers trois heures et demie", "15:30"), ("at half past three", "15:30"), ("quarter to four", "15:45"),
        ("8h du soir", "20:00"), ("call me between 2 and 4", "14:00/16:00"), ("rappelez-moi après 17", "17:00/"),
    ],
)  # fmt: skip
def test_times_and_slots(text: str, slot: str) -> None:
    assert found(text, "time") == [slot]


@pytest.mark.parametrize("text", ["ça fait 2h que j'attends", "10 to 12", "a size 10", "14",
    "around 3 lamps", "about 3 weeks", "order 3 from 5", "deux heures de retard", "size about 10"])  # fmt: skip
def test_how_long_and_how_many_are_no_time_of_day(text: str) -> None:
    assert found(text, "time") == []


@pytest.mark.parametrize(
    ("text", "sum_"),
    [
        ("129,90 €", "129.90 EUR"), ("£20", "20.00 GBP"), ("1 299 euros", "1299.00 EUR"), ("12€50", "12.50 EUR"),
        ("€1,299.00", "1299.00 EUR"), ("1.299,00 €", "1299.00 EUR"), ("20 quid", "20.00 GBP"),
    ],
)  # fmt: skip
def test_sums_of_money(text: str, sum_: str) -> None:
    assert found(text, "amount") == [sum_]


@pytest.mark.parametrize(
    ("text", "number", "context"),
    [
        ("06 12 34 56 78", "+33612345678", FRENCH), ("07911 123456", "+447911123456", ENGLISH),
        ("+33 (0)6 12 34 56 78", "+33612345678", ENGLISH),
    ],
)  # fmt: skip
def test_telephone_numbers_come_to_one_way_of_writing(text: str, number: str, context: Context) -> None:
    assert found(text, "phone", context) == [number]


def test_a_telephone_number_nobody_can_have_says_so() -> None:
    (fact,) = entities("00 99 99 99 99", FRENCH, named=False)
    assert fact.more == {"valid": False}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("6A12345678901", "tracking_number", "6A12345678901"), ("XS 123 456 789 FR", "tracking_number",
        "XS123456789FR"),
        ("H00ABC1234567890", "tracking_number", "H00ABC1234567890"), ("suivi 1551 2345 678 901", "tracking_number",
        "15512345678901"),
        ("mon dossier c2026 000123", "case_number", "C-2026-000123"),
        ("la deuxième", "choice", "2"), ("number 2", "choice", "2"), ("the last one", "choice", "-1"),
        ("non, l'autre", "choice", "other"),
        ("4/5, très bien", "score", "4/5"), ("3 stars", "score", "3/5"), ("deux chaises", "quantity", "2"), ("dix",
        "number", "10"),
    ],
)  # fmt: skip
def test_numbers_of_parcels_cases_and_places_in_a_list(text: str, kind: str, value: str) -> None:
    assert found(text, kind) == [value]


@pytest.mark.parametrize("text", ["4111 1111 1111 1111", "ma carte 4111111111111111"])
def test_a_bank_card_is_no_fact(text: str) -> None:
    assert not any("4111" in fact.value for fact in entities(text, FRENCH, named=False))


@pytest.mark.parametrize("text", ["le premier colis était cassé", "ma dernière commande", "il y a 3 jours"])
def test_a_story_is_no_place_in_a_list_and_no_quantity(text: str) -> None:
    assert found(text, "choice") == [] and found(text, "quantity") == []


SHELF = Shelf(
    [
        Named("1", {"fr": "Housse de couette Aubrac", "en": "Aubrac duvet cover"}),
        Named("2", {"fr": "Drap-housse Aubrac", "en": "Aubrac fitted sheet"}),
        Named("3", {"fr": "Lampe de table Orée", "en": "Orée table lamp"}),
        Named("4", {"fr": "Lampadaire Clairière", "en": "Clairière floor lamp"}),
    ]
)


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("vous avez encore la lampe Orée ?", "3"), ("le lampader clairiere", "4"), ("ma housse de couete aubrac", "1"),
        ("is the clairiere floor lamp in stock", "4"), ("où est mon colis", None), ("je veux une lampe", None),
    ],
)  # fmt: skip
def test_products_are_found_with_typing_errors(text: str, product: str | None) -> None:
    assert [fact.more["id"] for fact in SHELF.find(text, "fr")] == ([product] if product else [])


def test_a_version_of_the_catalogue_that_is_not_known_has_no_products() -> None:
    assert SHELVES.find("never seen", "la lampe Orée", "fr") == []
    SHELVES.put("odd", [{"id": 1}, "x", {"id": "3", "names": {"fr": "Lampe Orée"}}])
    assert [fact.value for fact in SHELVES.find("odd", "la lampe oree", "fr")] == ["Lampe Orée"]


def test_what_lies_on_a_fact_is_left_out() -> None:
    first, second = Fact("a", "x", "x", 0, 5), Fact("b", "y", "y", 4, 8)
    assert beside([second], [first]) == []


@pytest.mark.parametrize("text", ["pas avant vendredi", "not before Friday", "à partir de vendredi"])
def test_not_before_a_day_is_from_that_day_on(text: str) -> None:
    (fact,) = [fact for fact in entities(text, FRENCH, named=False) if fact.name == "date"]
    assert (fact.value, fact.more["relation"]) == ("2026-11-27", "after")


@pytest.mark.parametrize(
    ("text", "orders", "postcodes"),
    [
        ("annuler 10888 et la facture de 10771, marie@example.fr 69003", ["10888", "10771"], ["69003"]),
        ("envoyez la 10888 au 3 rue des Lilas 69007 Lyon, marie@example.fr 69003", ["10888"], ["69007", "69003"]),
        ("cancel 10885 and the invoice of 10764, emma@example.com BS1 5JH", ["10885", "10764"], ["BS1 5JH"]),
        ("je suis au 69003, commande 10860", ["10860"], ["69003"]),
        ("change the delivery address of 10885, emma@example.com", ["10885"], []),
        ("change the delivery address for 36835", ["36835"], []),
        ("cancel 10885 and when will 10852 get here, emma@example.com BS1 5JH", ["10885", "10852"], ["BS1 5JH"]),
        ("changez l'adresse de 10888", ["10888"], []), ("mon adresse est à Lyon 69003", [], ["69003"]),
    ],
)  # fmt: skip
def test_which_figures_are_an_order_and_which_a_postcode(text: str, orders: list[str], postcodes: list[str]) -> None:
    assert found(text, "order_number") == orders
    assert found(text, "postcode") == postcodes


@pytest.mark.parametrize(
    ("text", "asked", "orders", "postcodes"),
    [
        ("10860", "email", ["10860"], []), ("marie@example.fr 69003", "email", [], ["69003"]),
        ("69003", "correction", [], ["69003"]), ("10850", "correction", ["10850"], []),
        ("pardon, c'est 10860", "correction", ["10860"], []), ("69003", "postcode", [], ["69003"]),
    ],
)  # fmt: skip
def test_a_number_alone_is_what_was_asked_for_or_corrects_what_is_known(
    text: str, asked: str, orders: list[str], postcodes: list[str]
) -> None:
    context = Context(
        asked=asked,
        known={"order_number": "10859", "postcode": "75011"} if asked == "correction" else {"order_number": "99999"},
    )
    read = facts(text, context)
    assert [fact.value for fact in read if fact.name == "order_number"] == orders
    assert [fact.value for fact in read if fact.name == "postcode"] == postcodes


def test_the_last_one_is_the_last_order_where_an_order_is_asked_for() -> None:
    asked = Context(asked="order_number", today=SUNDAY)
    for text in ("last one", "la dernière"):
        assert [fact.name for fact in facts(text, asked)] == ["last_order"]
        assert [fact.name for fact in facts(text)] == ["choice"]
