"""What actions need from the process they run in. The server fills it once, before it serves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from crm_backend.attachments.schema import FileRef
from crm_backend.calendars.opening import OpeningHours
from crm_backend.notifications.schema import Start


@dataclass(frozen=True)
class Spoken:
    """How people speak of a channel: its place in a sentence by language (`on the website`), and the words they use for
    it, in small letters without accents."""

    where: Mapping[str, str]
    words: Collection[str]
    slow: bool = False
    """Whether an answer is looked for there in hours rather than minutes."""


class Keep(Protocol):
    """Keeps a file that the assistant makes in a turn, for the answer of that turn to carry."""

    async def __call__(self, turn: UUID, content: bytes, *, name: str, media_type: str) -> FileRef:
        """The file; the one there is when the turn is run again. Raises BadFile, TooLarge, Unavailable."""


async def _nowhere(turn: UUID, content: bytes, *, name: str, media_type: str) -> FileRef:
    raise RuntimeError("actions are not equipped to keep files")


@dataclass(frozen=True)
class Toolbox:
    """`sessions` open transactions, `embed` turns a question into a vector, `now` is the company's local time,
    `hours` is when people answer, where that is known, `channels` are those that the company may have, by name, `keep`
    is for the files that an answer carries, `starts` are the accounts that may write first to an address on file."""

    sessions: async_sessionmaker[AsyncSession]
    embed: Callable[[str], Awaitable[list[float]]]
    now: Callable[[], datetime]
    hours: OpeningHours | None = None
    channels: Mapping[str, Spoken] = field(default_factory=dict)
    keep: Keep = _nowhere
    starts: Callable[[], Sequence[Start]] = tuple


_equipped: list[Toolbox] = []


def equip(toolbox: Toolbox) -> None:
    """Make `toolbox` the one that every action uses from now on."""
    _equipped[:] = [toolbox]


def tools() -> Toolbox:
    """The toolbox; raises RuntimeError when the server has not filled it."""
    if not _equipped:
        raise RuntimeError("actions are not equipped: call actions.toolbox.equip() first")
    return _equipped[0]
