"""The words that products go by, in both languages: what a search looks through, made once for each catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.catalogue.model import Product, Variant
from crm_backend.catalogue.words import CATEGORIES, OPTION_VALUES
from crm_backend.letters import folded

_LITTLE = frozenset(
    """a au aux avec c ce ces cette chez combien comment coute coutent d dans de des du elle elles en est et faire il
    ils j je jeu l la le les leur lot ma me mes moi mon n ne nous on ou par pas plus pour prix qu que quel quelle
    quelles quels qui quoi s sa sans se ses si son sont sur t ta te tes toi ton tu un une vos votre vous y avez vend
    vendez cherche voudrais veux aimerais acheter trouver montrez montre produit produits article articles modele
    modeles about an and any are at buy can do does find for from have how i in is it looking me much my of on one
    or our please price product products sell set show some than that the their them there these they this those to
    want was what which with would you your item items model models deux trois quatre six two three four pieces
    piece cher chere chers cheres cheap under less moins""".split()  # noqa: SIM905
)
"""Words that name nothing in a shop."""


@dataclass(frozen=True)
class Named:
    """A product by its words: `words` those of its names, `kinds` those of its category, `options` those of its
    variants with the codes they stand for."""

    id: UUID
    words: frozenset[str]
    kinds: frozenset[str]
    options: dict[str, frozenset[str]]


@dataclass
class Shelf:
    """Every product by its words. `stamp` tells when something changed; `vocabulary` are all words, `names` those in
    names, `kinds` those of categories."""

    stamp: tuple[Any, ...]
    products: list[Named]
    vocabulary: frozenset[str]
    names: frozenset[str]
    kinds: frozenset[str]
    _near: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def meant(self, word: str) -> tuple[str, ...]:
        """The words of the catalogue that a customer may mean by theirs: the same one, else those that are a slip of
        the keyboard away (one letter; two in long words)."""
        if (known := self._near.get(word)) is None:
            if len(self._near) >= _REMEMBERED:
                self._near.clear()
            known = self._near[word] = self._look(word)
        return known

    def _look(self, word: str) -> tuple[str, ...]:
        if word in self.vocabulary:
            return (word,)
        if (slips := allowed_slips(word)) == 0:
            return ()
        found = extract(word, self.vocabulary, scorer=OSA.distance, score_cutoff=slips, limit=8)
        # A slip rarely is in the first letter, and a short word that begins otherwise is another word.
        close = [(distance, other) for other, distance, _ in found if allowed_slips(other) >= distance]
        close = [each for each in close if each[1][0] == word[0] or len(word) >= _LONG]
        best = min((distance for distance, _ in close), default=0)
        return tuple(other for distance, other in close if distance == best)


_REMEMBERED, _LONG = 5_000, 7
_shelves: list[Shelf] = []


def allowed_slips(word: str) -> int:
    """Letters that may be wrong in a word."""
    return 0 if len(word) < 4 else 1 if len(word) < _LONG else 2


async def shelf(session: AsyncSession) -> Shelf:
    """The catalogue's words, read again when a product or variant has changed: two queries that count, else four."""
    # Versions only grow, and a row that goes takes its own with it.
    products, variants = (
        select(func.count(), func.coalesce(func.sum(table.version), 0), func.max(table.updated_at))
        for table in (Product, Variant)
    )
    first, second = (await session.execute(products)).one(), (await session.execute(variants)).one()
    stamp = (*first, *second)
    if _shelves and _shelves[0].stamp == stamp:
        return _shelves[0]
    made = await _read(session, stamp)
    _shelves[:] = [made]
    return made


async def _read(session: AsyncSession, stamp: tuple[Any, ...]) -> Shelf:
    options: dict[UUID, set[str]] = defaultdict(set)
    sold = select(Variant.product_id, Variant.options)
    for product_id, chosen in (await session.execute(sold)).tuples():
        options[product_id].update(chosen.values())
    rows = await session.execute(select(Product.id, Product.names, Product.category))
    products = [
        Named(
            id=product_id,
            words=frozenset(words_of(" ".join(names.values()))),
            kinds=frozenset(words_of(" ".join((category, *CATEGORIES.get(category, {}).values())))),
            options=_by_word(options[product_id]),
        )
        for product_id, names, category in rows.tuples()
        if product_id in options
    ]
    names = frozenset(word for each in products for word in each.words)
    kinds = frozenset(word for each in products for word in each.kinds)
    options_too = frozenset(word for each in products for word in each.options)
    return Shelf(stamp, products, names | kinds | options_too, names, kinds)


def _by_word(codes: Iterable[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        for word in words_of(" ".join((code, *OPTION_VALUES.get(code, {}).values()))):
            found[word].add(code)
    return {word: frozenset(stand) for word, stand in found.items()}


def words_of(text: str) -> list[str]:
    """The words of a text that may name something, each once: small letters without accents, one form for singular
    and plural, and for the genders of colours and sizes."""
    words = folded(text.replace("×", "x")).split()
    return list(dict.fromkeys(_one_form(word) for word in words if word not in _LITTLE))


_MASCULINE = {
    "blanche": "blanc",
    "noire": "noir",
    "grise": "gris",
    "verte": "vert",
    "bleue": "bleu",
    "ronde": "rond",
    "grande": "grand",
    "petite": "petit",
    "moyenne": "moyen",
    "doree": "dore",
    "transparente": "transparent",
}
"""Without them, a white thing (`blanche`) is a slip away from a board (`planche`)."""


def _one_form(word: str) -> str:
    bare = _singular(word)
    return _singular(_MASCULINE.get(bare, bare))


def _singular(word: str) -> str:
    for ending, instead in (("eaux", "eau"), ("ss", "ss"), ("s", ""), ("x", "")):
        if word.endswith(ending) and len(word) > 3 and not word[0].isdigit():
            return word[: -len(ending)] + instead
    return word
