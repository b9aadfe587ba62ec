"""Writing articles: drafts, one at a time for each language, that others review before anybody reads them.

Whoever may propose (`knowledge.propose`) begins drafts, and works on those they wrote in; `knowledge.write` opens
everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.audit.queries import audited
from crm_backend.audit.services import record
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.knowledge import indexing, lengths, publishing, wording
from crm_backend.knowledge.model import Article, ArticleVersion, Category

OPEN = ("draft", "in_review", "scheduled")
AUDIENCES = ("public", "agents")
_COPIED = ("slug", "title", "summary", "body", "asked")


def texts_of(given: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """The columns of a text from what an editor gives: `slug`, `title`, `summary`, `body` (Markdown), `questions`, and
    `note` and `minor` about the change. With `whole`, the first two must be there. Raises Invalid."""
    if whole and (missing := [name for name in ("slug", "title") if name not in given]):
        raise Invalid(missing[0], "missing")
    read: dict[str, Any] = {"summary": "", "body": ""} if whole else {}
    for name, value in given.items():
        match name:
            case "slug":
                read["slug"] = values.key_of(name, value, lengths.TITLE)
            case "title":
                read["title"] = values.line_of(name, value, lengths.TITLE)
            case "summary":
                read["summary"] = values.text_of(name, value, lengths.SUMMARY, empty=True)
            case "body":
                read["body"] = values.text_of(name, value, lengths.BODY, empty=True)
            case "questions":
                asked = values.list_of(name, value, most=lengths.QUESTIONS, length=lengths.QUESTION)
                read["asked"] = "\n".join(asked)
            case "note":
                read["note"] = values.line_of(name, value, lengths.NOTE, empty=True)
            case "minor" if isinstance(value, bool):
                read["minor"] = value
            case "minor":
                raise Invalid(name, "not_boolean")
            case _:
                raise Invalid(name, "unknown_field")
    return {name: wording.straight(value) if isinstance(value, str) else value for name, value in read.items()}


async def create(
    session: AsyncSession,
    *,
    actor: Actor,
    key: str,
    category: str,
    language: str,
    texts: Mapping[str, Any],
    audience: str = "public",
    tags: Sequence[str] = (),
) -> ArticleVersion:
    """A new article that begins as a draft in one language. Needs knowledge.propose. Raises Invalid."""
    actor.need("knowledge.propose")
    key = values.key_of("key", key)
    if await session.scalar(select(exists().where(Article.key == key))):
        raise Invalid("key", "key_taken")
    article = Article(id=new_id(), key=key, status="draft", category=await _category(session, category))
    article.audience, article.tags = values.choice("audience", audience, AUDIENCES), values.tags_of("tags", tags)
    session.add(article)
    columns = texts_of(texts, whole=True)
    await session.flush()
    _note(session, actor, "created", article, new=_told(article))
    return await _draft(session, actor, article, values.language_of("language", language), columns)


async def change_article(
    session: AsyncSession, *, actor: Actor, article_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Article:
    """Changes `category`, `audience` or `tags`, which take effect at once. Needs knowledge.publish for the audience of
    what is published or planned, else knowledge.write. Raises NotFound, Stale, Invalid."""
    actor.need("knowledge.write")
    article = await locked_article(session, article_id)
    expect(article, version)
    old = _told(article)
    for name, value in changes.items():
        match name:
            case "category":
                article.category = await _category(session, value)
            case "tags":
                article.tags = values.tags_of(name, value)
            case "audience":
                audience = values.choice(name, value, AUDIENCES)
                if audience != article.audience and await _is_settled(session, article):
                    actor.need("knowledge.publish")
                article.audience = audience
            case _:
                raise Invalid(name, "unknown_field")
    await session.flush()
    await indexing.readdress(session, article.id, old=str(old["audience"]), new=article.audience)
    if article.audience != old["audience"]:
        await publishing.reword(session, article)
    _note(session, actor, "changed", article, old=old, new=_told(article))
    return article


async def _is_settled(session: AsyncSession, article: Article) -> bool:
    """Whether an article is public or will be: what was approved was approved for its readers."""
    planned = exists().where(ArticleVersion.article_id == article.id, ArticleVersion.status == "scheduled")
    return article.status == "published" or bool(await session.scalar(select(planned)))


async def begin(
    session: AsyncSession,
    *,
    actor: Actor,
    article_id: UUID,
    language: str,
    texts: Mapping[str, Any] | None = None,
    based_on: int | None = None,
) -> ArticleVersion:
    """The next draft of an article in a language: what is published (or version `based_on`) with `texts` over it; all
    of `texts` for a language that the article has not yet. Needs knowledge.propose. Raises NotFound, NotNow while
    another draft is open, Invalid."""
    actor.need("knowledge.propose")
    article = await locked_article(session, article_id)
    language = values.language_of("language", language)
    await _none_open(session, article.id, language)
    source = await numbered(session, article.id, language, based_on) if based_on else None
    if source is None:
        source = await session.scalar(_versions(article.id, language).where(ArticleVersion.status == "published"))
    columns = texts_of(texts or {}, whole=source is None)
    if source is not None:
        columns = {name: getattr(source, name) for name in _COPIED} | columns | {"based_on": source.number}
    return await _draft(session, actor, article, language, columns)


async def edit(
    session: AsyncSession, *, actor: Actor, version_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> ArticleVersion:
    """Changes a draft; whoever does so is one of its writers from then on. Needs knowledge.propose, and
    knowledge.write for others' drafts. Raises NotFound, Stale, Invalid, NotNow for what is no draft."""
    actor.need("knowledge.propose")
    _, row = await locked(session, version_id, version)
    need_hand(actor, row)
    need_status(row, "draft")
    columns = texts_of(changes, whole=False)
    old = {name: getattr(row, name) for name in columns}
    for name, value in columns.items():
        setattr(row, name, value)
    if actor.name not in row.writers:
        row.writers = [*row.writers, actor.name]
    row.updated_at = utc_now()
    await session.flush()
    subject = ("article_version", row.id)
    changed = {name for name, value in columns.items() if value != old[name]}
    if changed and not await audited(session, actor=actor, action="edited", subject=subject, fields=changed):
        record(session, actor=actor, action="edited", subject=subject, old=old, new=columns, number=row.number)
    return row


async def discard(session: AsyncSession, *, actor: Actor, version_id: UUID, version: int | None = None) -> None:
    """Gives a draft up: it goes to the archive unpublished. Needs knowledge.propose, and knowledge.write for others'
    drafts. Raises NotFound, Stale, NotNow."""
    actor.need("knowledge.propose")
    _, row = await locked(session, version_id, version)
    need_hand(actor, row)
    need_status(row, "draft", "in_review")
    row.status, row.ended_at = "archived", utc_now()
    await session.flush()
    record(session, actor=actor, action="discarded", subject=("article_version", row.id), number=row.number)


async def _none_open(session: AsyncSession, article_id: UUID, language: str) -> None:
    row = await session.scalar(_versions(article_id, language).where(ArticleVersion.status.in_(OPEN)))
    if row is not None:
        raise NotNow("draft_open", number=row.number)


async def _draft(
    session: AsyncSession, actor: Actor, article: Article, language: str, columns: dict[str, Any]
) -> ArticleVersion:
    row = ArticleVersion(
        id=new_id(),
        article_id=article.id,
        language=language,
        number=await next_number(session, article.id, language),
        status="draft",
        writers=[actor.name],
        **columns,
    )
    session.add(row)
    await session.flush()
    subject = ("article_version", row.id)
    record(session, actor=actor, action="begun", subject=subject, language=language, number=row.number)
    return row


async def next_number(session: AsyncSession, article_id: UUID, language: str) -> int:
    """The number of the next version. The article is locked by the caller."""
    newest = select(func.coalesce(func.max(ArticleVersion.number), 0)).where(
        ArticleVersion.article_id == article_id, ArticleVersion.language == language
    )
    return (await session.scalar(newest) or 0) + 1


async def locked_article(session: AsyncSession, article_id: UUID) -> Article:
    """The article, locked. Raises NotFound."""
    article = await session.get(Article, article_id, with_for_update=True, populate_existing=True)
    if article is None:
        raise NotFound("no such article")
    return article


async def locked(session: AsyncSession, version_id: UUID, version: int | None = None) -> tuple[Article, ArticleVersion]:
    """A version and its article, both locked, the article first as everywhere. Raises NotFound, Stale."""
    article_id = await session.scalar(select(ArticleVersion.article_id).where(ArticleVersion.id == version_id))
    if article_id is None:
        raise NotFound("no such version")
    article = await locked_article(session, article_id)
    row = await session.get(ArticleVersion, version_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no such version")
    expect(row, version)
    return article, row


async def numbered(session: AsyncSession, article_id: UUID, language: str, number: int) -> ArticleVersion:
    """A version by its number. Raises NotFound."""
    row = await session.scalar(_versions(article_id, language).where(ArticleVersion.number == number))
    if row is None:
        raise NotFound("no such version")
    return row


def need_hand(actor: Actor, row: ArticleVersion) -> None:
    """Raises NotAllowed for a version that somebody else wrote, without knowledge.write."""
    if actor.name not in row.writers:
        actor.need("knowledge.write")


async def need_hand_in(session: AsyncSession, actor: Actor, article_id: UUID) -> None:
    """Raises NotAllowed for an article of which no open version is this actor's own, without knowledge.write."""
    theirs = select(ArticleVersion.id).where(
        ArticleVersion.article_id == article_id,
        ArticleVersion.status.in_(OPEN),
        ArticleVersion.writers.contains([actor.name]),
    )
    if await session.scalar(theirs.limit(1)) is None:
        actor.need("knowledge.write")


def need_status(row: ArticleVersion, *statuses: str) -> None:
    """Raises NotNow unless the version has one of these."""
    if row.status not in statuses:
        raise NotNow("version_status", status=row.status)


def _versions(article_id: UUID, language: str) -> Select[tuple[ArticleVersion]]:
    return select(ArticleVersion).where(ArticleVersion.article_id == article_id, ArticleVersion.language == language)


async def _category(session: AsyncSession, key: object) -> str:
    found = await session.scalar(select(Category.key).where(Category.key == values.line_of("category", key, 80)))
    if found is None:
        raise Invalid("category", "no_such_category")
    return found


def _note(session: AsyncSession, actor: Actor, action: str, article: Article, **told: dict[str, object]) -> None:
    plain = ("key", "category", "tags")
    record(session, actor=actor, action=action, subject=("article", article.id), plain=plain, **told)


def _told(article: Article) -> dict[str, object]:
    return {
        "key": article.key,
        "category": article.category,
        "audience": article.audience,
        "tags": list(article.tags),
    }
