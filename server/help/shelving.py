"""Articles on their shelves, as the home of the help centre lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from crm_backend.knowledge.categories import Shelf
from crm_backend.knowledge.schema import ArticleLink

MOST = 8
"""Articles of a shelf on the home; the rest are on the page of the shelf."""


@dataclass(frozen=True)
class Group:
    """A shelf with its articles; `more` is how many there are when not all are listed, else 0."""

    key: str
    title: str
    links: Sequence[ArticleLink]
    more: int


def _paths(shelves: Sequence[Shelf]) -> dict[str, list[Shelf]]:
    by_key = {shelf.key: shelf for shelf in shelves}

    def path(key: str) -> list[Shelf]:
        shelf = by_key[key]
        return [*(path(shelf.parent) if shelf.parent else []), shelf]

    return {key: path(key) for key in by_key}


def named(shelves: Sequence[Shelf], language: str) -> dict[str, str]:
    """What each shelf is called, with the names of those it stands in before its own."""
    return {
        key: " › ".join(one.names.get(language) or one.key for one in path) for key, path in _paths(shelves).items()
    }


def grouped(
    links: Sequence[ArticleLink], shelves: Sequence[Shelf], language: str, only: str | None = None
) -> list[Group]:
    """The articles by category, in the order of the tree: a category's own come before those of what stands in it.
    With `only`, all of that category and of what stands in it; else the first of each."""
    paths, names = _paths(shelves), named(shelves, language)
    if only is not None:
        links = [link for link in links if only in {shelf.key for shelf in paths[link.category]}]
    ordered = sorted(links, key=lambda link: [(one.position, one.key) for one in paths[link.category]])
    found = []
    for key, group in groupby(ordered, key=lambda link: link.category):
        here = list(group)
        cut = only is None and len(here) > MOST
        found.append(Group(key, names[key], here[:MOST] if cut else here, len(here) if cut else 0))
    return found
