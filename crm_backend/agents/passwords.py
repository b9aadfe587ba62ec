"""Whether a password that somebody chooses is one that others would guess (NIST SP 800-63B, 5.1.1.2)."""

from __future__ import annotations

import re
from collections.abc import Collection

from crm_backend.agents.services import SHORTEST_PASSWORD
from crm_backend.errors import Invalid
from crm_backend.letters import unaccented

LONGEST_PASSWORD = 1024
FEWEST_DIFFERENT = 5
_KNOWN = """
password motdepasse passwort azerty qwerty qwertz welcome bienvenue bonjour soleil doudou chouchou jetaime iloveyou
admin administrateur administrator letmein changeme secret dragon monkey football princess sunshine superman batman
marseille loulou nicolas camille relais support service client test demo login root master michael shadow trustno
azertyuiop qwertyuiop cheval chocolat doctor computer internet
"""
_COMMON = tuple(_KNOWN.split())
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "01234567890",
    "09876543210",
)
_TAIL = re.compile(r"[\W\d_]+")


def checked(password: str, *, about: Collection[str] = (), field: str = "password") -> str:
    """The password, if it is worth having. `about` are words that others know of its owner: their name, their address,
    the company. `field` is what the caller calls it.

    Raises Invalid: `password_short`, `password_long`, `password_simple` (few different characters, or a row of the
    keyboard), `password_common`, `password_personal`.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(field, "password_short", least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(field, "password_long", most=LONGEST_PASSWORD)
    plain = _plain(password)
    if len(set(plain)) < FEWEST_DIFFERENT or any(_rests_on(plain, row) for row in _ROWS):
        raise Invalid(field, "password_simple")
    if any(_rests_on(plain, word) for word in _COMMON):
        raise Invalid(field, "password_common")
    if _made_of(plain, {word for each in about for word in _words(each)}):
        raise Invalid(field, "password_personal")
    return password


def _words(text: str) -> list[str]:
    """The words of a name or an address that are long enough to make much of a password."""
    return [word for word in re.split(r"[\W_]+", _plain(text)) if len(word) >= 4]


def _made_of(plain: str, words: Collection[str]) -> bool:
    """Whether words that are known of somebody make up nearly all of a password."""
    letters = left = _TAIL.sub("", plain)
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != letters and len(left) < 4


def _rests_on(plain: str, known: str) -> bool:
    """Whether little is left of a password without what is known: digits and marks around it add next to nothing."""
    letters = _TAIL.sub("", plain)
    if known.isdigit():
        runs = [known[i : i + 6] for i in range(len(known) - 5)]
        return any(run in plain and len(plain) - len(run) < 6 for run in runs)
    if len(known) > 20:
        return len(letters) >= 6 and len(letters) >= len(plain) - 6 and letters in known
    return known in letters and len(letters) - len(known) < 4


def _plain(text: str) -> str:
    """Small letters without accents."""
    return unaccented(text.casefold())
