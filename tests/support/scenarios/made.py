"""What was made for one run of a scenario: its people, their numbers, and what is to be named of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID


@dataclass
class Person:
    """Somebody of a world. `secrets` are what nobody else may read of them."""

    id: UUID
    name: str
    secrets: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """What was made for one run: `known` is what scenarios name, `rows` the identifiers that expectations name."""

    people: list[Person] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    """Whose each order number is."""

    @property
    def writer(self) -> Person:
        return self.people[0]


class Numbers:
    """Numbers that no order has yet, of five digits, as the shop's are."""

    def __init__(self, taken: set[str], seed: int) -> None:
        self._taken, self._chance = taken, random.Random(seed)

    def next(self) -> str:
        while True:
            number = str(self._chance.randrange(21_000, 98_000))
            if number not in self._taken and not number.startswith(("69", "13", "44", "75")):
                self._taken.add(number)
                return number

    def below(self, most: int) -> int:
        """Any number from nought."""
        return self._chance.randrange(most)

    def phone(self, language: str) -> str:
        """A telephone number that nobody has, of those kept for stories (Arcep, Ofcom); beyond the demo's."""
        nth = next(_PHONES)
        if language == "fr":
            return f"+3363998{2000 + nth % 8000:04}"
        return f"{STORIES[nth // 1000 % len(STORIES)]}{nth % 1000:03}"


_PHONES = count(100)
STORIES = ("+447700900", "+441134960", "+441144960", "+441154960", "+441164960", "+441174960", "+441184960")
