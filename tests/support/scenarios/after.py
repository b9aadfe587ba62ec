"""The database after a scenario: every row of business that changed, held against the rows that were to change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.support.scenarios.made import World

BOOKKEEPING = frozenset(
    {
        # What is said, and how it travels.
        *("conversations", "messages", "turns", "outbox", "sent_parts", "participants", "join_codes", "queue_entries"),
        *("attachments", "notifications", "unanswered_questions", "question_groups", "article_views"),
        # Who tried what, and that it was done once.
        *("verification_attempts", "order_commands", "promo_code_tries", "kept_answers", "invoice_counters"),
        *("proof_codes", "gift_card_tries"),
        # What tells others of a change, or counts it.
        *("audit_log", "events", "event_counters", "event_queue", "webhook_deliveries", "rule_runs", "rule_timers"),
        *("customer_values", "changed_customers", "stage_changes", "agent_sessions", "agent_notices", "accounts"),
        # What goes with a case whatever it is about.
        *("case_events", "case_clocks", "case_items", "contract_uses"),
        # What nobody writes in a conversation, and is long.
        *("passages", "articles", "article_versions", "article_translations", "article_terms", "article_stems"),
        *("article_words", "article_middles", "alembic_version"),
    }
)
NO_CONTENT = frozenset({"version", "updated_at", "matched_at", "haystack", "name_key", "proved_at", "proof"})
"""Columns that say that something changed, not what; and what an identity was proved by."""
GOES_WITH = {"payments": "refunds", "refund_parts": "refunds", "gift_card_entries": "gift_cards"}
"""Rows that change with those of another table, and are the services' own to get right."""
LINKS = frozenset({"case_conversations", "case_orders"})
"""Rows that only say what belongs together."""
TIES = LINKS | {"bookings"}
Rows = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """One row: `new`, `gone`, or changed in `columns`, whose values are those it has now."""

    table: str
    id: str
    kind: str
    columns: dict[str, Any]
    row: dict[str, Any] = field(hash=False)

    def __str__(self) -> str:
        shown = {name: value for name, value in self.columns.items() if value not in (None, "", [], {})}
        return f"{self.kind} {self.table} {shown if self.kind == 'changed' else _brief(shown)}"


async def snapshot(session: AsyncSession) -> Rows:
    """Every row of business, by table and identifier."""
    tables = await session.scalars(
        text("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")
    )
    found: Rows = {}
    for table in sorted(set(tables) - BOOKKEEPING):
        rows = await session.scalars(text(f'select to_jsonb(one)::text from public."{table}" one'))
        for written in rows:
            row = json.loads(written)
            key = row.get("id") or row.get("key") or json.dumps(row, sort_keys=True)
            found[table, str(key)] = row
    return found


def changes(before: Rows, after: Rows) -> list[Change]:
    """What is different, without visitors' browsers and the addresses that were written to, which are nobody's
    business."""
    found = []
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old is None and new is not None:
            found.append(Change(*key, "new", new, new))
        elif new is None and old is not None:
            found.append(Change(*key, "gone", old, old))
        elif old is not None and new is not None:
            columns = {name: value for name, value in new.items() if old.get(name) != value and name not in NO_CONTENT}
            if columns:
                found.append(Change(*key, "changed", columns, new))
    return [each for each in found if each.table not in LINKS and not _is_nobodys(each)]


def _is_nobodys(change: Change) -> bool:
    if change.table != "identities":
        return False
    on_no_file = change.kind == "new" and change.row["customer_id"] is None
    return change.row["kind"] not in ("email", "phone") or on_no_file


def of_worlds(
    found: Iterable[Change], worlds: Mapping[str, Iterable[UUID]], rows: Rows
) -> tuple[dict[str, list[Change]], list[Change]]:
    """The changes of each world, by its name and the identifiers it begins with (customers, conversations); and those
    of none. What refers to a row of a world is of that world."""
    owner = {str(each): name for name, ids in worlds.items() for each in ids}
    left = dict(rows)
    grown = True
    while grown:
        grown = False
        for key, row in list(left.items()):
            name = next((owner[value] for value in row.values() if isinstance(value, str) and value in owner), None)
            if name is not None:
                owner.setdefault(key[1], name)
                if key[0] in TIES and row.get("case_id"):
                    owner.setdefault(row["case_id"], name)
                del left[key]
                grown = True
    mine: dict[str, list[Change]] = {name: [] for name in worlds}
    nobodys = []
    for change in found:
        name = owner.get(change.id) or next(
            (owner[value] for value in change.row.values() if isinstance(value, str) and value in owner), None
        )
        (mine[name] if name is not None else nobodys).append(change)
    return mine, nobodys


@dataclass(frozen=True)
class Verdict:
    """`wrong` are rows that had no business changing, or not like this; `missing` are expectations nothing met."""

    wrong: list[str]
    missing: list[str]


def judge(expected: list[dict[str, Any]], found: list[Change], world: World) -> Verdict:
    """Holds the changes of a world against what was to change."""
    left, missing = list(found), []
    tables = set()
    for each in expected:
        [(what, wanted)] = each.items()
        match = _Wanted.read(what, wanted, world)
        tables.add(match.table)
        met = next((change for change in left if match.meets(change)), None)
        if met is None:
            missing.append(f"{what} {wanted}")
        else:
            left.remove(met)
    wrong = [str(each) for each in left if GOES_WITH.get(each.table) not in tables]
    return Verdict(wrong, missing)


@dataclass(frozen=True)
class _Wanted:
    """One expectation: `new TABLE`, `gone TABLE`, or `TABLE NAME` for a row of the world that is to change."""

    kind: str
    table: str
    id: str | None
    columns: dict[str, Any]

    @classmethod
    def read(cls, what: str, wanted: Any, world: World) -> _Wanted:
        first, _, second = what.partition(" ")
        columns = {}
        for name, value in (wanted or {}).items():
            if name in ("order", "customer", "case", "line", "return"):
                column = "order_line_id" if name == "line" else f"{name}_id"
                columns[column] = str(world.rows[str(value)])
            else:
                columns[name] = _filled(value, world)
        if first in ("new", "gone"):
            return cls(first, second, None, columns)
        return cls("changed", first, str(world.rows[second]) if second else None, columns)

    def meets(self, change: Change) -> bool:
        if (change.table, change.kind) != (self.table, self.kind) or (self.id and change.id != self.id):
            return False
        if self.kind == "changed" and set(change.columns) - set(self.columns):
            return False
        return all(_like(change.columns.get(name), value) for name, value in self.columns.items())


def _like(is_: Any, wanted: Any) -> bool:
    if wanted == "*":
        return is_ is not None
    if isinstance(wanted, str) and wanted.startswith("~"):
        return wanted[1:].casefold() in str(is_).casefold()
    return bool(is_ == wanted)


def _filled(value: Any, world: World) -> Any:
    if not isinstance(value, str):
        return value
    if whole := re.fullmatch(r"\{([\w.]+)\}", value):
        return world.known[whole[1]]
    return re.sub(r"\{([\w.]+)\}", lambda match: str(world.known[match[1]]), value)


def _brief(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.endswith("_at") and len(str(value)) < 80}
