"""Whether a product that was found is what was asked for, something of the kind, or a chance likeness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz import fuzz

from actions.tasks import reading
from crm_backend.catalogue.search import ProductMatch, Search
from crm_backend.catalogue.words import category_name

ALIKE, LONG = 82, 4
"""Of 100, how alike two words are that are one with a typing mistake; and the letters of a word that says something."""
SHORT = 3
ASKED, AKIN, CHANCE = 2, 1, 0
_ANY: Final = frozenset(
    """grand grande petit petite rond ronde carre carree mere large small round square king queen double deux
    quatre lot six bain sans fil nouveau nouvelle set four two""".split()  # noqa: SIM905
)
"""Words of names that name nothing by themselves."""
_BETWEEN: Final = frozenset({"des", "les", "une", "the", "and", "avec", "pour"})
_FILLS: Final = frozenset(
    """avez vous auriez vendez dispo disponible disponibles disponibilite stock taille couleur cherche voudrais
    aimerais quelque chose encore toujours coloris version versions have available looking something anything
    size colour what which there still want need would like price prix combien coute much does cost existe
    exists comes autre autres other colours couleurs quelles quels quelle plait please with pour dans this that
    ceux celui celle""".split()  # noqa: SIM905
)
"""What a question has that asks for a colour or a size alone."""
_ASIDE: Final = frozenset(
    """bonjour merci svp moins sous maximum budget environ entre comme chere cher pas sans chez vous nous est sont reste
    restent neuf neuve beau belle joli jolie bien some your our those these other more most good nice cheap cheapest
    best new any all and under below about from like less than one please thanks are was got get buy see show sell there
    here around over not only well hello""".split()  # noqa: SIM905
)
"""What may stand beside the name of a thing without saying which kind it is."""
_LINKS: Final = frozenset("de d du des pour a en au aux for of".split())  # noqa: SIM905


def plainly(found: Search, text: str, *, by_name: bool = False) -> Search:
    """What of a search answers `text`: products that go by what is in it. What only shares a word with them is `near`,
    what shares a colour or a size is found only where nothing else was asked for, and never `by_name`."""
    said = _tokens(text)
    rated = [(each, _rate(each, said)) for each in found.found]
    asked = [each for each, rate in rated if rate == ASKED]
    if asked:
        return replace(found, found=asked)
    akin = [each for each, rate in rated if rate == AKIN]
    if akin:
        return replace(found, found=[], near=akin)
    if (
        not by_name
        and found.found
        and not any(len(word) >= LONG and reading.folded(word) not in _FILLS for word in found.unknown)
    ):
        return found
    return replace(found, found=[], near=[each for each in found.near if _rate(each, said) != CHANCE])


def is_kind_of(found: Sequence[ProductMatch], text: str) -> bool:
    """Whether what was found is at least the kind of thing that the text asks for: the rug, if not a round one. Not so
    for the lamp of a name that is a curtain's."""
    said = _tokens(text)
    kinds = [_parts(each, said) for each in found]
    return any(head for head, _ in kinds) and not any(name and not head for head, name in kinds)


def is_another_kind(found: Search, text: str, language: str) -> bool:
    """Whether a word that the catalogue does not know says which kind of thing is meant, right beside its name: the
    garden lamp, the lamp shade, "le panier pour chien"."""
    said = {reading.folded(word) for word in found.unknown if len(word) >= SHORT} - _FILLS - _ASIDE - _BETWEEN
    unknown = {token for word in said for token in _tokens(word)}
    words = [(_tokens(word) or [word])[0] for word in re.findall(r"\w+", reading.folded(text))]
    heads = {_head(product, language) for product in found.found} - {""}
    for at, word in enumerate(words):
        if not _in(word, sorted(heads)):
            continue
        after, before = words[at + 1 :], words[:at][::-1]
        if language == "fr":
            # "set de table": what comes before needs the link, what comes after may have it.
            linked = before[:1] and before[0] in _LINKS
            if (linked and before[1:2] and before[1] in unknown) or _next(after) in unknown:
                return True
        elif {*before[:1], *after[:1]} & unknown:
            return True
    return False


def _next(words: Sequence[str]) -> str | None:
    return next((word for word in words[:2] if word not in _LINKS), None) if words else None


def _head(product: ProductMatch, language: str) -> str:
    """The word for the kind of thing that a product is: the first of its name in French, the last in English."""
    words = _tokens(product.names.get(language, "").partition(",")[0])
    return "" if not words else words[0] if language == "fr" else words[-1]


def _parts(product: ProductMatch, said: Sequence[str]) -> tuple[bool, bool]:
    """Whether the kind of thing that a product is was said, and a word of its own name."""
    head = name = False
    for language, full in product.names.items():
        words = _tokens(full.partition(",")[0])
        if words:
            kind, rest = (words[0], words[1:]) if language == "fr" else (words[-1], words[:-1])
            head = head or _in(kind, said)
            name = name or any(len(one) >= LONG and one not in _ANY and _in(one, said) for one in rest)
    return head, name


def _rate(product: ProductMatch, said: Sequence[str]) -> int:
    names = {language: _tokens(name.partition(",")[0]) for language, name in product.names.items()}
    for language, words in names.items():
        if not words:
            continue
        head, rest = (words[0], words[1:]) if language == "fr" else (words[-1], words[:-1])
        own = [word for word in rest if word not in _BETWEEN]
        if _in(head, said) or (own and all(_in(word, said) for word in own)):
            return ASKED
        kind = [word for word in _tokens(category_name(product.category, language)) if len(word) >= LONG]
        if kind and all(_in(word, said) for word in kind):
            return ASKED
    every = {word for words in names.values() for word in words if len(word) >= LONG and word not in _ANY}
    return AKIN if any(_in(word, said) for word in every) else CHANCE


def _in(word: str, said: Sequence[str]) -> bool:
    return any(word == other or (len(word) > LONG and fuzz.ratio(word, other) >= ALIKE) for other in said)


def _tokens(text: str) -> list[str]:
    """The words of a text in small letters without accents or the ending of a plural."""
    return [re.sub(r"(?<=\w{3})[sx]$", "", word) for word in re.findall(r"\w{3,}", reading.folded(text))]
