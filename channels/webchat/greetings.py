"""Greetings: what the chat says by itself on some pages, after a while."""

from __future__ import annotations

import fnmatch
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from crm_backend.conversations.schema import Language
from crm_backend.errors import BadInput

UNREADABLE = "greetings: not a JSON list of greetings, each with path, after, fr and en"


class Rule(BaseModel):
    """A greeting. `path` is that of a page, where `*` stands for anything; `after` is in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(pattern=r"^[/*]", max_length=200)
    after: int = Field(default=20, ge=0, le=3600)
    fr: str = Field(min_length=1, max_length=300)
    en: str = Field(min_length=1, max_length=300)


@dataclass(frozen=True)
class Greetings:
    """The rules, in order."""

    rules: tuple[tuple[re.Pattern[str], Rule], ...] = ()

    def on(self, path: str, language: Language) -> dict[str, Any] | None:
        """What is said on a page, and after how many seconds; the first rule that fits counts."""
        for pattern, rule in self.rules:
            if pattern.match(path):
                return {"text": rule.fr if language == "fr" else rule.en, "after": rule.after}
        return None


@lru_cache(maxsize=16)
def read(text: str) -> Greetings:
    """The greetings from their setting. Raises BadInput."""
    if not text.strip():
        return Greetings()
    try:
        rules = TypeAdapter(list[Rule]).validate_python(json.loads(text))
    except (ValueError, RecursionError, ValidationError) as error:
        raise BadInput(UNREADABLE) from error
    return Greetings(tuple((re.compile(_pattern(rule.path)), rule) for rule in rules))


def _pattern(path: str) -> str:
    # `?` and `[` mean themselves: they may stand in addresses.
    return fnmatch.translate("*".join(re.sub(r"([\[?])", r"[\1]", part) for part in path.split("*")))
