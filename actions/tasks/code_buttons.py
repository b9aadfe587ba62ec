"""The buttons beside a code: what they offer, and which of them was pressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from actions.tasks.buttons import choice
from actions.turn import Turn

FACT: Final = "code"
"""What they answer the question for."""
SEND, AGAIN, OTHER, ORDER, PEOPLE = "send", "again", "other", "order", "people"
_LABELS: Final = {
    SEND: {"fr": "Recevoir un code", "en": "Get a code instead"},
    AGAIN: {"fr": "Renvoyer un code", "en": "Send another code"},
    OTHER: {"fr": "Une autre adresse", "en": "Another address"},
    ORDER: {"fr": "Avec une commande", "en": "With an order instead"},
    PEOPLE: {"fr": "Laisser faire une personne", "en": "Leave it to a person"},
}


def offering(which: Sequence[str], language: str) -> list[dict[str, str]]:
    """The buttons, in this order."""
    return [choice(FACT, each, _LABELS[each][language]) for each in which]


def pressed(turn: Turn) -> str | None:
    """Which of them the message is; None for all that is typed."""
    if not turn.text.startswith("/") or turn.entities.get("fact") != FACT:
        return None
    said: str | None = turn.entities.get("choice")
    return said
