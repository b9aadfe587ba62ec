"""What a plan says and asks: a saying, a choice, and the ways in which a run of it ends early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.tasks.state import Asked

Words = Mapping[str, str]
"""The same in each language."""


@dataclass(frozen=True)
class Option:
    """A choice: its code, its words by language, and what customers write who mean it without those words."""

    code: str
    words: Words
    said: Any = None
    """A compiled pattern, or None."""
    intents: Sequence[str] = ()
    """What a message may be taken for that means this choice, where it answers the question."""


@dataclass
class Saying:
    """One thing to say: a response of the domain with its values, or a text; with buttons, cards or a command."""

    response: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    buttons: list[dict[str, str]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


class Ask(Exception):
    """The plan cannot go on before this is answered."""

    def __init__(self, asked: Asked, saying: Saying) -> None:
        super().__init__(asked.fact)
        self.asked, self.saying = asked, saying


class Stop(Exception):
    """The plan ends here; everything that is to be said has been said."""


class Refused(Exception):
    """A value cannot be taken; the response says why, and the question is asked again."""

    def __init__(self, response: str, **values: Any) -> None:
        super().__init__(response)
        self.saying = Saying(response, values)
