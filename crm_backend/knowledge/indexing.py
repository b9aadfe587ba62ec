"""Keeping what search looks up in step with what is published.

For each published text: its stems with the weight of the place they stand in, in how many texts each stem stands, its
words (for typos), and its share in the mean of all centroids. All of it follows from `article_translations`; `rebuild`
makes it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.knowledge.index_model import ArticleStem, ArticleTerm, ArticleWord, Middle
from crm_backend.knowledge.model import Translation

_ONE_AT_A_TIME = 7235213
_TERMS = """
insert into article_terms (language, lexeme, translation_id, audience, weight)
select t.language, w.lexeme, t.id, a.audience,
    case when 'A' = any(w.weights) then 1 when 'B' = any(w.weights) then 0.8 else 0.5 end
from article_translations t join articles a on a.id = t.article_id, unnest(t.words) w
"""
_STEMS = """
insert into article_stems as known (language, lexeme, public, total)
select language, lexeme, {sign} count(*) filter (where audience = 'public'), {sign} count(*)
from article_terms {only} group by language, lexeme
on conflict (language, lexeme) do update
set public = known.public + excluded.public, total = known.total + excluded.total
"""
# Words of letters, and parts of words with hyphens: ts_token_type('default') tells the numbers.
_WORDS = """
insert into article_words (language, word, shown, lexeme)
select language, word, min(shown), min(lexeme) from (
    select t.language, unaccent(lower(token)) as word, lower(token) as shown,
        (tsvector_to_array(to_tsvector(('relais_' || t.language)::regconfig, token)))[1] as lexeme
    from article_translations t, ts_parse('default', concat_ws(' ', t.title, t.asked, t.summary, t.body))
    where tokid in (1, 2, 10, 11) {only}
) found
where lexeme is not null and length(word) between 4 and 40
group by language, word order by language, word
on conflict do nothing
"""
_MIDDLES = """
insert into article_middles (language, scope, articles, mean)
select t.language, scope, count(*), avg(t.centroid)
from article_translations t join articles a on a.id = t.article_id
join (values ('public'), ('all')) scopes (scope) on scope = 'all' or a.audience = 'public'
group by t.language, scope
"""


async def learn(session: AsyncSession, translation_id: UUID) -> None:
    """Takes in the stems and words of a published text as it was flushed; what was known of it before is forgotten."""
    values = {"id": translation_id}
    await forget(session, translation_id)
    await session.execute(text(_TERMS + "where t.id = :id"), values)
    await _count(session, translation_id, "+")
    await session.execute(text(_WORDS.format(only="and t.id = :id")), values)


async def forget(session: AsyncSession, translation_id: UUID) -> None:
    """Leaves out the stems of a text that is no longer published, or not like this."""
    await _count(session, translation_id, "-")
    await session.execute(delete(ArticleTerm).where(ArticleTerm.translation_id == translation_id))


async def _count(session: AsyncSession, translation_id: UUID, sign: Literal["+", "-"]) -> None:
    await _alone(session)
    counting = _STEMS.format(sign=sign, only="where translation_id = :id")
    await session.execute(text(counting), {"id": translation_id})


async def _alone(session: AsyncSession) -> None:
    """Waits until nobody else changes what all texts share."""
    await session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})


async def shift(
    session: AsyncSession,
    language: str,
    audience: str,
    *,
    gone: Sequence[float] | None = None,
    come: Sequence[float] | None = None,
) -> None:
    """Moves the mean of the centroids that readers of `audience` and up can find: `gone` leaves, `come` joins."""
    await _alone(session)
    for scope in ("public", "all") if audience == "public" else ("all",):
        await _shift(session, language, scope, gone, come)


async def _shift(
    session: AsyncSession, language: str, scope: str, gone: Sequence[float] | None, come: Sequence[float] | None
) -> None:
    one = (Middle.language == language, Middle.scope == scope)
    row = (await session.execute(select(Middle.articles, Middle.mean).where(*one))).one_or_none()
    before = row.articles if row else 0
    count = before + (come is not None) - (gone is not None)
    if count <= 0:
        await session.execute(delete(Middle).where(*one))
        return
    total = [float(x) * before for x in row.mean] if row else [0.0] * len(come or [])
    for vector, sign in ((gone, -1), (come, 1)):
        if vector is not None:
            total = [sum_ + sign * float(x) for sum_, x in zip(total, vector, strict=True)]
    mean = [x / count for x in total]
    if row is None:
        session.add(Middle(language=language, scope=scope, articles=count, mean=mean))
        await session.flush()
    else:
        await session.execute(update(Middle).where(*one).values(articles=count, mean=mean))


async def readdress(session: AsyncSession, article_id: UUID, *, old: str, new: str) -> None:
    """Moves all published texts of an article from one audience to another. The article itself is flushed by then."""
    if old == new:
        return
    rows = await session.execute(
        select(Translation.id, Translation.language, Translation.centroid).where(Translation.article_id == article_id)
    )
    for translation_id, language, centroid in rows.all():
        await shift(session, language, old, gone=centroid)
        await shift(session, language, new, come=centroid)
        await _count(session, translation_id, "-")
        await session.execute(
            update(ArticleTerm).where(ArticleTerm.translation_id == translation_id).values(audience=new)
        )
        await _count(session, translation_id, "+")


async def rebuild(session: AsyncSession) -> None:
    """Makes everything anew from the published texts: after a bulk load that wrote them past `publish`."""
    await _alone(session)
    for table in (ArticleTerm, ArticleStem, ArticleWord, Middle):
        await session.execute(delete(table))
    for statement in (_TERMS, _STEMS.format(sign="+", only=""), _WORDS.format(only=""), _MIDDLES):
        await session.execute(text(statement))
