"""What the steps towards something else than waiting share: what was answered, and how one says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import Button, Reply
from crm_backend.conversations.waiting.instead_words import SAID

ASKS: Final = "wait"
"""What the `content` of a message says that it `asks`, followed by the step."""
PRESSED: Final = "wait:"
"""How the payloads of the choices begin."""
MOST_WRONG: Final = 2
Said = tuple[Reply, dict[str, Any]]
"""A reply, and what is noted of it."""


@dataclass(frozen=True)
class Choice:
    """What was answered: a choice (`chosen`), or something typed after the question for it. `vouched` is the telephone
    number that the platform says is the writer's."""

    chosen: str
    text: str
    asked: Mapping[str, Any]
    vouched: str | None


def plain(key: str, conversation: Conversation, **values: str) -> Said:
    """A sentence that asks nothing."""
    return Reply(text=SAID[key][conversation.language].format(**values)), {}


def button(key: str, language: str, payload: str) -> Button:
    """A choice."""
    return Button(title=SAID[key][language], payload=PRESSED + payload)


def keep(language: str) -> Button:
    """The choice to go on waiting."""
    return button("keep", language, "keep")
