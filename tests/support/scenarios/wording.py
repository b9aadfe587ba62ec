"""How the same thing is written by different people: greetings, politeness, haste, slips of the finger."""

from __future__ import annotations

import random
import re
import unicodedata

HELLO = {
    "fr": ("Bonjour, ", "bonjour ", "Bonsoir, ", "bjr ", "Salut, ", "Hello, "),
    "en": ("Hello, ", "hi ", "Hi there, ", "Good morning, ", "hey, "),
}
PLEASE = {
    "fr": (" s'il vous plaît", " svp", ", merci", " merci d'avance", " SVP"),
    "en": (" please", ", thanks", " thank you", " pls", ", cheers"),
}
SHORT = {
    "fr": {
        "bonjour": "bjr",
        "commande": "cmd",
        "c'est": "c",
        "quand": "qd",
        "vous": "vs",
        "beaucoup": "bcp",
        "toujours": "tjs",
        "s'il vous plaît": "svp",
        "pourquoi": "pk",
        "est-ce que": "esk",
        "j'ai": "g",
        "dans": "ds",
    },
    "en": {
        "you": "u",
        "please": "pls",
        "are": "r",
        "thanks": "thx",
        "because": "cos",
        "your": "ur",
        "for": "4",
        "to": "2",
    },
}
HELD = re.compile(r"\{[\w.]+\}|\S*@\S*|\S*\d\S*")
"""Facts, which are not misspelt: a wrong number is another matter (`customer.py`)."""
SHORTEST = 15
"""Characters below which it is a greeting, which nobody asks for politely."""


GRUDGES = {
    "fr": "Franchement je suis déçue, ce n’est pas la première fois et personne ne répond jamais au téléphone. ",
    "en": "Honestly I am disappointed, it isn’t the first time and nobody ever answers the telephone. ",
}
LONGEST_RANT = 4_850


def varied(text: str, language: str, chance: random.Random, *, opening: bool = False) -> str:
    """The text as somebody else might have written it; at most two liberties are taken."""
    if opening and chance.random() < 0.35:
        text = chance.choice(HELLO[language]) + text[:1].lower() + text[1:]
    if opening and len(text) > SHORTEST and chance.random() < 0.3:
        text = text.rstrip(" .!") + chance.choice(PLEASE[language]) if not text.endswith("?") else text
    wide = len(text) > 12
    liberties = [without_accents, small, loud_end] + ([short, slip, capitals] if wide else [])
    for liberty in chance.sample(liberties, k=chance.choice((0, 0, 1, 1, 2))):
        text = liberty(text, language, chance)
    return text


def without_accents(text: str, _language: str, _chance: random.Random) -> str:
    """As on a foreign keyboard."""
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def small(text: str, _language: str, _chance: random.Random) -> str:
    """Without capitals."""
    return _apart(text, str.lower)


def capitals(text: str, _language: str, chance: random.Random) -> str:
    """Shouted; seldom."""
    return _apart(text, str.upper) if chance.random() < 0.3 else text


def loud_end(text: str, _language: str, chance: random.Random) -> str:
    """Other punctuation at the end."""
    bare = text.rstrip(" .!?")
    return bare + chance.choice(("", " !", "...", "!!") if not text.endswith("?") else ("?", " ??", ""))


def short(text: str, language: str, _chance: random.Random) -> str:
    """As in a text message."""
    for whole, brief in SHORT[language].items():
        text = re.sub(rf"(?<![\w'{{-]){re.escape(whole)}(?![\w'}}-])", brief, text, flags=re.IGNORECASE)
    return text


def slip(text: str, _language: str, chance: random.Random) -> str:
    """One long word with two letters swapped, one lost, or one doubled."""
    words = [match for match in re.finditer(r"[^\W\d_]{6,}", text) if not _held(text, match)]
    if not words:
        return text
    word = chance.choice(words)
    at = chance.randrange(1, len(word[0]) - 2)
    letters = word[0]
    wrong = chance.choice(
        (
            letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :],
            letters[:at] + letters[at + 1 :],
            letters[:at] + letters[at] + letters[at:],
        )
    )
    return text[: word.start()] + wrong + text[word.end() :]


def _held(text: str, word: re.Match[str]) -> bool:
    return any(held.start() <= word.start() < held.end() for held in HELD.finditer(text))


def _apart(text: str, change: object) -> str:
    """Changes what is no fact."""
    assert callable(change)
    parts, last = [], 0
    for held in HELD.finditer(text):
        parts += [change(text[last : held.start()]), held[0]]
        last = held.end()
    return "".join([*parts, change(text[last:])])


def rant(language: str) -> str:
    """Almost as much as fits into one message."""
    return (GRUDGES[language] * 60)[:LONGEST_RANT].rsplit(".", 1)[0] + "."
