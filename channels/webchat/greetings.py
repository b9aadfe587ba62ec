"""Greetings: what the chat says by itself on some pages, after a while, to whom a rule is meant for."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from crm_backend.conversations.schema import Language
from crm_backend.errors import BadInput

NO_LIST = "greetings: not a list in JSON: it begins with [ and holds one {…} for each greeting"
FAULTS = {
    "path": "greetings: each needs a path, of up to 200 characters, that begins with / or *",
    "after": "greetings: “after” is a number of seconds, from 0 to 3600",
    "fr": "greetings: each needs its words in French (“fr”), 300 characters at most",
    "en": "greetings: each needs its words in English (“en”), 300 characters at most",
    "languages": "greetings: “languages” is a list of “fr”, “en” or both",
    "hours": "greetings: “hours” is “open” or “closed”",
    "visitor": "greetings: “visitor” is “new” or “returning”",
}
UNKNOWN = "greetings: only path, after, fr, en, languages, hours and visitor are known"

Visitor = Literal["new", "returning"]


class Rule(BaseModel):
    """A greeting. `path` is that of a page, where `*` stands for anything; `after` is in seconds.

    What is left out of `languages` (the chat's), `hours` (whether people answer) and `visitor` (whether it is their
    first visit) does not matter.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(pattern=r"^[/*]", max_length=200)
    after: int = Field(default=20, ge=0, le=3600, strict=True)
    fr: str = Field(min_length=1, max_length=300)
    en: str = Field(min_length=1, max_length=300)
    languages: tuple[Language, ...] = Field(default=("fr", "en"), min_length=1)
    hours: Literal["open", "closed"] | None = None
    visitor: Visitor | None = None

    def words(self, language: Language) -> str:
        """What it says in this language."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True)
class Greetings:
    """The rules, in order."""

    rules: tuple[tuple[re.Pattern[str], Rule], ...] = ()

    def on(
        self, path: str, language: Language, *, is_open: bool = True, visitor: Visitor | None = None
    ) -> dict[str, Any] | None:
        """What is said on a page, and after how many seconds; the first rule that fits counts.

        Rules for one kind of visitor do not fit who has not said of which kind they are.
        """
        for rule in self._of(path):
            if (
                language in rule.languages
                and rule.hours in (None, "open" if is_open else "closed")
                and rule.visitor in (None, visitor)
            ):
                return {"text": rule.words(language), "after": rule.after}
        return None

    def said(self, path: str, text: str) -> bool:
        """Whether some rule for this page says just that."""
        return any(text in (rule.fr, rule.en) for rule in self._of(path))

    def _of(self, path: str) -> Iterator[Rule]:
        return (rule for pattern, rule in self.rules if pattern.match(path))


@lru_cache(maxsize=16)
def read(text: str) -> Greetings:
    """The greetings from their setting. Raises BadInput, with a sentence on the first fault."""
    if not text.strip():
        return Greetings()
    try:
        rules = TypeAdapter(list[Rule]).validate_python(json.loads(text))
    except ValidationError as error:
        raise BadInput(_fault(error)) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(NO_LIST) from error
    return Greetings(tuple((re.compile(_pattern(rule.path)), rule) for rule in rules))


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = [part for part in first["loc"] if isinstance(part, str)]
    if not where:
        return NO_LIST
    return FAULTS.get(where[0], UNKNOWN)


def _pattern(path: str) -> str:
    # `?` and `[` mean themselves: they may stand in addresses.
    return fnmatch.translate("*".join(re.sub(r"([\[?])", r"[\1]", part) for part in path.split("*")))
