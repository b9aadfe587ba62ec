"""Rows for any table, made from what the table says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from pgvector.sqlalchemy import Vector
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    Numeric,
    Table,
    Time,
    Uuid,
    insert,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import new_id

KNOWN: dict[str, Any] = {
    "currency": "EUR",
    "conversations.owner": ["bot", "nobody", "queue:support"],
    "identities.kind": ["email", "phone", "telegram", "whatsapp"],
    "attribute_definitions.is_unique": False,
    "contact_preferences.hours_from": None,
    "contact_preferences.hours_until": None,
    "promo_codes.kind": "amount",
    "promo_codes.percent": None,
    "booking_schedules.kind": "appointment",
    "booking_schedules.window_minutes": 30,
    "portal_visits.way": "code",
    "proof_codes.turn_id": None,
    "proof_codes.message_id": None,
}
"""Values for columns of one table, or of all, whose checks say more than `column in (…)`. A table that cannot be filled
needs a line here."""
NEEDED = {"booking_schedules.shop_id", "portal_visits.identity_id"}
"""Other rows that may be missing by their column, and may not by a check."""
_AMONG = re.compile(r"\b(\w+) in \(([^)]*)\)")
TRIES = 40
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class Filling:
    """Makes rows on a session, from one source of chance."""

    session: AsyncSession
    chance: Random
    parents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    async def row(self, table: Table, **given: Any) -> dict[str, Any]:
        """One row of the table, with what it needs of others; what is given is taken as it is."""
        for tries in count(1):
            values = await self._values(table, given)
            try:
                async with self.session.begin_nested():
                    await self.session.execute(insert(table).values(values))
                return values
            except IntegrityError as error:
                # Most rules are of two columns together, and chance finds values that keep them.
                if tries == TRIES or "CheckViolation" not in str(error):
                    raise
        raise AssertionError

    async def _values(self, table: Table, given: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for column in table.columns:
            if column.name in given:
                values[column.name] = given[column.name]
            elif column.computed is None and column.identity is None:
                if column.foreign_keys and (not column.nullable or str(column) in NEEDED):
                    values[column.name] = await self._parent(column)
                elif not column.foreign_keys:
                    values[column.name] = self._value(table, column)
        return values

    async def _parent(self, column: Column[Any]) -> Any:
        (key,) = column.foreign_keys
        table = key.column.table
        there = self.parents.setdefault(table.name, [])
        if len(there) < 2:
            there.append(await self.row(table))
        return self.chance.choice(there)[key.column.name]

    def _value(self, table: Table, column: Column[Any]) -> Any:
        known = next((each for each in (f"{table.name}.{column.name}", column.name) if each in KNOWN), None)
        if known is not None:
            value = KNOWN[known]
            return self.chance.choice(value) if isinstance(value, list) else value
        for check in table.constraints:
            if isinstance(check, CheckConstraint):
                for name, among in _AMONG.findall(str(check.sqltext)):
                    if name == column.name:
                        found = self.chance.choice([each.strip() for each in among.split(",")])
                        return found.strip("'") if "'" in found else int(found)
        return self._of_type(column)

    def _of_type(self, column: Column[Any]) -> Any:
        kind, chance = column.type, self.chance
        if isinstance(kind, Uuid):
            return new_id()
        if isinstance(kind, Boolean):
            return chance.random() < 0.5
        if isinstance(kind, BigInteger | Integer):
            return chance.randint(1, 5)
        if isinstance(kind, Numeric | Float):
            return chance.randint(1, 5)
        if isinstance(kind, DateTime):
            return BEGINNING + timedelta(microseconds=chance.randint(0, 10**13))
        if isinstance(kind, Date):
            return date(2025, 1, chance.randint(1, 28))
        if isinstance(kind, Time):
            return time(chance.randint(0, 23))
        if isinstance(kind, JSONB):
            return {"some": chance.randint(1, 3), "deep": ["é", None, {"a": 1.5}]}
        if isinstance(kind, ARRAY):
            return []
        if isinstance(kind, Vector):
            return [0.0] * kind.dim
        return f"{column.name}-{chance.randint(0, 10**12)}"
