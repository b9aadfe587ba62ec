"""The part of a passage that answers, with the words it was found by marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from crm_backend.texts import shorten

LONGEST, LOOKED_AT = 260, 10_000
"""Characters of an excerpt, and of the passage that it is taken from."""
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_MARKS = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)|[*`|#>]+|^[ \t]*[-+]\s+", re.MULTILINE)
ENDINGS, LONGER = 3, 5
"""Letters that forms of a word may differ by at the end, and that one may be longer by."""


@dataclass(frozen=True)
class Piece:
    """Some letters of an excerpt, marked or not."""

    text: str
    marked: bool


def excerpt(passage: str, words: Collection[str]) -> list[Piece]:
    """The sentences of a passage in Markdown around the one that has the most of `words`, which are marked."""
    known = {folded(part) for word in words for part in _WORD.findall(word) if len(part) > 1}
    text = _MARKS.sub(lambda match: match[1] or " ", passage[:LOOKED_AT])
    sentences = [" ".join(one.split()) for one in _SENTENCE.split(text)]
    sentences = [one for one in sentences if _WORD.search(one)]
    if not sentences:
        return []
    found = {said: _found(said, known) for said in {folded(word) for word in _WORD.findall(text)}}
    best = max(range(len(sentences)), key=lambda place: (_hits(sentences[place], found), -place))
    chosen = sentences[best]
    for following in sentences[best + 1 :]:
        if len(chosen) + len(following) >= LONGEST:
            break
        chosen += " " + following
    return _pieces(shorten(chosen, LONGEST), found)


@lru_cache(10_000)
def folded(word: str) -> str:
    """The word in small letters without accents."""
    letters = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _found(said: str, known: Collection[str]) -> frozenset[str]:
    """The words asked for that this one is a form of."""
    return frozenset(word for word in known if _same(word, said))


def _hits(sentence: str, found: Mapping[str, frozenset[str]]) -> int:
    return len(frozenset[str]().union(*(found[folded(word)] for word in _WORD.findall(sentence))))


def _same(asked: str, said: str) -> bool:
    stem = asked[: max(4, len(asked) - ENDINGS)]
    return said == asked or (len(asked) > ENDINGS and said.startswith(stem) and len(said) <= len(asked) + LONGER)


def _pieces(text: str, found: Mapping[str, frozenset[str]]) -> list[Piece]:
    pieces: list[Piece] = []
    end = 0
    for match in _WORD.finditer(text):
        if found.get(folded(match[0])):
            pieces += [Piece(text[end : match.start()], marked=False), Piece(match[0], marked=True)]
            end = match.end()
    return [piece for piece in [*pieces, Piece(text[end:], marked=False)] if piece.text]
