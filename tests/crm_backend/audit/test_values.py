"""What the audit log keeps of changed values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.audit import sealing, services
from crm_backend.audit.model import AuditEntry
from crm_backend.audit.values import PERSONAL, told
from crm_backend.database import new_id


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "paul@example.com"),
        ("first_name", "marie"),
        ("postcode", 75011),
        ("anything", "Marie Dubois"),
        ("anything", "+33612345678"),
        ("anything", "0612345678"),
        ("to", "paul@example.com"),
        ("anything", "appelle-moi"[::-1] + " !"),
        ("attributes", {"shoe_size": 38}),
        ("birthday", date(1980, 1, 2)),
        ("notes", ["a"]),
    ],
)
def test_of_a_persons_data_only_that_it_was_there_is_kept(name: str, value: object) -> None:
    assert told({name: value}) == {name: PERSONAL}
    assert told({name: None}) == {name: None}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("waiting_on_customer", "waiting_on_customer"),
        ("", ""),
        (True, True),
        (12, 12),
        (Decimal("12.50"), "12.50"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
        ("2026-01-02", "2026-01-02"),
        ({"b", "a"}, ["a", "b"]),
        ({"state": "open", "email": "x@y.z"}, {"state": "open", "email": PERSONAL}),
        ([{"sku": "a-1", "name": "Marie"}], [{"sku": "a-1", "name": PERSONAL}]),
        (float("nan"), "nan"),
    ],
)
def test_codes_numbers_and_dates_are_kept(value: object, kept: object) -> None:
    assert told({"field": value}) == {"field": kept}


def test_the_companys_own_texts_are_kept_where_the_caller_says_so() -> None:
    assert told({"name": {"fr": "Équipe Remboursements"}}, plain=["name"]) == {"name": {"fr": "Équipe Remboursements"}}


async def test_only_what_changed_is_recorded(crm: AsyncSession) -> None:
    customer = new_id()
    before = {"language": "fr", "email": "a@example.com", "vip": False}
    after = {"language": "fr", "email": "b@example.com", "vip": True}
    services.record(crm, actor=SYSTEM, action="changed", subject=("customer", customer), old=before, new=after)
    await crm.flush()
    entry = (await crm.scalars(select(AuditEntry))).one()
    assert (entry.old, entry.new) == ({"email": PERSONAL, "vip": False}, {"email": PERSONAL, "vip": True})


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3) | st.tuples(inner),
    max_leaves=8,
)


async def test_whatever_is_given_can_be_stored_and_sealed(crm: AsyncSession) -> None:
    found: list[Any] = []

    @settings(max_examples=40, deadline=None, database=None)
    @given(value=_ANY, name=st.text(max_size=20))
    def collect(value: object, name: str) -> None:
        found.append((name, value))

    collect()
    for name, value in found:
        services.record(crm, actor=SYSTEM, action="x", subject=("y", 1), new={name: value}, plain=[name], told=value)
        services.record(crm, actor=SYSTEM, action="x", subject=("y", 1), old={name: value})
    await crm.flush()
    await sealing.seal(crm)
    assert (await sealing.verify(crm)).whole


def test_a_long_text_is_cut() -> None:
    assert len(told({"state": "x" * 9_000}, plain=["state"])["state"]) == 500
