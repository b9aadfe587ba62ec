"""Dates, amounts and numbers as each language speaks them."""

from datetime import date

import pytest

from actions.plain import plain
from actions.wording import day, minutes, people, span
from crm_backend.catalogue.money import money

SATURDAY = date(2025, 11, 22)


@pytest.mark.parametrize(
    ("when", "french", "english"),
    [
        (date(2025, 11, 25), "mardi 25 novembre", "on Tuesday 25 November"),
        (date(2025, 11, 22), "aujourd’hui", "today"),
        (date(2025, 11, 23), "demain", "tomorrow"),
        (date(2025, 11, 21), "hier", "yesterday"),
        (date(2025, 12, 1), "lundi 1er décembre", "on Monday 1 December"),
        (date(2024, 3, 12), "mardi 12 mars 2024", "on Tuesday 12 March 2024"),
    ],
)
def test_a_day_is_spoken(when: date, french: str, english: str) -> None:
    assert day(when, "fr", today=SATURDAY) == french
    assert day(when, "en", today=SATURDAY) == english


def test_a_span_of_days_is_spoken() -> None:
    tuesday, thursday, monday = date(2025, 11, 25), date(2025, 11, 27), date(2025, 12, 1)
    assert span(tuesday, thursday, "fr", today=SATURDAY) == "entre mardi 25 et jeudi 27 novembre"
    assert span(tuesday, thursday, "en", today=SATURDAY) == "between Tuesday 25 and Thursday 27 November"
    assert span(tuesday, monday, "fr", today=SATURDAY) == "entre mardi 25 novembre et lundi 1er décembre"
    assert span(tuesday, tuesday, "fr", today=SATURDAY) == "mardi 25 novembre"
    assert span(None, tuesday, "en", today=SATURDAY) == "on Tuesday 25 November"
    assert span(None, None, "en", today=SATURDAY) is None


def test_a_span_that_has_begun_starts_today() -> None:
    assert span(date(2025, 11, 20), date(2025, 11, 23), "fr", today=SATURDAY) == "aujourd’hui ou demain"
    assert span(date(2025, 11, 20), SATURDAY, "en", today=SATURDAY) == "today"


def test_amounts_follow_the_language() -> None:
    assert money(124990, "EUR", "fr") == "1\u202f249,90\u00a0€"
    assert money(124990, "GBP", "en") == "£1,249.90"
    assert money(1500, "JPY", "en").endswith("1,500")


def test_numbers_of_people_and_minutes() -> None:
    assert people(1, "fr") == "Une personne"
    assert people(2, "fr") == "Deux personnes"
    assert people(1, "en") == "One person"
    assert people(12, "en") == "12 people"
    assert minutes(4, "fr") == "environ 4\u00a0minutes"
    assert minutes(1, "en") == "about a minute"


def test_markdown_becomes_plain_text() -> None:
    written = "## Retours\n\nVous avez **30 jours**.\n\n* Étape [une](/fr/aide/x)\n* [Suivi](https://example.com/a)\n"
    assert plain(written) == "Retours\n\nVous avez 30 jours.\n\n• Étape une\n• Suivi (https://example.com/a)"
