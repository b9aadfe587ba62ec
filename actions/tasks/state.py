"""What is kept of an open task from one turn to the next; small, since it travels with every turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

Kind = Literal["text", "choice", "several", "yes_no", "confirm", "fact", "switch", "change"]

MOST: Final = 2_500
"""Bytes (UTF-8) of one text that are kept. Two thousand letters of French or English fit; of emoji there are fewer, and
the transcript has them all."""
LONG: Final = 100
"""Characters from which a fact is not repeated in what was shown of it: its place says which fact it was."""
REFERS: Final = "$fact"
NOT_THERE: Final = "not_there"
"""The fact that the customer was told that what they speak of is not in the order."""
LOOKED: Final = "looked"
"""The fact of how many orders it was not in."""
NOT_THIS: Final = "not_this"
"""The fact of which order was shown and is not meant."""


def cut(text: str, *, most: int = MOST) -> str:
    """As much of a text, from its beginning, as `most` bytes hold; no character is cut in two."""
    return text if len(text) * 4 <= most else text.encode(errors="ignore")[:most].decode(errors="ignore")


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
    entity; `missed` how often in a row the open question was not answered, `again` how often it was asked for all that
    without a word of blame; `at` when the customer last wrote;
    `failed` how often what they agreed to could not be done; `came_with` the beginning of the message it began with.
    """

    topic: str
    id: str
    at: str
    facts: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    asked: Asked | None = None
    missed: int = 0
    again: int = 0
    failed: int = 0
    came_with: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Task | None:
        """The task in a slot, or None; also for what an older version stored in another shape."""
        if not stored:
            return None
        try:
            held = {name: value for name, value in stored.items() if name != "order"}
            if (asked := stored.get("asked")) is not None:
                asked = Asked(**{**asked, "about": _restored(asked.get("about") or {}, stored.get("facts") or {})})
            return cls(**{**held, "asked": asked}).in_order(stored.get("order") or {})
        except (TypeError, AttributeError):
            return None

    def stored(self) -> dict[str, Any]:
        """What the slot holds: every long text once, and no more of it than travels lightly."""
        held = asdict(self)
        held["facts"] = {name: _light(value, {}) for name, value in self.facts.items()}
        if self.asked is not None:
            held["asked"]["about"] = _light(self.asked.about, self.facts)
        # The database keeps the names of a JSON object in an order of its own.
        held["order"] = {name: list(names) for name, names in self.ordered().items() if len(names) > 1}
        return held

    def ordered(self) -> dict[str, dict[str, Any]]:
        """What has an order that means something."""
        asked = {} if self.asked is None else {"options": self.asked.options}
        changes = self.asked.about.get("changes") if self.asked is not None else None
        return {"facts": self.facts, **asked, **({"changes": changes} if isinstance(changes, dict) else {})}

    def in_order(self, order: Mapping[str, list[str]]) -> Task:
        """The same task, what has an order put back into it."""
        for name, held in self.ordered().items():
            first = {each: held[each] for each in order.get(name, ()) if each in held}
            rest = {each: value for each, value in held.items() if each not in first}
            held.clear()
            held.update(first | rest)
        return self

    def settle(self, fact: str, value: Any) -> None:
        """Takes a fact as settled, last of all."""
        self.facts.pop(fact, None)
        self.facts[fact] = value

    def forget(self, fact: str) -> None:
        """Unsettles a fact and every later one, which may have been chosen because of it."""
        if fact in self.facts:
            names = list(self.facts)
            self.came_with = ""
            for name in names[names.index(fact) :]:
                del self.facts[name]

    def silent_since(self) -> datetime:
        return datetime.fromisoformat(self.at)


def _light(value: Any, facts: Mapping[str, Any]) -> Any:
    """The value with long facts in it referred to, and other texts cut."""
    if isinstance(value, dict):
        return {name: _light(each, facts) for name, each in value.items()}
    if isinstance(value, list):
        return [_light(each, facts) for each in value]
    if not isinstance(value, str):
        return value
    told = [name for name, fact in facts.items() if isinstance(fact, str) and len(fact) >= LONG and fact in value]
    if not told:
        return cut(value)
    name = max(told, key=lambda each: len(facts[each]))
    before, _, after = value.partition(facts[name])
    return {REFERS: name, "before": cut(before), "after": cut(after)}


def _restored(value: Any, facts: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        if REFERS in value:
            return f"{value['before']}{facts.get(value[REFERS], '')}{value['after']}"
        return {name: _restored(each, facts) for name, each in value.items()}
    return [_restored(each, facts) for each in value] if isinstance(value, list) else value
