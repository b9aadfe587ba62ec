"""Which tables and columns may be exported, and what it takes: secrets never leave, whoever asks."""

from __future__ import annotations

import re

from sqlalchemy import Column, LargeBinary, Table
from sqlalchemy.dialects.postgresql import TSVECTOR

from crm_backend.access.actor import Actor
from crm_backend.database import Base
from crm_backend.errors import NotFound

_WITHHELD = frozenset({"agent_sessions", "join_codes", "kept_answers"})
"""Tables of nothing but keys to other doors, and of answers that may repeat one."""
_SECRET = re.compile(r"(^|_)(password|token|secret|secrets|csrf|signature|code_hash|hash|otp|pin)(_|$)")
_NO_SECRET = frozenset({("audit_log", "hash")})
_ALSO_NEEDS = {
    "accounts": "channels.configure",
    "agents": "agents.read",
    "api_keys": "keys.configure",
    "audit_log": "audit.read",
    "roles": "agents.read",
    "webhook_deliveries": "webhooks.configure",
    "webhook_subscriptions": "webhooks.configure",
}
"""Tables that not everybody sees who may export."""


def names() -> list[str]:
    """The tables that can be exported, by name."""
    return sorted(set(Base.metadata.tables) - _WITHHELD)


def offered(actor: Actor) -> list[tuple[str, list[str]]]:
    """The tables that the actor may export, with their columns. Raises NotAllowed."""
    actor.need("tables.export")
    return [
        (name, [column.name for column in columns(Base.metadata.tables[name])])
        for name in names()
        if (also := _ALSO_NEEDS.get(name)) is None or actor.may(also)
    ]


def permitted(name: str, *, actor: Actor) -> Table:
    """The table. Raises NotFound when there is none that can be exported, and NotAllowed."""
    actor.need("tables.export")
    if name not in names():
        raise NotFound("no such table")
    if (also := _ALSO_NEEDS.get(name)) is not None:
        actor.need(also)
    return Base.metadata.tables[name]


def columns(table: Table) -> list[Column[object]]:
    """What is exported of it: all but passwords, tokens, sealed settings, and what only searches read."""
    return [column for column in table.columns if not _is_withheld(column)]


def _is_withheld(column: Column[object]) -> bool:
    if (column.table.name, column.name) in _NO_SECRET:
        return False
    of_machines = isinstance(column.type, LargeBinary | TSVECTOR) or type(column.type).__name__ == "VECTOR"
    return of_machines or _SECRET.search(column.name) is not None
