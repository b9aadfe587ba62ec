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
    "released_done": {
        "fr": "{name} {done}. L’assistant reprend la conversation\u00a0: autre chose\u00a0?",
        "en": "{name} {done}. The assistant is back: anything else?",
    },
    "closed": {
        "fr": "Cette conversation est close. Écrivez ici pour la reprendre.",
        "en": "This conversation is closed. Write here to pick it up again.",
    },
    "how_was_it": {
        "fr": "Cette conversation est close. Comment s’est-elle passée\u00a0? Pour la reprendre, écrivez simplement.",
        "en": "This conversation is closed. How was it? To pick it up again, just write.",
    },
    "how_was_it_then": {
        "fr": "Comment s’est passée notre conversation\u00a0? Pour la reprendre, écrivez simplement.",
        "en": "How was our conversation? To pick it up again, just write.",
    },
    "rating_noted": {
        "fr": "Merci, c’est noté.",
        "en": "Thank you, that’s noted.",
    },
    "rating_too_late": {
        "fr": "Merci. Cette conversation date un peu\u00a0: la note n’est plus modifiable.",
        "en": "Thank you. That conversation is a while back: its rating can’t be changed any more.",
    },
    "goes_on_here": {
        "fr": "Nous continuons ici\u00a0: tout ce qui a été dit est gardé. Je vous écoute.",
        "en": "We’ll carry on here: everything said so far is kept. Go ahead.",
    },
    "keeps_place": {
        "fr": "Vous gardez votre place\u00a0: une personne vous répondra ici, avec tout ce qui a été dit.",
        "en": "You keep your place: a person will answer you here, with everything said so far.",
    },
    "unsubscribed": {
        "fr": "C’est noté\u00a0: plus de messages de suivi. Vous pouvez toujours m’écrire ici.",
        "en": "Noted: no more order updates. You can still write to me here.",
    },
    "away": {
        "fr": (
            "Notre équipe n’est pas là en ce moment\u00a0; elle revient {back}. Votre message est gardé, et une"
            " personne vous répondra ici."
        ),
        "en": (
            "Our team isn’t here at the moment and is back {back}. Your message is kept, and a person will answer you"
            " here."
        ),
    },
    "meanwhile": {
        "fr": "Je garde votre demande pour l’équipe. En attendant\u00a0:",
        "en": "I’ve kept your request for the team. Meanwhile:",
    },
    "back": {
        "fr": "Notre équipe revient {back}.",
        "en": "Our team is back {back}.",
    },
    "case_number": {
        "fr": "Votre demande porte le numéro {number}.",
        "en": "Your request is number {number}.",
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
