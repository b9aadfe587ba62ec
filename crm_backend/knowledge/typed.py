"""Articles for words that are still being typed: by wording alone, which takes no vector."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.knowledge import search, wording
from crm_backend.knowledge.schema import ArticleLink, path_of

LEAST = 0.3
"""Share of the words that an article has to have."""
_COMPLETED = text("""
select w.shown from article_words w join article_stems s on s.language = w.language and s.lexeme = w.lexeme
where w.language = :language and w.word like replace(unaccent(lower(:word)), '_', '') || '%' and s.public > 0
order by w.word = unaccent(lower(:word)) desc, s.public desc, length(w.word), w.word limit 1
""")
# Where two articles have the same words, those of the shorter title are the more of what it says.
_WORDED = """
with ways as materialized (
    select * from json_to_recordset(cast(:ways as json)) as ways (term int, way int, lexeme text, size int, worth float)
), hits as (
    select term, translation_id, min(weight * worth) as counts from ways cross join lateral (
        select translation_id, weight from article_terms t
        where t.language = '{language}' and t.lexeme = ways.lexeme and t.audience = 'public'
        order by weight desc limit (select greatest(100, least(500, 1500 / count(*)::int)) from ways)
    ) t group by term, way, translation_id having count(*) = min(size)
), listed as (
    select translation_id, sum(counts) as wording
    from (select translation_id, max(counts) as counts from hits group by translation_id, term) best
    group by translation_id having sum(counts) >= {least}
    order by wording desc limit 60
)
select a.key, a.category, t.slug, t.title, t.summary, wording
from listed join article_translations t on t.id = translation_id join articles a on a.id = t.article_id
where a.status = 'published' and a.audience = 'public'
order by wording desc, length(t.title), a.key limit (select cast(:limit as int))
"""
_BY_WORDS = {language: text(_WORDED.format(language=language, least=LEAST)) for language in ("fr", "en")}


@dataclass(frozen=True)
class Worded:
    """An article that has words which were typed, and its share of them (0 to 1)."""

    link: ArticleLink
    wording: float


async def completed(session: AsyncSession, *, language: str, word: str) -> str | None:
    """The word that most articles have among those that begin like this one."""
    found: str | None = await session.scalar(_COMPLETED, {"language": language, "word": word})
    return found


async def worded(session: AsyncSession, *, question: str, language: str, limit: int) -> list[Worded]:
    """The articles for everybody that have most of the words, the best first."""
    said, articles = await wording.terms(session, question=search.spelt(question), language=language, scope="public")
    ways = json.dumps(search.ways(said, articles))
    rows = await session.execute(_BY_WORDS[language], {"ways": ways, "limit": limit})
    return [
        Worded(
            ArticleLink(key=key, category=category, title=title, summary=summary, url=path_of(language, slug)), share
        )
        for key, category, slug, title, summary, share in rows
    ]
