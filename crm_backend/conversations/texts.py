"""What a customer’s text may be besides words: a wish to be left alone, an intent’s mark."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from crm_backend.letters import unaccented

LONGEST_STOP = 60
STOP_WORDS = (
    "stop", "stopp", "stopper", "arret", "arrêt", "arrêter", "désabonner", "me désabonner", "se désabonner",
    "désabonnez-moi", "désabonnement", "désinscrire", "me désinscrire", "se désinscrire", "désinscrivez-moi",
    "désinscription", "unsubscribe", "unsubscribe me", "opt out", "optout",
)  # fmt: skip
"""What people write to end unasked messages, on every channel."""
_COURTESIES = ("svp", "stp", "s il vous plait", "s il te plait", "please", "merci", "thank you", "thanks")


def is_stop(text: str, words: Iterable[str] = STOP_WORDS) -> bool:
    """Whether the whole message is one of the words that end unasked messages; case, accents, punctuation and a word of
    courtesy before or after it do not count."""
    if len(text) > LONGEST_STOP:
        return False
    said = _bare(text)
    for courtesy in _COURTESIES:
        said = said.removeprefix(f"{courtesy} ").removesuffix(f" {courtesy}")
    return bool(said) and said in _all_bare(tuple(words))


@lru_cache(maxsize=8)
def _all_bare(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_bare, words))


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", unaccented(text).casefold()).split())


def for_assistant(text: str) -> str:
    """The text as the assistant may see it: what a customer types never starts with `/`, Rasa's mark of an intent.

    Spaces of every kind and invisible characters before it do not count: whoever strips them next would bare the mark.
    """
    start = next((at for at, letter in enumerate(text) if letter.isprintable() and letter not in "/ "), len(text))
    return text[start:].strip() or "?"
