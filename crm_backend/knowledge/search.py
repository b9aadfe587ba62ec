"""Finding articles by wording and by meaning at once.

The score of an article is the sum of two numbers in 0..1:

* wording: the share of the question's words that the article has, each word weighted by its inverse document
  frequency ln(1 + N/df) and by where it stands (title and known questions 1, summary 0.8, body 0.5). Words no article
  has count against it, which is what keeps "my Netflix account" away from "your account";
* meaning: the cosine between the question and the article's centroid, both centred on the mean of all articles, since
  raw e5 vectors all point the same way.

Measured against nearest passage, nearest two passages and each half alone by `benchmarks/knowledge.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SAME_QUESTION = 0.97
"""Cosine of raw vectors above which two questions say the same."""

_BEST = text("""
with pool as materialized (
    select t.id, a.key, a.category, t.language, t.slug, t.title, t.summary, t.words, t.centroid
    from article_translations t join articles a on a.id = t.article_id
    where t.language = :language and a.status = 'published'
), middle as materialized (
    select avg(centroid) as m, count(*)::float as n from pool
), asked as materialized (
    select quote_literal(lexeme)::tsquery as q, ln(1 + middle.n / greatest(count(pool.id), 1)) as idf
    from unnest(tsvector_to_array(to_tsvector(
        case when :language = 'fr' then 'relais_fr'::regconfig else 'relais_en'::regconfig end, :question))) as lexeme
    cross join middle left join pool on pool.words @@ quote_literal(lexeme)::tsquery
    group by lexeme, middle.n
), scored as (
    select pool.id, pool.key, pool.category, pool.language, pool.slug, pool.title, pool.summary,
        coalesce(1 - ((pool.centroid - m) <=> (cast(:vector as vector) - m)), 0) as meaning,
        coalesce((select sum(idf * case when ts_filter(pool.words, '{a}') @@ q then 1.0
                                        when ts_filter(pool.words, '{b}') @@ q then 0.8
                                        when pool.words @@ q then 0.5 else 0 end) / sum(idf) from asked), 0) as wording
    from pool, middle
)
select scored.*, (select max(1 - (p.vector <=> cast(:vector as vector))) from passages p
                  where p.translation_id = scored.id and p.kind <> 'section') as nearest
from (select * from scored order by meaning + wording desc, key limit :limit) scored
order by meaning + wording desc, key
""")

_PASSAGE = text("""
select heading, text from passages
where translation_id = :translation and kind in ('lead', 'section')
order by (vector <=> cast(:vector as vector)) - case kind when 'lead' then 0.01 else 0 end
limit 1
""")


@dataclass(frozen=True)
class Found:
    """An article that may answer; `same_question` when one of its known questions is the very one asked."""

    translation_id: UUID
    key: str
    category: str
    language: str
    slug: str
    title: str
    summary: str
    wording: float
    meaning: float
    same_question: bool

    @property
    def score(self) -> float:
        """About 0 for strangers, 2 for the same words."""
        return self.wording + self.meaning


async def best(
    session: AsyncSession, *, question: str, language: str, vector: Sequence[float], limit: int
) -> list[Found]:
    """The published articles nearest to a question, best first."""
    rows = await session.execute(
        _BEST,
        {"language": language, "question": question.replace("\u00a0", " "), "vector": _literal(vector), "limit": limit},
    )
    return [
        Found(
            translation_id=row.id,
            key=row.key,
            category=row.category,
            language=row.language,
            slug=row.slug,
            title=row.title,
            summary=row.summary,
            wording=float(row.wording),
            meaning=float(row.meaning),
            same_question=float(row.nearest or 0) >= SAME_QUESTION,
        )
        for row in rows
    ]


async def passage(session: AsyncSession, translation_id: UUID, vector: Sequence[float]) -> tuple[str, str]:
    """The heading and text of an article's lead or section that is nearest in meaning."""
    row = (await session.execute(_PASSAGE, {"translation": translation_id, "vector": _literal(vector)})).one()
    return row.heading, row.text


def _literal(vector: Sequence[float]) -> str:
    return "[" + ",".join(f"{number:.6f}" for number in vector) + "]"
