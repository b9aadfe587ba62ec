"""Tables as CSV: complete, harmless to spreadsheets, and without secrets."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import crm_backend.model  # noqa: F401
from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.access.permissions import ALL
from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.database import Base
from crm_backend.errors import NotAllowed, NotFound
from crm_backend.export import cells, services, tables


async def _csv(session: AsyncSession, name: str, actor: Actor = SYSTEM, *, bom: bool = False) -> bytes:
    return b"".join([piece async for piece in services.as_csv(session, name, actor=actor, bom=bom)])


def _read(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


SECRET = {
    "agent_links",
    "agent_recovery_codes",
    "agent_sessions",
    "join_codes",
    "kept_answers",
    "portal_tokens",
    "portal_visits",
    "push_keys",
    "push_subscriptions",
    "sign_in_tries",
}


@pytest.mark.parametrize("name", sorted(set(Base.metadata.tables) - SECRET))
async def test_every_table_can_be_exported(crm: AsyncSession, name: str) -> None:
    header = (await _csv(crm, name)).split(b"\r\n")[0].decode().split(",")
    assert header and set(header) <= set(Base.metadata.tables[name].columns.keys())


def test_every_table_is_of_one_group_or_withheld() -> None:
    assert tables.NEEDS.keys() == Base.metadata.tables.keys() - tables.WITHHELD
    listed = [name for group in tables._READ_WITH.values() for name in group.split()]
    assert len(listed) == len(set(listed)) and set(tables._READ_WITH) <= ALL


async def test_rows_come_whole_and_in_the_order_of_their_key(crm: AsyncSession) -> None:
    names = ["=cmd|'/c calc'!A1", 'a "quoted", name', "two\nlines", "Élodie"]
    crm.add_all(
        Agent(email=f"{at}@example.com", name=name, role="agent", password_hash="$argon2id$secret")
        for at, name in enumerate(names)
    )
    await crm.flush()
    raw = await _csv(crm, "agents", bom=True)
    rows = _read(raw)
    assert raw.startswith(b"\xef\xbb\xbf") and b"argon2" not in raw and "password_hash" not in rows[0]
    assert {row["email"]: row["name"] for row in rows} == {
        "0@example.com": "'=cmd|'/c calc'!A1",
        "1@example.com": 'a "quoted", name',
        "2@example.com": "two\nlines",
        "3@example.com": "Élodie",
    }
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert rows[0]["active"] == "true"


async def test_it_is_told_who_took_what(crm: AsyncSession) -> None:
    await _csv(crm, "orders")
    entry = (await crm.scalars(select(AuditEntry))).one()
    assert (entry.action, entry.subject_kind, entry.subject_id) == ("exported", "table", "orders")


def test_no_column_that_looks_like_a_secret_is_exported() -> None:
    words = ("password", "secret", "token", "csrf", "vector", "code_hash")
    shown = [
        f"{name}.{column.name}"
        for name in tables.names()
        for column in tables.columns(Base.metadata.tables[name])
        if any(word in column.name for word in words)
    ]
    assert shown == []
    assert "hash" in [column.name for column in tables.columns(Base.metadata.tables["audit_log"])]


async def test_only_who_may_exports(crm: AsyncSession) -> None:
    exporter = Actor("agent:1", frozenset({"tables.export", "orders.read"}))
    assert await _csv(crm, "orders", exporter)
    reader = Actor("agent:2", frozenset({"orders.read"}))
    offered = [name for name, _ in tables.offered(exporter)]
    assert "invoices" in offered and not {"audit_log", "accounts", "customers", "messages"} & set(offered)
    for actor, name in ((exporter, "audit_log"), (exporter, "accounts"), (exporter, "customers"), (reader, "orders")):
        with pytest.raises(NotAllowed):
            await _csv(crm, name, actor)
    for name in ("agent_sessions", "join_codes", "pg_shadow", "orders; drop table orders", "\0", ""):
        with pytest.raises(NotFound):
            await _csv(crm, name)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (False, "false"),
        (-5, "-5"),
        (Decimal("-1.50"), "-1.50"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
        ({"é": [1]}, '{"é": [1]}'),
        ("-5", "'-5"),
        ("+33612345678", "'+33612345678"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("  =1+1", "'  =1+1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
    ],
)
def test_cells(value: object, text: str) -> None:
    assert cells.cell(value) == text


@settings(max_examples=60, deadline=None, database=None)
@given(rows=st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_whatever_is_written_is_read_again(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(cells.lines(rows).decode(), newline="")))
    assert read == [[cells.cell(text).encode("utf-8", "replace").decode() for text in row] for row in rows]
    assert not any(text.startswith(cells.FORMULA) for row in read for text in row)
