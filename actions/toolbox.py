"""What actions need from the process they run in. The server fills it once, before it serves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from crm_backend.routing.hours import OpeningHours


@dataclass(frozen=True)
class Toolbox:
    """`sessions` open transactions, `embed` turns a question into a vector, `now` is the company's local time,
    `hours` is when people answer, where that is known."""

    sessions: async_sessionmaker[AsyncSession]
    embed: Callable[[str], Awaitable[list[float]]]
    now: Callable[[], datetime]
    hours: OpeningHours | None = None


_equipped: list[Toolbox] = []


def equip(toolbox: Toolbox) -> None:
    """Make `toolbox` the one that every action uses from now on."""
    _equipped[:] = [toolbox]


def tools() -> Toolbox:
    """The toolbox; raises RuntimeError when the server has not filled it."""
    if not _equipped:
        raise RuntimeError("actions are not equipped: call actions.toolbox.equip() first")
    return _equipped[0]
