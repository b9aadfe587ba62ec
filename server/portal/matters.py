"""What matters now: the lines that each page's maker puts on the portal's home."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.portal.schema import Visit


@dataclass(frozen=True)
class Line:
    """One thing that matters now. `tone` is "", "waiting", "risk", "late" or "done"; `more` is a second voice."""

    text: str
    url: str
    more: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Matter:
    """Some of one kind, for the portal's home; `url` leads to all of them."""

    title: str
    url: str
    lines: Sequence[Line]


Provider = Callable[[AsyncSession, Visit], Awaitable[Matter | None]]
