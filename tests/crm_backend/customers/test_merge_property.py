"""Merging two customers and undoing it gives back the same database, whatever they have and whoever else there is."""

from __future__ import annotations

import json
from collections import defaultdict
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

import crm_backend.model  # noqa: F401
from crm_backend.access.actor import SYSTEM
from crm_backend.customers import merging, undoing
from crm_backend.customers.folding import references
from crm_backend.customers.model import Customer
from crm_backend.database import Base
from tests.crm_backend.customers.filling import Filling

APART = {"audit_log", "merges", "merge_steps", "changed_customers", "events", "event_counters", "event_queue"} | {
    "portal_visits"
}
"""What tells of merges, whose value is worked out anew, and what others are told: all grow with each, undone or not.
Visits end with a merge, and undoing it signs nobody in."""
COUNTED = "version"
"""Counts changes, and a merge and its undoing are two: who read a customer between must not take them for unchanged."""
PEOPLE = 3
ELSEWHERE = {
    # Whose value is to be worked out anew: of who is gone there is none.
    ("changed_customers", "customer_id"),
    # Who was erased is nobody any more, and cannot be merged.
    ("erasures", "customer_id"),
}


async def dump(session: AsyncSession) -> dict[str, list[str]]:
    """Every row of every table as PostgreSQL writes it."""
    each = (
        f"select '{table.name}' as name, to_jsonb(t) - '{COUNTED}' as row from {table.name} t"
        for table in Base.metadata.sorted_tables
        if table.name not in APART
    )
    found: dict[str, list[str]] = defaultdict(list)
    for name, row in await session.execute(text(" union all ".join(each))):
        found[name].append(json.dumps(row, sort_keys=True))
    return {name: sorted(rows) for name, rows in found.items()}


async def fill(session: AsyncSession, chance: Random) -> list[Any]:
    """A few customers, with some rows in every table that refers to them, and some that are alike."""
    made = Filling(session, chance)
    table: Any = Customer.__table__
    people = [(await made.row(table, demo=False))["id"] for _ in range(PEOPLE)]
    for reference in references(table):
        for person in people:
            for _ in range(chance.randint(0, 2) if _plain(reference.table.name) else 0):
                parents = {name: list(rows) for name, rows in made.parents.items()}
                async with session.begin_nested() as tried:
                    try:
                        await made.row(reference.table, **{reference.column: person})
                    except Exception as error:
                        # Said twice of the same customer: one of them is enough.
                        if "duplicate key" not in str(error):
                            raise
                        await tried.rollback()
                        made.parents = parents
    await alike(session, made, people)
    return people


def _plain(table: str) -> bool:
    return table not in {"duplicate_pairs", "merges"}


async def alike(session: AsyncSession, made: Filling, people: list[Any]) -> None:
    """What two of them both have; pairs that may be one; conversations with another's account in them."""
    tables = Base.metadata.tables
    chance = made.chance
    for kind, value in (("email", "same@example.org"), ("phone", "+33639980123")):
        for person in people:
            if chance.random() < 0.6:
                known = {"kind": kind, "value": value, "customer_id": person}
                await made.row(tables["identities"], **known)
        if chance.random() < 0.5:
            await made.row(tables["identities"], kind=kind, value=value, customer_id=None)
    low, high = sorted(chance.sample(people, 2))
    dismissed = {} if chance.random() < 0.5 else {"dismissed_at": None, "dismissed_by": None}
    await made.row(tables["duplicate_pairs"], low_id=low, high_id=high, score=50, **dismissed)
    rows = await session.scalars(text("select id from identities order by id"))
    identities = list(rows)
    for conversation in list(await session.scalars(text("select id from conversations order by id"))):
        if chance.random() < 0.7:
            await session.execute(
                text("update conversations set identity_id = :identity where id = :id"),
                {"id": conversation, "identity": chance.choice(identities)},
            )


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
    # A smaller seed is no simpler database.
    phases=[Phase.generate],
)
@given(seed=st.integers(0, 2**32), both=st.permutations(range(PEOPLE)), chains=st.booleans())
async def test_merge_then_undo_gives_back_the_same_database(
    crm: AsyncSession, seed: int, both: list[int], chains: bool
) -> None:
    async with crm.begin_nested() as example:
        people = await fill(crm, Random(seed))
        kept, gone, third = (people[index] for index in both[:3])
        before = await dump(crm)
        first = await merging.merge(crm, actor=SYSTEM, kept_id=kept, gone_id=gone)
        one = first.id
        for reference in references(Customer.__table__):  # type: ignore[arg-type]
            left = f"select count(*) from {reference.table.name} where {reference.column} = :gone"
            assert await crm.scalar(text(left), {"gone": gone}) == 0, reference
        if chains:
            between = await dump(crm)
            second = await merging.merge(crm, actor=SYSTEM, kept_id=third, gone_id=kept)
            await undoing.undo(crm, actor=SYSTEM, merge_id=second.id)
            assert await dump(crm) == between
        undone = await undoing.undo(crm, actor=SYSTEM, merge_id=one)
        assert undone.outcome == {"changed_since": {}, "added_since": {}, "begun_since": 0}
        assert await dump(crm) == before
        await example.rollback()


def test_every_table_that_speaks_of_customers_says_so_by_a_foreign_key() -> None:
    known = {(each.table.name, each.column) for each in references(Customer.__table__)}  # type: ignore[arg-type]
    speaking = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "customer" in column.name and column.name.endswith("_id")
    }
    assert speaking - ELSEWHERE <= known, "merging would leave these behind"


@pytest.mark.parametrize("table", [each.table.name for each in references(Customer.__table__)])  # type: ignore[arg-type]
def test_what_refers_to_customers_has_one_column_as_key_or_is_referred_to_by_nobody(table: str) -> None:
    found = Base.metadata.tables[table]
    assert len(found.primary_key.columns) == 1 or not references(found)
