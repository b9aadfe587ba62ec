"""What we write on things that Meta gives back: on a button, and along with a message."""

from __future__ import annotations

import re
from uuid import UUID

_ID = r"(?P<message>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_BUTTON = re.compile(rf"{_ID}:(?P<index>\d{{1,3}})")
_PART = re.compile(rf"{_ID}:(?P<number>\d{{1,3}})/(?P<total>\d{{1,3}})")


def of_button(message_id: UUID, index: int) -> str:
    """Names a button of a message of ours."""
    return f"{message_id}:{index}"


def button(text: str) -> tuple[UUID, int] | None:
    """The message and the index that `of_button` wrote; None when it was not us who wrote this."""
    found = _BUTTON.fullmatch(text)
    return (UUID(found["message"]), int(found["index"])) if found else None


def of_part(message_id: UUID, number: int, total: int) -> str:
    """Names one of the messages in which a message of ours goes out, from 1."""
    return f"{message_id}:{number}/{total}"


def part(text: str) -> tuple[UUID, bool] | None:
    """The message that `of_part` named, and whether this was the last of its parts; None when it was not us."""
    found = _PART.fullmatch(text)
    return (UUID(found["message"]), found["number"] == found["total"]) if found else None
