"""What the board's figures are held to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.board.model import BoardTargets
from crm_backend.database import expect
from crm_backend.errors import Invalid

MAY = "service_levels.configure"
BETWEEN: dict[str, tuple[int, int]] = {
    "answered_percent": (1, 100),
    "answered_seconds": (5, 86_400),
    "contained_percent": (1, 100),
    "repeated_percent": (0, 100),
    "satisfaction": (1, 5),
}
"""What may be aimed at, at least and at most."""


async def targets(session: AsyncSession, *, lock: bool = False) -> BoardTargets:
    """What is aimed at; what everybody begins with where nobody has changed it."""
    found = await session.get(BoardTargets, 1, with_for_update=lock, populate_existing=True)
    if found is not None:
        return found
    return BoardTargets(
        id=1, version=1, answered_percent=80, answered_seconds=60, contained_percent=60, repeated_percent=5,
        satisfaction=4.2,
    )  # fmt: skip


async def change(
    session: AsyncSession, *, actor: Actor, given: Mapping[str, Any], version: int | None = None
) -> BoardTargets:
    """Changes what is given. Raises NotAllowed, Invalid, Stale."""
    actor.need(MAY)
    await session.execute(insert(BoardTargets).values(id=1).on_conflict_do_nothing())
    row = await targets(session, lock=True)
    expect(row, version)
    old = told(row)
    for name, value in given.items():
        setattr(row, name, _checked(name, value))
    await session.flush()
    if (new := told(row)) != old:
        audit.record(
            session, actor=actor, action="changed", subject=("board_targets", 1), old=old, new=new, plain=BETWEEN
        )
    return row


def told(row: BoardTargets) -> dict[str, Any]:
    """The targets as plain values."""
    return {name: getattr(row, name) for name in BETWEEN}


def _checked(name: str, value: Any) -> Any:
    if name not in BETWEEN:
        raise Invalid(name, "not_choice", expected=", ".join(BETWEEN))
    least, most = BETWEEN[name]
    whole = name != "satisfaction"
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not least <= value <= most:
        raise Invalid(name, "not_between", least=least, most=most)
    return value if whole else float(value)
