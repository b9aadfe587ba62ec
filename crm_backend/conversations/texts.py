"""What counts as text from a customer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from crm_backend.errors import Empty, TooLong
from crm_backend.letters import unaccented

MAX_LENGTH = 10_000
LONGEST_STOP = 60

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Overrides and isolates can make a line read differently from what it says (CVE-2021-42574); spacers hide words.
_DECEPTIVE = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u00ad]")
STOP_WORDS = (
    "stop", "stopp", "stopper", "arret", "arrêt", "arrêter", "désabonner", "me désabonner", "se désabonner",
    "désabonnez-moi", "désabonnement", "désinscrire", "me désinscrire", "se désinscrire", "désinscrivez-moi",
    "désinscription", "unsubscribe", "unsubscribe me", "opt out", "optout",
)  # fmt: skip
"""What people write to end unasked messages, on every channel."""
_COURTESIES = ("svp", "stp", "s il vous plait", "s il te plait", "please", "merci", "thank you", "thanks")
_INVISIBLE = re.compile(r"[\s\u200c\u200d\u200e\u200f]*")


def clean(text: str, *, max_length: int = MAX_LENGTH) -> str:
    """The text as it is kept: composed (NFC), without control, override and invisible characters.

    Raises TooLong past `max_length` characters, Empty when nothing visible is left.
    """
    if len(text) > max_length:
        raise TooLong(f"{len(text)} characters")
    # A lone surrogate is valid JSON and no valid UTF-8.
    text = text.replace("\r\n", "\n").encode("utf-8", "ignore").decode("utf-8")
    # Composed last: what is taken out may have stood between a letter and its accent.
    text = unicodedata.normalize("NFC", _DECEPTIVE.sub("", _CONTROLS.sub("", text)).strip())
    if _INVISIBLE.fullmatch(text):
        raise Empty("nothing visible")
    return text


def clean_name(name: str, *, length: int = 120) -> str:
    """A name that somebody else chose, fit to show on one line: no control, override or invisible characters."""
    line = " ".join(_DECEPTIVE.sub("", _CONTROLS.sub(" ", name.encode("utf-8", "ignore").decode("utf-8"))).split())
    return unicodedata.normalize("NFC", line)[:length]


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


def shorten(text: str, length: int) -> str:
    """At most `length` characters on one line, cut at a word, with an ellipsis when cut."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
