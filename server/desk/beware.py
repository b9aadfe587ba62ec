"""What about a name or an address might make an agent take somebody for somebody else.

The rule of scripts is the one that Unicode's security mechanisms call highly restrictive (UTS #39, section 5.2): one
script, or Latin with what Japanese, Korean and Chinese are written with. It is asked of each word of a name and of each
part of an address, so that a name may be written twice, in two scripts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

WORDS = {
    "mixed_address": {
        "fr": "L’adresse {value} mêle plusieurs écritures\u00a0: elle peut en imiter une autre.",
        "en": "The address {value} mixes several scripts: it may imitate another one.",
    },
    "alike_address": {
        "fr": "L’adresse {value} est faite de lettres étrangères qui ressemblent aux nôtres.",
        "en": "The address {value} is made of foreign letters that look like ours.",
    },
    "mixed_name": {
        "fr": "Le nom affiché mêle plusieurs écritures\u00a0: il peut en imiter un autre.",
        "en": "The name shown mixes several scripts: it may imitate another one.",
    },
    "hidden": {
        "fr": "Le nom ou l’adresse contient des caractères invisibles.",
        "en": "The name or the address holds invisible characters.",
    },
    "other_address": {
        "fr": "Le nom affiché est une adresse, «\u00a0{value}\u00a0», qui n’est pas celle d’où ce message vient.",
        "en": "The name shown is an address, “{value}”, which is not the one this came from.",
    },
}
_EAST = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
_SCRIPTS = frozenset().union(*_EAST) | {
    *("GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "DEVANAGARI", "THAI"),
    *("GEORGIAN", "CHEROKEE", "COPTIC", "ETHIOPIC", "LISU"),
}
_LIKE_OURS = frozenset("асеорхуіјѕһԁԛԝкмнтвгпьαοενικτυρχγωабдкьᴀᴏօսոհցքԼІЈЅАВЕКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
_ADDRESS = re.compile(r"[^\s<>@\"'(),;]+@[^\s<>@\"'(),;]+\.[^\s<>@\"'(),;]+")
_JOINERS = "\u200c\u200d"
_LONGEST = 400


def warnings(name: str | None, address: str | None, language: str) -> list[str]:
    """Sentences in the agent's language; none for nearly everybody. `address` is an e-mail address, or None."""
    return [WORDS[code][language].format(value=value) for code, value in _found(name or "", address or "")]


@lru_cache(maxsize=2_048)
def _found(name: str, address: str) -> tuple[tuple[str, str], ...]:
    name, address = name[:_LONGEST], address[:_LONGEST]
    found: list[tuple[str, str]] = []
    if address:
        plain = _without_punycode(address)
        if any(_mixed(part) for part in _parts(plain)):
            found.append(("mixed_address", plain))
        elif any(_looks_like_ours(part) for part in _parts(plain)):
            found.append(("alike_address", plain))
    if any(_mixed(word) for word in name.split()):
        found.append(("mixed_name", name))
    if _hides(name) or _hides(address):
        found.append(("hidden", name))
    named = _ADDRESS.search(unicodedata.normalize("NFKC", name))
    if named and named[0].casefold().rstrip(".") != address.casefold():
        found.append(("other_address", named[0]))
    return tuple(found)


def _parts(address: str) -> Iterator[str]:
    yield from re.split(r"[@.\-_+]+", address)


def _script(letter: str) -> str | None:
    """Latin, Cyrillic, …; None for what belongs to all or to none that is told apart here."""
    if not letter.isalpha():
        return None
    first = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
    first = "LATIN" if first == "FULLWIDTH" else first
    return first if first in _SCRIPTS else None


def _mixed(word: str) -> bool:
    scripts = {script for letter in word if (script := _script(letter))}
    return len(scripts) > 1 and not any(scripts <= together for together in _EAST)


def _looks_like_ours(part: str) -> bool:
    letters = [letter for letter in part if letter.isalpha()]
    foreign = bool(letters) and all(_script(letter) in ("CYRILLIC", "GREEK", "ARMENIAN") for letter in letters)
    return foreign and all(letter in _LIKE_OURS for letter in letters)


def _hides(text: str) -> bool:
    """Marks that show nothing and change what is read; joiners are part of the spelling of some scripts and emoji."""
    return any(
        unicodedata.category(each) == "Cf" and not (each in _JOINERS and not text.isascii() and _joined(text, at))
        for at, each in enumerate(text)
    )


def _joined(text: str, at: int) -> bool:
    before = text[at - 1] if at else ""
    return bool(before) and ord(before) > 0x2FF and _script(before) not in ("GREEK", "CYRILLIC")


def _without_punycode(address: str) -> str:
    """The address as people see it: `xn--…` read as the letters it stands for."""
    labels = []
    for label in address.split("."):
        before, at, host = label.rpartition("@")
        try:
            shown = host[4:].encode("ascii").decode("punycode") if host.lower().startswith("xn--") else host
        except UnicodeError:
            shown = host
        labels.append(before + at + shown)
    return ".".join(labels)
