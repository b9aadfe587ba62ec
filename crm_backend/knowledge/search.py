"""Finding articles by wording and by meaning at once.

The score of an article is the weighted sum of two numbers in 0..1:

* wording: the share of the question's words that the article has, each word weighted by its inverse document
  frequency ln(1 + N/df) and by where it stands (title and known questions 1, summary 0.8, body 0.5). Words no article
  has count against it, which is what keeps "my Netflix account" away from "your account". A synonym
  counts nine tenths of the word, what a typo was probably meant to be three quarters (wording.py);
* meaning: three cosines between the question and the article in the space of search (space.py): with its nearest
  summary or section, with its nearest heading, and with the middle of all its passages. An article one of whose
  headings or known questions is the very question means just that: 1.

Compared are the articles that either half finds first: by wording those of the best places of each word (five
hundred, and fifteen hundred of all words together), by meaning those of an index of neighbours (HNSW) of the middles
of the raw vectors. Of a small help centre, all are.

Measured by `benchmarks/knowledge.py` (docs/adr/0014, docs/adr/0018).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.knowledge import space, wording
from crm_backend.knowledge.wording import FACTOR, How, Term
from crm_backend.quick import Quick

PUBLIC = ("public",)
EVERYTHING = ("public", "agents")
SAME_QUESTION = 0.95
"""Cosine above which two questions say the same."""
WORDED = 0.7
"""Share of a question's words that makes an article worth showing, whatever it means."""
WORDING, MEANING = 0.2, 1.8
"""What the two halves count."""
PASSAGE, HEADING, WHOLE = 0.7, 0.2, 0.1
"""What the three cosines count in the meaning."""
Place = Literal["title", "summary", "text"]

_STATEMENT = """
with ways as materialized (
    select * from json_to_recordset(cast(:ways as json)) as ways (term int, way int, lexeme text, size int, worth float)
), listed as materialized (
    select translation_id, sum(worth * weight) as wording from ways cross join lateral (
        select translation_id, weight from article_terms t
        where t.language = '{language}' and t.lexeme = ways.lexeme and t.audience in ({audiences})
        order by weight desc limit (select greatest(100, least(500, 1500 / count(*)::int)) from ways)
    ) t group by translation_id
), found as (
    (select translation_id from listed order by wording desc limit (select cast(:some as int)))
    union
    (select t.id from article_translations t join articles a on a.id = t.article_id
     where t.language = '{language}' and a.status = 'published' and a.audience in ({audiences})
     order by t.centroid <-> cast(:vector as vector) limit (select cast(:some as int)))
), candidates as materialized (
    select * from (
        select t.id, a.key, coalesce(nullif(1 - (t.placed <=> cast(:place as vector)), 'NaN'), 0) as whole,
            coalesce(listed.wording, 0) as at_least, t.placed is not null as known
        from found join article_translations t on t.id = translation_id join articles a on a.id = t.article_id
        left join listed using (translation_id)
        where a.status = 'published' and a.audience in ({audiences})
    ) glanced order by {meaning} * whole + {wording} * at_least desc, key limit (select cast(:few as int))
), near as materialized (
    select candidates.id, p.kind, p.heading, p.text, 1 - (p.vector <=> cast(:place as vector)) as near
    from candidates join passages p on p.translation_id = candidates.id where candidates.known
), meant as (
    select id, max(near) filter (where kind in ('lead', 'section')) as passage,
        max(near) filter (where kind = 'heading') as heading,
        max(near) filter (where kind in ('heading', 'question')) as nearest
    from near group by id
), hits as materialized (
    select ways.term, ways.way, candidates.id, min(t.weight) as weight, min(t.weight * worth) as counts
    from candidates cross join ways cross join lateral (
        select weight from article_terms t
        where t.language = '{language}' and t.lexeme = ways.lexeme and t.translation_id = candidates.id limit 1
    ) t
    group by ways.term, ways.way, candidates.id having count(*) = min(size)
), worded as (
    select id, sum(counts) as wording
    from (select id, max(counts) as counts from hits group by id, term) best group by id
), scored as (
    select id, key, coalesce(wording, 0) as wording, coalesce(nearest, 0) as nearest,
        case when nearest >= {same} then 1
        else {passage} * coalesce(passage, 0) + {heading} * coalesce(heading, 0) + {whole} * whole end as meaning
    from candidates left join worded using (id) left join meant using (id)
), first as (
    select * from scored order by {meaning} * meaning + {wording} * wording desc, key
    limit (select cast(:limit as int))
)
select first.id, first.key, t.title, first.meaning, first.wording, a.category, a.audience, t.slug, t.summary,
    p.heading, p.text, first.nearest,
    (select json_agg(json_build_array(term, way, weight) order by term, counts desc, way) from hits
     where hits.id = first.id) as found
from first join article_translations t on t.id = first.id join articles a on a.id = t.article_id
left join lateral (
    select heading, text from near where near.id = first.id and kind in ('lead', 'section')
    order by near + case kind when 'lead' then {lead} else 0 end desc limit 1
) p on true
order by {meaning} * first.meaning + {wording} * first.wording desc, first.key
"""
_AUDIENCES: dict[wording.Scope, str] = {"public": "'public'", "all": "'public', 'agents'"}
_LEAD = 0.02
"""How much nearer a section must be than the summary to be quoted instead."""
_WEIGHTS = {
    "wording": WORDING,
    "meaning": MEANING,
    "passage": PASSAGE,
    "heading": HEADING,
    "whole": WHOLE,
    "same": SAME_QUESTION,
    "lead": _LEAD,
}
_BEST = {
    (language, scope): Quick(text(_STATEMENT.format(language=language, audiences=audiences, **_WEIGHTS)))
    for language in ("fr", "en")
    for scope, audiences in _AUDIENCES.items()
}
"""PostgreSQL sees nothing in the values that would have it plan the statement anew for each question, which takes half
as long as running it: hence a statement for each language and scope, the JSON, and limits by `select`."""
SOME, FEW = 60, 30
"""How many articles are looked at of those found by wording, and of those found by meaning; how many of them, the best
at first sight, have every word looked up."""


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
        return WORDING * self.wording + MEANING * self.meaning

    def may_answer(self, least: float) -> bool:
        """Whether its score is `least`, or it has nearly all the words of the question: names and numbers that the
        encoder never met."""
        return self.score >= least or self.wording >= WORDED


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
    question = spelt(question)
    scope: wording.Scope = "all" if "agents" in audiences else "public"
    if (statement := _BEST.get((language, scope))) is None:
        return []
    said, articles = await wording.terms(session, question=question, language=language, scope=scope)
    rows = await statement.rows(
        session,
        {
            "vector": literal(vector),
            "place": literal(space.placed([vector])[0].tolist()),
            "limit": limit,
            "some": max(SOME, limit),
            "few": max(FEW, limit),
            "ways": json.dumps(ways(said, articles)),
        },
    )
    return [_found(row, language, said) for row in rows]


def _found(row: Sequence[Any], language: str, said: list[Term]) -> Found:
    identifier, key, title, meaning, worded, category, audience, slug, summary, heading, passage, nearest, hits = row
    return Found(
        translation_id=identifier,
        key=key,
        category=category,
        audience=audience,
        language=language,
        slug=slug,
        title=title,
        summary=summary,
        heading=heading or title,
        text=passage or summary,
        wording=float(worded),
        meaning=float(meaning),
        same_question=float(nearest or 0) >= SAME_QUESTION,
        matches=_matches(said, hits or []),
    )


def spelt(question: str) -> str:
    """The question as PostgreSQL can read it, with plain spaces and apostrophes."""
    return wording.straight(question.encode("utf-8", "ignore").decode().replace("\u00a0", " ").replace("\0", " "))


def ways(said: list[Term], articles: int) -> list[dict[str, object]]:
    """One line for every stem of every way to find a term; its worth is its part of the whole question, of which the
    rare words make the most."""
    rarities = [math.log(1 + articles / max(term.articles, 1)) for term in said]
    whole = sum(rarities) or 1.0
    return [
        {
            "term": number,
            "way": place,
            "lexeme": lexeme,
            "size": len(way.lexemes),
            "worth": FACTOR[way.how] * rarities[number] / whole,
        }
        for number, term in enumerate(said)
        for place, way in enumerate(term.ways)
        for lexeme in way.lexemes
    ]


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
    # All numbers at once: twice as fast as one by one.
    return _pattern(len(vector)) % tuple(vector)


@cache
def _pattern(size: int) -> str:
    return f"[{','.join(['%.6f'] * size)}]"
