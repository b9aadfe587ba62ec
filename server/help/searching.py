"""What the help centre's search answers: articles with the passage that answers, typos, the other language."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.errors import RateLimited
from crm_backend.knowledge import search, typed
from crm_backend.knowledge.schema import ArticleLink, path_of
from crm_backend.knowledge.search import Found
from crm_backend.texts import shorten
from server.embedding import Embedder
from server.help.excerpts import Piece, excerpt

LONGEST = 200
"""Characters of a question that are read."""
SHOWN, AMONG = 8, 20
LEAST = 0.46
"""Score from which an article is shown: of the questions about something else (data/anything_else) three quarters stay
below, of those that an article answers one in ten (docs/adr/0014)."""
FAR = 0.5
"""Share of the best score below which an article is no longer about the question."""
SUGGESTED, SUGGESTED_FROM = 6, 2
KEPT = 2_000
"""Vectors of the last searches in memory: 3 MB."""
WHOLE = 6
"""Words from which what is typed is read for its meaning, as long as nobody waits for the encoder."""
WAITING = 40
"""Searches whose vectors are waited for at a time."""
SOON = 5
"""Seconds after which a search that found too many waiting may be tried again."""
_LETTERS = re.compile(r"[^\W\d_]")
_LAST_WORD = re.compile(r"[^\W\d_]{2,40}$")
OTHER = {"fr": "en", "en": "fr"}


@dataclass(frozen=True)
class Result:
    """An article that may answer."""

    title: str
    category: str
    language: str
    url: str
    heading: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Results:
    """What a search found: `language` is the other one when only it has an answer; `meant` the question with its typos
    put right; `categories` how many were found of each; `vector` is that of the question."""

    query: str
    language: str
    found: Sequence[Result]
    meant: str | None
    categories: dict[str, int]
    category: str | None
    vector: list[float] = field(repr=False)


def readable(words: str) -> str:
    """What of somebody's words is searched for: one short line; empty when there is no letter in it."""
    line = shorten(" ".join(words[: 2 * LONGEST].replace("\0", " ").split()), LONGEST)
    return line if _LETTERS.search(line) else ""


class Searcher:
    """Searches for readers; keeps the vectors of what was searched lately.

    The assistant reads by the same encoder: readers have one vector made at a time, so that it waits for one at most.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, asyncio.Future[list[float]]] = OrderedDict()
        self._alone, self._waiting = asyncio.Semaphore(), 0

    async def search(self, session: AsyncSession, query: str, language: str, category: str | None = None) -> Results:
        """What a reader of `language` finds for words that `readable` gave back. Raises RateLimited while too many
        others search."""
        vector = await self._vector(query)
        good = await self._good(session, query, language, vector)
        meant = corrected(query, good) if good else None
        spoken = language
        if not good:
            good = await self._good(session, query, OTHER[language], vector)
            spoken = OTHER[language] if good else language
        categories = dict(Counter(one.category for one in good))
        category = category if category in categories else None
        shown = [one for one in good if category in (None, one.category)][:SHOWN]
        return Results(
            query=query,
            language=spoken,
            found=[_result(one, query) for one in shown],
            meant=meant,
            categories=categories,
            category=category,
            vector=vector,
        )

    async def suggest(self, session: AsyncSession, words: str, language: str) -> list[Result]:
        """Articles for words that are still being typed: the last one is completed. A few words are looked for as they
        are; a whole question is understood when the encoder has nothing else to do."""
        if len(words) < SUGGESTED_FROM:
            return []
        question = words
        if (last := _LAST_WORD.search(words)) is not None:
            word = await typed.completed(session, language=language, word=last[0])
            question = words[: last.start()] + word if word else words
        if len(words.split()) >= WHOLE and (words in self._vectors or not self._waiting):
            found = await self._good(session, question, language, await self._vector(words), SUGGESTED)
            return [_result(one, words) for one in found]
        shown = await typed.worded(session, question=question, language=language, limit=SUGGESTED)
        least = FAR * shown[0].wording if shown else 0.0
        return [_linked(one.link, language, words) for one in shown if one.wording >= least]

    async def _good(
        self, session: AsyncSession, query: str, language: str, vector: list[float], limit: int = AMONG
    ) -> list[Found]:
        found = await search.best(session, question=query, language=language, vector=vector, limit=limit)
        best = found[0].score if found else 0.0
        return [one for one in found if one.may_answer(max(LEAST, FAR * best))]

    async def _vector(self, query: str) -> list[float]:
        if (known := self._vectors.get(query)) is None:
            if self._waiting >= WAITING:
                raise RateLimited("searches of the help centre", retry_after=SOON)
            self._waiting += 1
            known = self._vectors[query] = asyncio.ensure_future(self._made(query))
            if len(self._vectors) > KEPT:
                self._vectors.popitem(last=False)
        self._vectors.move_to_end(query)
        try:
            return await asyncio.shield(known)
        except Exception:
            self._vectors.pop(query, None)
            raise

    async def _made(self, query: str) -> list[float]:
        try:
            async with self._alone:
                return await self._embedder.one(query)
        finally:
            self._waiting -= 1


def corrected(query: str, found: Sequence[Found]) -> str | None:
    """The question with the typos of the best article put right; None where there are none."""
    typos = {match.word: match.read_as for match in found[0].matches if match.how == "typo"}
    if not typos:
        return None
    return re.sub(r"[^\W\d_]+", lambda match: typos.get(match[0].lower(), match[0]), query)


def _linked(link: ArticleLink, language: str, query: str) -> Result:
    url = f"{link.url}?{urlencode({'q': query})}"
    return Result(title=link.title, category=link.category, language=language, url=url, heading="", pieces=[])


def _result(found: Found, query: str) -> Result:
    words = {word for match in found.matches for word in (match.word, match.read_as)}
    heading = found.heading if found.heading != found.title else ""
    return Result(
        title=found.title,
        category=found.category,
        language=found.language,
        url=f"{path_of(found.language, found.slug)}?{urlencode({'q': query})}",
        heading=heading,
        pieces=excerpt(found.text, words),
    )
