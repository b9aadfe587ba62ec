"""What is kept of an open task from one turn to the next; small, since it travels with every turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["text", "choice", "several", "yes_no", "confirm", "fact", "switch", "change"]


@dataclass
class Asked:
    """The question that is open: the fact it asks for, how its answer is read, and its choices (code → words).

    `expects` is the entity that a bare number would be; `about` is whatever the answer is to be used with; `means` are
    the intents that are answers here (intent → code).
    """

    fact: str
    kind: Kind
    options: dict[str, str] = field(default_factory=dict)
    expects: str | None = None
    about: dict[str, Any] = field(default_factory=dict)
    means: dict[str, str] = field(default_factory=dict)


@dataclass
class Task:
    """A customer's business, begun in the turn `id`, which makes its writes idempotent.

    `facts` is what is settled, in the order it was settled in; `given` what was said without being asked for, by
    entity; `missed` how often in a row the open question was not answered; `at` when the customer last wrote;
    `failed` how often what they agreed to could not be done.
    """

    topic: str
    id: str
    at: str
    facts: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    asked: Asked | None = None
    missed: int = 0
    failed: int = 0

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Task | None:
        """The task in a slot, or None; also for what an older version stored in another shape."""
        if not stored:
            return None
        try:
            asked = stored.get("asked")
            return cls(**{**stored, "asked": Asked(**asked) if asked else None})
        except TypeError:
            return None

    def stored(self) -> dict[str, Any]:
        """What the slot holds."""
        return asdict(self)

    def settle(self, fact: str, value: Any) -> None:
        """Takes a fact as settled, last of all."""
        self.facts.pop(fact, None)
        self.facts[fact] = value

    def forget(self, fact: str) -> None:
        """Unsettles a fact and every later one, which may have been chosen because of it."""
        if fact in self.facts:
            names = list(self.facts)
            for name in names[names.index(fact) :]:
                del self.facts[name]

    def silent_since(self) -> datetime:
        return datetime.fromisoformat(self.at)
