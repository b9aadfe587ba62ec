"""Cells into values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_backend.importing.phones import normalised
from crm_backend.importing.report import BadValue, hinted, shown
from crm_backend.importing.values import Format, amount, day, email, instant, to_minor


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1249.90", ".", "1249.90"),
        ("1,249.90", ".", "1249.90"),
        ("1 249,90 €", ",", "1249.90"),
        ("1\u202f249,90", ",", "1249.90"),
        ("£3", ".", "3"),
        ("0.0", ".", "0.0"),
    ],
)
def test_amounts_are_read_as_they_are_written(text, decimal, value):
    assert amount(text, decimal=decimal) == Decimal(value)


@pytest.mark.parametrize(
    ("value", "currency", "minor"), [("12.5", "EUR", 1250), ("12", "JPY", 12), ("1.234", "KWD", 1234)]
)
def test_minor_units_follow_the_currency(value, currency, minor):
    assert to_minor(Decimal(value), currency) == minor


def test_noise_of_binary_fractions_is_forgiven():
    assert to_minor(Decimal("1380.7900000000002"), "USD") == 138079


@given(st.integers(min_value=0, max_value=10**12))
def test_minor_units_come_back(cents):
    assert to_minor(amount(f"{cents // 100:,}.{cents % 100:02d}"), "EUR") == cents


def test_time_without_zone_is_read_in_the_zone_of_the_mapping():
    form = Format(dates=("%d/%m/%Y %H:%M", "%d/%m/%Y"), zone=ZoneInfo("Europe/Paris"))
    assert instant("24/07/2025 09:30", form) == datetime(2025, 7, 24, 7, 30, tzinfo=UTC)
    assert day("24/07/2025", form) == date(2025, 7, 24)
    assert instant("2025-07-24T09:30+02:00", Format()) == datetime(2025, 7, 24, 7, 30, tzinfo=UTC)
    with pytest.raises(BadValue, match="not a date written as %d/%m/%Y %H:%M or %d/%m/%Y"):
        instant("31/02/2025", form)


@pytest.mark.parametrize("text", ["a", "a@b", "a b@c.fr", "@c.fr", "a@@c.fr", "a@c..fr", "a@c.fr, b@c.fr", "a@.fr"])
def test_what_is_no_email_is_refused(text):
    with pytest.raises(BadValue):
        email(text)


def test_email_is_normalised():
    assert email(" MailTo:Zoe.L@Example.FR ") == "zoe.l@example.fr"


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("06 39 98 11 22", "FR", "+33639981122"),
        ("+33 (0)6 39 98 11 22", "", "+33639981122"),
        ("0044 7700 900123", "FR", "+447700900123"),
        ("07700 900123", "GB", "+447700900123"),
        ("(555) 010-0199", "US", "(555) 010-0199"),
        ("(303) 555-0199", "US", "+13035550199"),
        ("06 39 98 11 22", "", "06 39 98 11 22"),
        (" after six ", "FR", "after six"),
    ],
)
def test_telephones(text, country, number):
    assert normalised(text, country=country) == number


@given(st.emails())
def test_hint_never_holds_the_name_before_the_at(address):
    name = address.split("@")[0]
    assert len(name) < 2 or name not in hinted(address).split("@")[0]
    assert len(name) < 2 or not shown(address).startswith(name + "@")
