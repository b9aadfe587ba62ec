"""The few sentences that a conversation itself says, in both languages."""

from __future__ import annotations

NOTICES: dict[str, dict[str, str]] = {
    "joined": {
        "fr": "{name} a rejoint la conversation et lit vos échanges.",
        "en": "{name} has joined the conversation and is reading it.",
    },
    "released": {
        "fr": "{name} a terminé. L’assistant reprend la conversation, écrivez quand vous voulez.",
        "en": "{name} has finished. The assistant is back; write whenever you like.",
    },
    "closed": {
        "fr": "Cette conversation est close. Écrivez ici pour la reprendre.",
        "en": "This conversation is closed. Write here to pick it up again.",
    },
    "failure": {
        "fr": (
            "Je n’arrive pas à vous répondre pour le moment, pardon. Je vous passe une personne\u00a0: "
            "elle verra toute notre conversation."
        ),
        "en": "I can’t answer you right now, sorry. I’m passing you to a person, who’ll see our whole conversation.",
    },
}


def notice(key: str, language: str, **values: str) -> str:
    """The sentence `key` in `language`, with its values filled in."""
    return NOTICES[key][language].format(**values)
