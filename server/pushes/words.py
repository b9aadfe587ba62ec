"""What a browser shows of a push, in both languages: never a word of a customer's, for screens are read by others."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "mention": {"fr": "{who} vous mentionne dans une note.", "en": "{who} mentions you in a note."},
    "reminder": {"fr": "Un de vos rappels est arrivé à échéance.", "en": "One of your reminders is due."},
    "returned": {
        "fr": "Une conversation mise en attente est de retour dans votre liste.",
        "en": "A conversation you snoozed is back in your list.",
    },
    "offer": {"fr": "Une conversation vous est proposée.", "en": "You’re offered a conversation."},
    "case": {"fr": "Une demande vous est proposée.", "en": "You’re offered a case."},
    "message": {
        "fr": "Un nouveau message dans une de vos conversations.",
        "en": "A new message in one of your conversations.",
    },
}


def said(kind: str, language: str, *, who: str, of_case: bool) -> str:
    """The sentence. Raises KeyError for a kind that has none."""
    return WORDS["case" if kind == "offer" and of_case else kind][language].format(who=who)
