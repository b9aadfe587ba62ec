"""Finding products by the words of customers, with typing mistakes, in either language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.catalogue.model import Product, Variant
from crm_backend.catalogue.naming import Named, Shelf, shelf, words_of
from crm_backend.catalogue.schema import VariantView

LONGEST, MOST_WORDS = 300, 30
_BETWEEN = re.compile(
    r"\s*(?:[,;/]|\b(?:et|ou|and|or|vs\.?|versus|contre|par rapport (?:à|au|aux)|compar(?:é|ed) (?:à|au|to|with)|"
    r"plutôt que|rather than|ainsi que|as well as|avec|with)\b)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ProductMatch:
    """A product that was found. `score` is from 0 to 1: how much of what was asked it is, then how much of its name was
    said. `variants` are those with the options that were asked for, the cheapest first; prices are over those that can
    be had, or over all when none can, in minor units of `currency`. `options` are the values of each option."""

    id: UUID
    score: float
    names: dict[str, str]
    category: str
    descriptions: dict[str, str]
    attributes: dict[str, dict[str, str]]
    variants: Sequence[VariantView]
    price_from: int
    price_to: int
    currency: str
    available: bool
    options: dict[str, list[str]]

    def name(self, language: str) -> str:
        """Its name in this language, or in whichever there is."""
        return self.names.get(language) or next(iter(self.names.values()), "")


@dataclass(frozen=True)
class Search:
    """What was found. `found` are products that are all of what was asked, the best first. `near` are those that are a
    part of it only, for when nothing is: they are offered as something else, never as the answer. `unknown` are words
    that nothing in the catalogue goes by, `refused` options that what was found does not come in."""

    found: Sequence[ProductMatch] = ()
    near: Sequence[ProductMatch] = ()
    unknown: Sequence[str] = ()
    refused: Sequence[str] = ()


@dataclass(frozen=True)
class _Word:
    """What one word may mean, and whether it is in the name of something, or else is how things are sorted."""

    meant: frozenset[str]
    names: bool = False
    kinds: bool = False


@dataclass
class _Asked:
    """The words of a question that the catalogue knows: those that say which product, and options."""

    names: list[_Word] = field(default_factory=list)
    options: list[_Word] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


async def find(session: AsyncSession, *, words: str, phrase: bool = False, limit: int = 5) -> Search:
    """The products that customers' words name. Names of both languages count, accents and capitals do not, nor does one
    wrong letter in a word of four (two in seven).

    Every word that names or sorts products has to be of the same product: who asks for the lamp Brume is not shown the
    curtain Brume, which is in `near`. Words that the catalogue does not know are passed over in a sentence; in a
    `phrase`, which is the product's name and nothing else, they make that nothing is found. Options (a colour, a size)
    narrow the variants.
    """
    books = await shelf(session)
    asked = _read(books, words[:LONGEST])
    wanted = asked.names
    if not wanted:
        # Only a colour or a material: what comes in it.
        wanted, asked.options = asked.options, []
    if not wanted:
        return Search(unknown=asked.unknown)
    scored = [(share, named) for named in books.products if (share := _share(named, wanted)) > 0]
    whole = [named for share, named in scored if share >= 1]
    if phrase and asked.unknown:
        whole = []
    narrowed = [named for named in whole if all(_comes_in(named, option) for option in asked.options)]
    lacking = [option for option in asked.options if whole and not any(_comes_in(each, option) for each in whole)]
    refused = list(dict.fromkeys(_option(books, option) for option in lacking))
    best = narrowed or whole
    others = sorted((each for each in scored if each[1] not in best), key=lambda each: (-each[0], str(each[1].id)))
    near = [] if best else [named for share, named in others if share == others[0][0]]
    shown = await _matches(session, [*_ordered(best, wanted)[:limit], *near[:limit]], asked)
    score = {named.id: _score(named, wanted) for _, named in scored}
    return Search(
        found=[shown(named, score[named.id]) for named in _ordered(best, wanted)[:limit]],
        near=[shown(named, score[named.id]) for named in near[:limit]],
        unknown=asked.unknown,
        refused=refused,
    )


async def find_each(session: AsyncSession, *, words: str, most: int = 3) -> list[Search]:
    """What each part of “the lamp Orée and the floor lamp Clairière” names, in the order said; one search where the
    words name one thing. A part that says no more than a name is looked for among things of the same kind first."""
    parts = [part for part in _BETWEEN.split(words[:LONGEST]) if words_of(part)]
    each = [await find(session, words=part) for part in parts]
    naming = [search for search in each if search.found or search.near]
    if len(naming) < 2:
        return [await find(session, words=words)]
    kinds = {one.category for one in naming[0].found}
    alike = [[one for one in search.found if one.category in kinds] for search in naming]
    return [replace(search, found=same or search.found) for search, same in zip(naming, alike, strict=True)][:most]


def _read(books: Shelf, words: str) -> _Asked:
    asked = _Asked()
    for word in words_of(words)[:MOST_WORDS]:
        meant = frozenset(books.meant(word))
        if not meant:
            asked.unknown.append(word)
        elif names := bool(meant & books.names):
            asked.names.append(_Word(meant, names=names))
        elif meant & books.kinds:
            asked.names.append(_Word(meant, kinds=True))
        else:
            asked.options.append(_Word(meant))
    return asked


def _share(named: Named, wanted: Sequence[_Word]) -> float:
    """How much of what is asked a product is. A word of its kind counts as one of its name, and so does an option that
    some other product has in its name (`glass`)."""
    hits = [word for word in wanted if _is(named, word) or named.options.keys() & word.meant]
    of_name = any(_is(named, word) for word in hits)
    only_options = not any(word.names or word.kinds for word in wanted)
    return len(hits) / len(wanted) if of_name or only_options else 0


def _is(named: Named, word: _Word) -> bool:
    # `candle` is what has it in its name; all that is sorted under candles only where nothing has.
    return bool(word.meant & (named.words if word.names else named.kinds if word.kinds else frozenset()))


def _score(named: Named, wanted: Sequence[_Word]) -> float:
    said = sum(bool(named.words & word.meant) for word in wanted)
    return round(0.7 * _share(named, wanted) + 0.3 * min(1.0, said / max(1, len(named.words))), 3)


def _ordered(found: Sequence[Named], wanted: Sequence[_Word]) -> list[Named]:
    return sorted(found, key=lambda named: (-_score(named, wanted), str(named.id)))


def _comes_in(named: Named, option: _Word) -> bool:
    return bool(named.options.keys() & option.meant)


def _option(books: Shelf, word: _Word) -> str:
    """The code of the one option that a word stands for, or the word where it stands for several."""
    codes = {code for named in books.products for meant in word.meant for code in named.options.get(meant, ())}
    return codes.pop() if len(codes) == 1 else min(word.meant)


async def _matches(session: AsyncSession, wanted: Sequence[Named], asked: _Asked) -> _Shown:
    ids = [named.id for named in wanted]
    rows = await session.scalars(select(Product).where(Product.id.in_(ids)).options(selectinload(Product.variants)))
    return _Shown({row.id: row for row in rows}, asked)


@dataclass(frozen=True)
class _Shown:
    rows: dict[UUID, Product]
    asked: _Asked

    def __call__(self, named: Named, score: float) -> ProductMatch:
        codes = [
            frozenset(code for word in option.meant for code in named.options.get(word, ()))
            for option in self.asked.options
        ]
        row = self.rows[named.id]
        chosen = [one for one in row.variants if all(not each or each & set(one.options.values()) for each in codes)]
        return match(row, score=score, chosen=chosen or row.variants)


def match(row: Product, *, score: float = 1.0, chosen: Sequence[Variant] | None = None) -> ProductMatch:
    """A product with its variants loaded, as it is shown; it has one variant at least."""
    variants = sorted(chosen or row.variants, key=lambda one: (one.price_minor, sorted(one.options.items())))
    offered = [one for one in variants if one.available] or variants
    currency = offered[0].currency
    prices = [one.price_minor for one in offered if one.currency == currency]
    options: dict[str, list[str]] = {}
    for one in variants:
        for name, value in one.options.items():
            if value not in options.setdefault(name, []):
                options[name].append(value)
    return ProductMatch(
        id=row.id,
        score=score,
        names=row.names,
        category=row.category,
        descriptions=row.descriptions,
        attributes=row.attributes,
        variants=[VariantView.model_validate(one) for one in variants],
        price_from=min(prices),
        price_to=max(prices),
        currency=currency,
        available=any(one.available for one in variants),
        options=options,
    )
