"""Which of the products that were shown is meant: "the cheapest", "the second one", "in white?", "anything bigger?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from actions.tasks import reading
from actions.turn import Turn
from crm_backend.catalogue.search import ProductMatch

SHOWN_LAST: Final = "product_shown"
MOST_WORDS: Final = 8
_CHEAPEST: Final = re.compile(
    r"\b(?:moins|-)\s*ch[eè]re?s?\b|\bcheap(?:er|est)\b|\b(?:least|less) expensive\b|\bbon march[ée]\b|"
    r"\blowest priced?\b|\bprix le plus bas\b|\bplus abordables?\b",
    re.IGNORECASE,
)
_DEAREST: Final = re.compile(
    r"\bplus ch[eè]re?s?\b|\b(?:most|more) expensive\b|\bdearest\b|\bpriciest\b", re.IGNORECASE
)
_LOOKS: Final = re.compile(
    r"blanc(?:he)?s?|noire?s?|gris(?:es?)?|verte?s?|bleue?s?|rouges?|jaunes?|roses?|beiges?|ecrue?s?|marrons?|brune?s?|"
    r"doree?s?|orange|violet(?:te)?s?|ocre|terracotta|white|black|gr[ea]y|green|blue|red|yellow|pink|brown|gold(?:en)?|"
    r"purple|navy|ecru|ochre|petite?s?|grande?s?|moyen(?:ne)?s?|small(?:er|est)?|large(?:r|st)?|big(?:ger|gest)?|medium"
)
_SIZES: Final = (
    (re.compile(r"\b(?:big(?:ger|gest)?|larger|largest)\b", re.IGNORECASE), "large"),
    (re.compile(r"\b(?:smaller|smallest)\b", re.IGNORECASE), "small"),
)
_BY_SIZE: Final = re.compile(
    r"\b(?:plus (?:grande?|petite?|haute?|large)|big(?:ger|gest)|larg(?:er|est)|small(?:er|est)|"
    r"tall(?:er|est)|wid(?:er|est))s?\b(?: (?:one|of (?:the two|them)))?",
    re.IGNORECASE,
)
_BACK_AGAIN: Final = re.compile(
    r"\b(?:(?:be|is|it|they|are|them|get|any|come|coming|have)\b.{0,20}\bback|back (?:in|soon)|restock\w*|"
    r"in stock again|more (?:in|of them)|(?:revien|reviendr)\w+|de retour|"
    r"r[ée]approvisionn\w*|(?:en )?(?:re)?(?:cev|çoi|coi)\w*|en aurez|ren?tr\w+|r[ée]assort\w*)",
    re.IGNORECASE,
)
"""What is asked of something that is sold out."""
_WHEN: Final = re.compile(
    r"\b(?:quand|when|bient[ôo]t|soon|quelle date|what date|how long|dans combien|va|will|going to)\b",
    re.IGNORECASE,
)
_OF_THEIRS: Final = re.compile(
    r"\b(?:my|mes|mon|ma|money|refund\w*|rembours\w*|argent|colis|parcel|commande|order|retour\w* de|call\w*|livr\w*|"
    r"deliver\w*|je|i|me|get back to|come back to)\b",
    re.IGNORECASE,
)
_LITTLE: Final = frozenset(
    """a about alors an and any anything autre autres avez c ce celle celui ces cette chose d de des dispo disponible
    do does elle elles en est et existe exist exists got have how i il in is it je l la laquelle le lequel les like
    ll m me mais mieux more moi moins no non oui ok one ones or ou plus plutot prefer prefere prends quel quelle
    quelles quels quelque s rien sinon something take that the this un une version veux voudrais vous want what which
    y yes you please svp stp merci thanks lot then""".split()  # noqa: SIM905
)
"""Words that name nothing beside a colour or a size."""


def is_said(turn: Turn) -> bool:
    """Whether a short message points at what was shown last, and names nothing itself."""
    text = turn.meant
    if not turn.slot(SHOWN_LAST) or len(text.split()) > MOST_WORDS or "order_number" in turn.entities:
        return False
    if _CHEAPEST.search(text) or _DEAREST.search(text) or _BY_SIZE.search(text) or _place(turn) is not None:
        return True
    words = [word for word in re.findall(r"[^\W\d_]+", reading.folded(text)) if word not in _LITTLE]
    return bool(words) and all(_LOOKS.fullmatch(word) for word in words)


def names_a_look(turn: Turn) -> bool:
    """Whether it points by a price, a colour or a size, and not by a place in a list, which may be another's."""
    return is_said(turn) and (_place(turn) is None or bool(_CHEAPEST.search(turn.meant) or _DEAREST.search(turn.meant)))


def the_one(turn: Turn, shown: Sequence[ProductMatch]) -> ProductMatch | None:
    """The one of those that is meant by its price or its place; None when none is."""
    if not shown or not is_said(turn):
        return None
    if _CHEAPEST.search(turn.meant):
        return min(shown, key=lambda each: each.price_from)
    if _DEAREST.search(turn.meant):
        return max(shown, key=lambda each: each.price_to)
    place = _place(turn)
    index = None if place is None else reading.at(place, len(shown))
    return None if index is None else shown[index]


def by_price(turn: Turn) -> bool:
    """Whether one is pointed at by what it costs."""
    return is_said(turn) and bool(_CHEAPEST.search(turn.meant) or _DEAREST.search(turn.meant))


def by_size(turn: Turn) -> bool:
    """Whether one of several is pointed at by its size: "the bigger one"."""
    return is_said(turn) and bool(_BY_SIZE.search(turn.meant))


def asks_when_back(turn: Turn) -> bool:
    """Whether it asks when what was shown last can be had again."""
    text = turn.meant
    if not turn.slot(SHOWN_LAST) or len(text.split()) > MOST_WORDS or "order_number" in turn.entities:
        return False
    return bool(_WHEN.search(text) and _BACK_AGAIN.search(text)) and not _OF_THEIRS.search(text)


def looks(text: str) -> str | None:
    """The colour or size that a text names, as it was written."""
    words = re.findall(r"[^\W\d_]+", text)
    return next((word.casefold() for word in words if _LOOKS.fullmatch(reading.folded(word))), None)


def sized(text: str) -> str:
    """The text with sizes as the catalogue has them: `large` for `bigger`."""
    for said, size in _SIZES:
        text = said.sub(size, text)
    return text


def _place(turn: Turn) -> int | None:
    said = turn.entities.get("choice", "")
    return int(said) if said.lstrip("-").isdecimal() else None
