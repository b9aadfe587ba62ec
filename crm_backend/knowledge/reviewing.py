"""From a draft to what customers read: submitting, reviewing, scheduling, publishing, rolling back, withdrawing.

A draft is submitted (`in_review`) and approved by somebody who wrote nothing of it, unless they may publish their own
(`knowledge.publish_own`). Approved, it is public at once or at an instant to come (`scheduled`; releasing.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.audit.services import record
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.events.services import emit
from crm_backend.knowledge import lengths, links, publishing
from crm_backend.knowledge.drafts import locked, locked_article, need_hand, need_status, next_number, numbered
from crm_backend.knowledge.echo_model import QuestionGroup
from crm_backend.knowledge.model import Article, ArticleVersion
from crm_backend.knowledge.publishing import EmbedLater, embedded

AHEAD = timedelta(days=5 * 366)
"""How far ahead something can be planned."""


async def submit(
    session: AsyncSession, *, actor: Actor, version_id: UUID, version: int | None = None
) -> ArticleVersion:
    """Asks for a review of a draft. Needs knowledge.propose, and knowledge.write for others' drafts. Raises NotFound,
    Stale, NotNow, Invalid for an address that another article has and for a link that leads nowhere."""
    actor.need("knowledge.propose")
    article, row = await locked(session, version_id, version)
    need_hand(actor, row)
    need_status(row, "draft")
    _complete(row)
    await links.check(session, article, row.language, row.body)
    await publishing.check_slug(session, article.id, row.language, row.slug)
    row.status, row.review_note = "in_review", ""
    await session.flush()
    record(session, actor=actor, action="submitted", subject=("article_version", row.id), number=row.number)
    return row


def _complete(row: ArticleVersion) -> None:
    for name in ("summary", "body"):
        if not getattr(row, name).strip():
            raise Invalid(name, "empty")


async def send_back(
    session: AsyncSession, *, actor: Actor, version_id: UUID, note: str, version: int | None = None
) -> ArticleVersion:
    """Makes what is in review or planned a draft again, with what is to be done; the writers may take it back
    themselves. Needs knowledge.publish, or knowledge.propose for what one wrote. Raises NotFound, Stale, NotNow,
    Invalid."""
    actor.need("knowledge.propose")
    _, row = await locked(session, version_id, version)
    if actor.name not in row.writers:
        actor.need("knowledge.publish")
    need_status(row, "in_review", "scheduled")
    row.status, row.publish_at = "draft", None
    row.review_note = values.text_of("note", note, lengths.NOTE, empty=True)
    if actor.name not in row.writers:
        row.reviewer, row.reviewed_at = actor.name, utc_now()
    await session.flush()
    record(session, actor=actor, action="sent_back", subject=("article_version", row.id), number=row.number)
    return row


async def approve(
    session: AsyncSession,
    *,
    actor: Actor,
    version_id: UUID,
    embed: EmbedLater,
    publish_at: datetime | None = None,
    expire_at: datetime | None = None,
    version: int | None = None,
) -> ArticleVersion:
    """Publishes a version at once, or plans it for `publish_at`; it goes again at `expire_at`, if given.

    Needs knowledge.publish, and knowledge.publish_own from its writers. Raises NotFound, Stale, Invalid, NotNow.
    """
    actor.need("knowledge.publish")
    article, row = await locked(session, version_id, version)
    need_status(row, "draft", "in_review")
    if actor.name in row.writers and not actor.may("knowledge.publish_own"):
        raise NotNow("own_article")
    _complete(row)
    now = utc_now()
    row.publish_at, row.expire_at = planned(publish_at, expire_at, now)
    row.reviewer, row.reviewed_at, row.review_note = actor.name, now, ""
    if row.publish_at is None:
        await release(session, actor, article, row, embed)
        return row
    await publishing.check_slug(session, article.id, row.language, row.slug)
    await links.check(session, article, row.language, row.body)
    row.status = "scheduled"
    await session.flush()
    at = row.publish_at.isoformat()
    record(session, actor=actor, action="scheduled", subject=("article_version", row.id), number=row.number, at=at)
    return row


async def release(
    session: AsyncSession, actor: Actor, article: Article, row: ArticleVersion, embed: EmbedLater
) -> None:
    """Publishes a version whose article is locked, and tells of it. Questions that it was begun for are answered.
    Raises Invalid for an address that is taken and for a link that leads nowhere."""
    await links.check(session, article, row.language, row.body)
    await publishing.show(session, article, row, await embed(embedded(row)))
    await session.execute(
        update(QuestionGroup)
        .where(QuestionGroup.article_id == article.id, QuestionGroup.status == "drafted")
        .values(status="answered", settled_by=actor.name, settled_at=utc_now(), version=QuestionGroup.version + 1)
    )
    about: dict[str, Any] = {"language": row.language, "number": row.number}
    record(session, actor=actor, action="published", subject=("article", article.id), **about)
    await emit(session, kind="article.published", subject=("article", article.id), data=about, actor=actor.name)


async def roll_back(
    session: AsyncSession, *, actor: Actor, article_id: UUID, language: str, number: int, embed: EmbedLater
) -> ArticleVersion:
    """Publishes what version `number` said once more, as the newest version. It was reviewed in its time, so nobody
    else is needed; an open draft stays. Needs knowledge.publish. Raises NotFound, NotNow for what was never public."""
    actor.need("knowledge.publish")
    article = await locked_article(session, article_id)
    source = await numbered(session, article.id, language, number)
    if source.published_at is None:
        raise NotNow("never_published", number=number)
    if source.status == "published":
        raise NotNow("published_already", number=number)
    now = utc_now()
    row = ArticleVersion(
        id=new_id(),
        article_id=article.id,
        language=language,
        number=await next_number(session, article.id, language),
        status="archived",
        writers=[actor.name],
        based_on=number,
        reviewer=source.reviewer,
        reviewed_at=source.reviewed_at or now,
        **{name: getattr(source, name) for name in ("slug", "title", "summary", "body", "asked")},
    )
    session.add(row)
    await release(session, actor, article, row, embed)
    return row


async def withdraw(
    session: AsyncSession, *, actor: Actor, version_id: UUID, version: int | None = None
) -> ArticleVersion:
    """Takes what is published away from readers. Needs knowledge.publish. Raises NotFound, Stale, NotNow."""
    actor.need("knowledge.publish")
    article, row = await locked(session, version_id, version)
    need_status(row, "published")
    await publishing.hide(session, article, row)
    told_of_withdrawal(session, actor, article, row, "withdrawn")
    return row


def told_of_withdrawal(session: AsyncSession, actor: Actor, article: Article, row: ArticleVersion, action: str) -> None:
    """The entry of the audit log for a text that is public no more."""
    record(
        session, actor=actor, action=action, subject=("article", article.id), language=row.language, number=row.number
    )


async def set_end(
    session: AsyncSession, *, actor: Actor, version_id: UUID, expire_at: datetime | None, version: int | None = None
) -> ArticleVersion:
    """Says until when a published or planned version is shown; None for ever. Needs knowledge.publish. Raises NotFound,
    Stale, NotNow, Invalid."""
    actor.need("knowledge.publish")
    _, row = await locked(session, version_id, version)
    need_status(row, "published", "scheduled")
    old = row.expire_at.isoformat() if row.expire_at else None
    _, row.expire_at = planned(row.publish_at if row.status == "scheduled" else None, expire_at, utc_now())
    await session.flush()
    new = row.expire_at.isoformat() if row.expire_at else None
    subject, told = ("article_version", row.id), ({"expire_at": old}, {"expire_at": new})
    record(session, actor=actor, action="changed", subject=subject, old=told[0], new=told[1])
    return row


async def confirm_twin(
    session: AsyncSession, *, actor: Actor, article_id: UUID, language: str, version: int | None = None
) -> None:
    """Says that the text in `language` still agrees with the other language's. Needs knowledge.write. Raises NotFound,
    Stale (of the article)."""
    actor.need("knowledge.write")
    article = await locked_article(session, article_id)
    expect(article, version)
    shown = {row.language: row for row in await publishing.published(session, article.id)}
    other = "en" if values.language_of("language", language) == "fr" else "fr"
    if set(shown) != {"fr", "en"}:
        raise NotFound("no twin")
    shown[language].twin_seen = shown[other].version
    await session.flush()
    record(session, actor=actor, action="confirmed", subject=("article", article.id), language=language)


def planned(
    publish_at: datetime | None, expire_at: datetime | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Both instants, the first None when it is not to come. Raises Invalid."""
    for field, moment in (("publish_at", publish_at), ("expire_at", expire_at)):
        if moment is not None and moment.tzinfo is None:
            raise Invalid(field, "not_moment")
        if moment is not None and moment - now > AHEAD:
            raise Invalid(field, "too_far_ahead", years=AHEAD.days // 366)
    begins = publish_at if publish_at and publish_at > now else None
    if expire_at is not None and expire_at <= (begins or now):
        raise Invalid("expire_at", "article_ends_before")
    return begins, expire_at
