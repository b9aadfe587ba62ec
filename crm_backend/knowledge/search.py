"""Finding articles by wording and by meaning at once.

The score of an article is the sum of two numbers in 0..1:

* wording: the share of the question's words that the article has, each word weighted by its inverse document
  frequency ln(1 + N/df) and by where it stands (title and known questions 1, summary 0.8, body 0.5). Words no article
  has count against it, which is what keeps "my Netflix account" away from "your account". A synonym
  counts nine tenths of the word, what a typo was probably meant to be three quarters (wording.py);
* meaning: the cosine between the question and the article's centroid, both centred on the mean of all articles, since
  raw e5 vectors all point the same way. All of them are compared: an index of neighbours (HNSW) would need a fixed
  centre, and 5,000 cosines take a few milliseconds.

Measured against nearest passage, nearest two passages and each half alone by `benchmarks/knowledge.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.knowledge import values, wording
from crm_backend.knowledge.wording import FACTOR, How, Term

PUBLIC = ("public",)
EVERYTHING = ("public", "agents")
SAME_QUESTION = 0.97
"""Cosine of raw vectors above which two questions say the same."""
Place = Literal["title", "summary", "text"]

_STATEMENT = """
with middle as materialized (
    select mean as m, cast(:vector as vector) - mean as q, articles::float as n
    from article_middles where language = :language and scope = :scope
), ways as (
    select * from unnest(cast(:terms as int[]), cast(:ways as int[]), cast(:lexemes as text[]), cast(:sizes as int[]),
                         cast(:factors as float[])) as ways (term, way, lexeme, size, factor)
), hits as materialized (
    select ways.term, ways.way, t.translation_id, t.weight::float as weight, t.weight * factor as counts
    from ways join article_terms t on t.lexeme = ways.lexeme
    where size = 1 and t.language = :language and t.audience = any(:audiences)
    union all
    select ways.term, ways.way, t.translation_id, min(t.weight)::float, min(t.weight * factor)
    from ways join article_terms t on t.lexeme = ways.lexeme
    where size > 1 and t.language = :language and t.audience = any(:audiences)
    group by ways.term, ways.way, t.translation_id having count(*) = min(size)
), found as (
    {found}
), rarity as materialized (
    select ways.term, ln(1 + min(middle.n) / greatest(min(found.articles), 1)) as idf
    from ways cross join middle
    left join (select term, count(*) as articles from found group by term) found using (term)
    group by ways.term
), worded as (
    select translation_id, sum(idf * counts) / (select sum(idf) from rarity) as wording
    from found join rarity using (term) group by translation_id
), scored as (
    select t.id, a.key, t.title, coalesce(wording, 0) as wording,
        coalesce(nullif(1 - ((t.centroid - m) <=> q), 'NaN'), 0) as meaning
    from article_translations t join articles a on a.id = t.article_id cross join middle
    left join worded on worded.translation_id = t.id
    where t.language = :language and a.status = 'published' and a.audience = any(:audiences)
), first as (
    select * from scored order by meaning + wording desc, key limit :limit
)
select first.id, first.key, first.title, first.meaning, first.wording, a.category, a.audience, t.slug, t.summary,
    p.heading, p.text,
    (select max(1 - (p.vector <=> cast(:vector as vector))) from passages p
     where p.translation_id = first.id and p.kind <> 'section') as nearest,
    (select json_agg(json_build_array(term, way, weight) order by term, counts desc, way) from hits
     where translation_id = first.id) as found
from first join article_translations t on t.id = first.id join articles a on a.id = t.article_id
left join lateral (
    select heading, text from passages p where p.translation_id = first.id and p.kind in ('lead', 'section')
    order by (vector <=> cast(:vector as vector)) - case kind when 'lead' then 0.01 else 0 end limit 1
) p on true
order by first.meaning + first.wording desc, first.key
"""
_FOUND = "select term, translation_id, max(counts) as counts from hits group by term, translation_id"
_FOUND_ONE_WAY = "select term, translation_id, counts from hits"
_BEST = text(_STATEMENT.format(found=_FOUND))
_BEST_ONE_WAY = text(_STATEMENT.format(found=_FOUND_ONE_WAY))
"""For questions without synonyms and typos: finding the best of several ways costs as much as all the rest."""


@dataclass(frozen=True)
class Match:
    """A word of the question that an article has: as it was asked, as it was read (another word where `how` is
    `synonym` or `typo`), and the best place where it stands."""

    word: str
    read_as: str
    how: How
    place: Place


@dataclass(frozen=True)
class Found:
    """An article that may answer, its nearest passage, and why it was found; `same_question` when one of its known
    questions is the very one asked."""

    translation_id: UUID
    key: str
    category: str
    audience: str
    language: str
    slug: str
    title: str
    summary: str
    heading: str
    text: str
    wording: float
    meaning: float
    same_question: bool
    matches: tuple[Match, ...] = ()

    @property
    def score(self) -> float:
        """About 0 for strangers, 2 for the same words."""
        return self.wording + self.meaning


async def best(
    session: AsyncSession,
    *,
    question: str,
    language: str,
    vector: Sequence[float],
    limit: int,
    audiences: Sequence[str] = PUBLIC,
) -> list[Found]:
    """The published articles of `audiences` nearest to a question, best first."""
    question = values.straight(question.encode("utf-8", "ignore").decode().replace("\u00a0", " ").replace("\0", " "))
    said = await wording.terms(session, question=question, language=language, audiences=audiences)
    one_way = all(len(term.ways) == 1 for term in said)
    rows = await session.execute(
        _BEST_ONE_WAY if one_way else _BEST,
        {
            "language": language,
            "scope": "all" if "agents" in audiences else "public",
            "audiences": list(audiences),
            "vector": literal(vector),
            "limit": limit,
            **_columns(said),
        },
    )
    return [
        Found(
            translation_id=row.id,
            key=row.key,
            category=row.category,
            audience=row.audience,
            language=language,
            slug=row.slug,
            title=row.title,
            summary=row.summary,
            heading=row.heading or row.title,
            text=row.text or row.summary,
            wording=float(row.wording),
            meaning=float(row.meaning),
            same_question=float(row.nearest or 0) >= SAME_QUESTION,
            matches=_matches(said, row.found or []),
        )
        for row in rows
    ]


def _columns(said: list[Term]) -> dict[str, list[object]]:
    """One line for every stem of every way to find a term."""
    lines = [
        (number, place, lexeme, len(way.lexemes), FACTOR[way.how])
        for number, term in enumerate(said)
        for place, way in enumerate(term.ways)
        for lexeme in way.lexemes
    ]
    names = ("terms", "ways", "lexemes", "sizes", "factors")
    return {name: [line[place] for line in lines] for place, name in enumerate(names)}


def _matches(said: list[Term], found: Sequence[tuple[int, int, float]]) -> tuple[Match, ...]:
    """The best way in which each term was found; they come in the order of the terms, the best first."""
    matches: dict[int, Match] = {}
    for number, place, weight in found:
        way = said[number].ways[place]
        where: Place = "title" if weight > 0.9 else "summary" if weight > 0.6 else "text"
        matches.setdefault(number, Match(said[number].word, way.shown, way.how, where))
    return tuple(matches.values())


def literal(vector: Sequence[float]) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{number:.6f}" for number in vector) + "]"
