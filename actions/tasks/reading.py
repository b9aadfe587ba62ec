"""Reading an answer: a choice by its name, its number or its place, yes and no, and facts that nobody tagged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

import phonenumbers
from rapidfuzz import fuzz

NEAR, AHEAD = 84, 8
"""How well a choice's words must be met, of 100, and by how much better than the next."""
_NUMBER: Final = re.compile(
    # Every word begins with a letter, which nothing between them is: there is one way to read a text, and it is quick.
    r"^\W*(?:(?:le|la|les|the|n[o°]|num[ée]ro|number|choix|option)\W*)*(\d{1,2})\W*$",
    re.IGNORECASE,
)
_PLACES: Final = (
    ("premier", "premiere", "1er", "1ere", "first", "1st"),
    ("deuxieme", "second", "seconde", "2e", "2eme", "2nd"),
    ("troisieme", "third", "3e", "3eme", "3rd"),
    ("quatrieme", "fourth", "4e", "4eme", "4th"),
    ("cinquieme", "fifth", "5e", "5eme", "5th"),
    ("sixieme", "sixth", "6e", "6eme", "6th"),
)
_SET_ASIDE: Final = re.compile(
    # Not begun anew at each of many spaces.
    r"[,;]?(?<!\s)\s*\b(?:(?:et\s+|mais\s+)?(?:pas|non)\s+(?:les?|la|l['’]|des|du|celles?|celui|ceux)|"
    r"(?:and\s+|but\s+)?not\s+(?:the|those|that|these))\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_NO_NUMBER: Final = re.compile(
    r"\b(?:pas|plus|perdu|sans|aucun)\b[\w\s'’]{0,20}\b(?:num[ée]ro|n°|r[ée]f[ée]rence)(?! de (?:suivi|t[ée]l|colis))|"
    r"\b(?:do ?n['’]?t|do not|haven['’]?t|can['’]?t|cannot|lost|without|no)\b"
    r"(?:(?!\btracking|\bphone|\bmobile)[\w\s'’]){0,24}\b(?:number|reference)\b",
    re.IGNORECASE,
)
_DENIES: Final = re.compile(r"\bne\b|\bn['’]|\b(?:is|are|was|were|it['’]s|that['’]s)\s+not\b", re.IGNORECASE)
_LAST: Final = frozenset(("dernier", "derniere", "last"))
_ALL: Final = re.compile(r"\b(?:tou(?:t|te|tes|s)|les deux|les trois|all|everything|both|the lot)\b", re.IGNORECASE)
# From where a word begins, and no longer than an address may be: a text without one is passed over once.
_EMAIL: Final = re.compile(r"(?<![^\s@<>,;:])[^\s@<>,;:]{1,64}@[^\s@<>,;:]{1,253}\.[^\s@<>,;:]{2,63}")


def folded(text: str) -> str:
    """Small letters without accents, one space between words."""
    bare = "".join(one for one in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(one))
    return " ".join(bare.replace("’", "'").split())


def pick(text: str, options: Mapping[str, str]) -> str | None:
    """The code of the one choice that is meant; None when none is, or more than one may be."""
    codes = list(options)
    if number := _NUMBER.match(text):
        at = int(number[1])
        return codes[at - 1] if 1 <= at <= len(codes) else None
    said = folded(_wanted(text))
    exact = [code for code, words in options.items() if folded(words) == said]
    if len(exact) == 1:
        return exact[0]
    if (place := _place(said, len(codes))) is not None:
        return codes[place]
    scores = sorted(((_likeness(said, folded(words)), code) for code, words in options.items()), reverse=True)
    if not scores or scores[0][0] < NEAR or (len(scores) > 1 and scores[0][0] - scores[1][0] < AHEAD):
        return None
    return scores[0][1]


def at(place: int, count: int) -> int | None:
    """The index of the `place`th of `count` things, from the end when it is negative; None outside."""
    index = place - 1 if place > 0 else count + place
    return index if place and 0 <= index < count else None


def several(text: str, options: Mapping[str, str]) -> list[str]:
    """The codes of every choice that is meant: `all`, `1 and 3`, or names; empty when none is."""
    codes = list(options)
    if _ALL.search(folded(text)):
        return codes
    numbers = [int(each) for each in re.findall(r"\d{1,2}", text)]
    if numbers and re.fullmatch(r"[\d\s,;+&.]*(?:(?:et|and|ou|or|puis|then)[\d\s,;+&.]*)*", text.casefold()):
        return [codes[at - 1] for at in dict.fromkeys(numbers) if 1 <= at <= len(codes)]
    if one := pick(text, options):
        return [one]
    parts = [part for part in re.split(r",|;|\+|&|\bet\b|\band\b", text) if part.strip()]
    found = [pick(part, options) for part in parts] if len(parts) > 1 else []
    return list(dict.fromkeys(code for code in found if code))


def named(text: str, names: Mapping[str, str]) -> list[str]:
    """The keys whose names are spoken of in a longer text ("the lamp I ordered is broken"): those that share the most
    words with it. Empty when none does."""
    said = set(re.findall(r"\w{3,}", folded(_wanted(text))))
    shared = {
        key: sum(_stem(word) in {_stem(one) for one in said} for word in _words(name)) for key, name in names.items()
    }
    most = max(shared.values(), default=0)
    return [key for key, count in shared.items() if count == most] if most else []


def lacks_number(text: str) -> bool:
    """Whether somebody says that they do not have the order's number."""
    return bool(_NO_NUMBER.search(text))


def phone(text: str, *, country: str) -> str | None:
    """The telephone number in a text, in E.164; None without a valid one."""
    for match in phonenumbers.PhoneNumberMatcher(text, country):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def email(text: str) -> str | None:
    """The first e-mail address in a text."""
    found = _EMAIL.search(text)
    return found[0].rstrip(".") if found else None


def _wanted(text: str) -> str:
    """The text without what it sets aside: "the plates, not the napkins"."""
    kept = _SET_ASIDE.sub("", text)
    return kept if re.search(r"\w{3,}", kept) and not _DENIES.search(text) else text


def _place(said: str, count: int) -> int | None:
    words = re.findall(r"\w+", said)
    if len(words) > 6:
        return None
    if _LAST & set(words):
        return count - 1
    for at, names in enumerate(_PLACES[:count]):
        if set(names) & set(words):
            return at
    return None


def _likeness(said: str, words: str) -> float:
    """100 when the choice's words are all said, or all that is said are words of the choice."""
    if len(said) < 3:
        return 0.0
    return float(fuzz.token_set_ratio(said, words))


def _words(name: str) -> Sequence[str]:
    return [word for word in re.findall(r"\w{3,}", folded(name)) if word not in _SAY_NOTHING]


def _stem(word: str) -> str:
    bare = word.rstrip("sx")
    return _ALSO_CALLED.get(bare, bare)


_ALSO_CALLED: Final = {
    "tasse": "mug", "cup": "mug", "sofa": "canape", "couch": "canape", "settee": "canape", "armchair": "fauteuil",
    "rug": "tapi", "carpet": "tapi", "curtain": "rideau", "drape": "rideau", "cushion": "coussin", "pillow": "oreiller",
    "blanket": "plaid", "throw": "plaid", "couverture": "plaid", "mirror": "miroir", "glace": "miroir",
    "tablecloth": "nappe", "lampadaire": "lampe", "lamp": "lampe", "candle": "bougie", "chair": "chaise",
    "plate": "assiette", "bowl": "bol", "glass": "verre", "napkin": "serviette", "towel": "serviette",
    "casserole": "cocotte", "shelf": "etagere", "shelve": "etagere", "basket": "panier",
}  # fmt: skip
"""What people call things, without the mark of the plural, and how they are called in the catalogue."""


_SAY_NOTHING: Final = frozenset(
    (
        "les",
        "des",
        "une",
        "avec",
        "sans",
        "pour",
        "lot",
        "the",
        "and",
        "with",
        "set",
        "grand",
        "petit",
        "large",
        "small",
    )
)
