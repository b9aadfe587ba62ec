"""What the bot itself says in Telegram, beside the conversation."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "command_person": {"fr": "Parler à une personne", "en": "Talk to a person"},
    "command_help": {"fr": "Ce que je peux faire", "en": "What I can do"},
    "shared_number": {"fr": "Voici mon numéro de téléphone.", "en": "Here’s my phone number."},
    "share_number": {"fr": "📱 Prouver que c’est moi par mon numéro", "en": "📱 Prove it’s me with my number"},
    "answer_here": {"fr": "Votre réponse", "en": "Your answer"},
    "stale": {
        "fr": "Ce choix n’est plus valable. Écrivez-moi ce que vous souhaitez.",
        "en": "That choice no longer holds. Tell me what you’d like.",
    },
    "too_long": {
        "fr": "Ce message est trop long pour moi\u00a0: pouvez-vous l’envoyer en deux fois\u00a0?",
        "en": "That message is too long for me: could you send it in two?",
    },
    "unreadable": {
        "fr": "[Contenu Telegram qui ne peut pas être lu ici]",
        "en": "[Telegram content that can’t be read here]",
    },
    "in_private": {
        "fr": "Ici, tout le monde lit. Écrivez-moi en privé, je m’occupe de vous.",
        "en": "Everyone reads along here. Write to me in private and I’ll look after you.",
    },
    "write_in_private": {"fr": "Écrire en privé", "en": "Write in private"},
}


def words(key: str, language: str) -> str:
    """The sentence `key` in `language`."""
    return WORDS[key][language]


def spoken(language_code: str | None) -> str | None:
    """`fr` or `en` from an IETF language tag, as the user's app is set; None for any other."""
    primary = (language_code or "").split("-", 1)[0].lower()
    return primary if primary in ("fr", "en") else None
