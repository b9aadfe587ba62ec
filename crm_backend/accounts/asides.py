"""What a channel could not take in and set aside: how it is shown to people, and what they may wish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class SetAside:
    """Something that came and could not be taken in: it stays with its platform, and waits for a person's word.

    `id` is its own within the account, `name` is for people, `why` a sentence by language. `again`: another try was
    asked for and has not been made yet.
    """

    id: str
    name: str
    why: Mapping[str, str]
    at: datetime | None = None
    again: bool = False


class Asides(Protocol):
    """What a polling channel has set aside, as its account's `cursor` holds it. Nothing here asks the platform."""

    def count(self, cursor: dict[str, Any] | None) -> int:
        """How many wait for a person's word."""

    def listed(self, cursor: dict[str, Any] | None) -> list[SetAside]:
        """They, the latest first; the oldest of very many may be known by their number only."""

    def wish(self, cursor: dict[str, Any] | None, aside: str, *, again: bool) -> dict[str, Any]:
        """The cursor with the wish that one is tried again, or left where it is for good. Raises NotFound.

        The channel obeys when it next looks, which it does at once when the topic `waking(channel, account)` is told.
        """


def waking(channel: str, account: str) -> str:
    """The topic that makes an account look now at what it is wished to do."""
    return f"account:{channel}/{account}"
