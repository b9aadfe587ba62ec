"""Writing to the audit log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.audit.values import clean, told

_ORIGINS = {"system": "server", "bot": "server", "command-line": "command-line"}


def record(
    session: AsyncSession,
    *,
    actor: Actor | str,
    action: str,
    subject: tuple[str, object],
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
    plain: Collection[str] = (),
    **details: Any,
) -> None:
    """Adds one entry to the caller's transaction. `subject` is (kind, identifier).

    `old` and `new` are the changed fields before and after: give both the same names, only `new` for what was made,
    only `old` for what was deleted. Fields that are the same in both are left out. What people wrote and who they are
    is never stored (values.py), save in the fields named in `plain`: texts of the company's own, such as the name of a
    role. `details` are stored as they are and hold no personal data.
    """
    kind, identifier = subject
    before, after = _changed(old, new)
    session.add(
        AuditEntry(
            actor=actor.name if isinstance(actor, Actor) else actor,
            origin=actor.origin if isinstance(actor, Actor) else _origin(actor),
            action=action,
            subject_kind=kind,
            subject_id=str(identifier),
            old=None if before is None else told(before, plain),
            new=None if after is None else told(after, plain),
            details=clean(details),
        )
    )


def _origin(name: str) -> str:
    """Where those ask from who are known by name only: agents at the desk, everybody else as what they are."""
    return "desk" if name.startswith("agent:") else _ORIGINS.get(name, "")


def _changed(
    old: Mapping[str, object] | None, new: Mapping[str, object] | None
) -> tuple[Mapping[str, object] | None, Mapping[str, object] | None]:
    if old is None or new is None:
        return old, new
    same = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    return tuple({name: value for name, value in each.items() if name not in same} for each in (old, new))  # type: ignore[return-value]
