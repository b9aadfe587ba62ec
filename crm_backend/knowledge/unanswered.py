"""Questions that nothing answered, grouped by meaning, so that somebody writes what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.audit.services import record
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import NotFound, NotNow
from crm_backend.knowledge import drafts, lengths
from crm_backend.knowledge.echo_model import QuestionGroup, UnansweredQuestion
from crm_backend.knowledge.masking import masked
from crm_backend.knowledge.model import ArticleVersion

SAME_MEANING = {"fr": 0.92, "en": 0.90}
"""Cosine with a group's middle from which a question belongs to it. Of the demo's questions to different articles, half
a percent of the pairs lie above, in either language: French vectors lie closer together."""
SOURCES = ("assistant", "help")
MOST_A_DAY = 2_000
"""New questions kept a day: what a crawler types into the search fills no table."""
FEWEST_LETTERS = 6
_ONE_AT_A_TIME = 7235215


async def note(
    session: AsyncSession, *, question: str, language: str, source: str, vector: Sequence[float]
) -> UUID | None:
    """Keeps a question that was not answered, masked, and returns its group: the nearest in meaning, or a new one.

    None when it is not kept: no words in it, or too many kept today. A group that was answered is open again when its
    question comes back; one that was dismissed stays so. The caller commits.
    """
    line = masked(question)
    if sum(letter.isalpha() for letter in line) < FEWEST_LETTERS or " " not in line:
        return None
    values.choice("source", source, SOURCES)
    now = utc_now()
    # Two at once would each begin a group for the same thing.
    await session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
    known = await session.scalar(
        select(UnansweredQuestion).where(UnansweredQuestion.language == language, UnansweredQuestion.text == line)
    )
    if known is None:
        today = select(func.count()).where(UnansweredQuestion.created_at > now - timedelta(days=1))
        if (await session.scalar(today) or 0) >= MOST_A_DAY:
            return None
    group = await _group(session, known, line, language=language, vector=vector)
    if known is None:
        session.add(
            UnansweredQuestion(
                id=new_id(), group_id=group.id, language=language, text=line, times=1, sources=[source], last_at=now
            )
        )
    else:
        known.times, known.last_at = known.times + 1, now
        known.sources = sorted({*known.sources, source})
    group.asked, group.last_at = group.asked + 1, now
    group.contacts += source == "assistant"
    if group.status == "answered":
        group.status = "open"
    await session.flush()
    return group.id


async def _group(
    session: AsyncSession, known: UnansweredQuestion | None, line: str, *, language: str, vector: Sequence[float]
) -> QuestionGroup:
    """The group of a question that was kept before, or the nearest, whose middle moves, or a new one."""
    if known is not None:
        return await session.get_one(QuestionGroup, known.group_id)
    near = QuestionGroup.centroid.cosine_distance(list(map(float, vector)))
    nearest = (
        await session.execute(
            select(QuestionGroup, near)
            # As it stands in the index's condition: a parameter would not be recognised.
            .where(text(f"language = '{values.language_of('language', language)}'"))
            .options(undefer(QuestionGroup.centroid))
            .order_by(near)
            .limit(1)
        )
    ).one_or_none()
    if nearest is not None and 1 - nearest[1] >= SAME_MEANING[language]:
        group: QuestionGroup = nearest[0]
        count = group.questions
        pairs = zip(group.centroid, vector, strict=True)
        group.centroid = [(float(old) * count + float(new)) / (count + 1) for old, new in pairs]
        group.questions += 1
        return group
    group = QuestionGroup(
        id=new_id(),
        language=language,
        label=line,
        centroid=list(map(float, vector)),
        questions=1,
        asked=0,
        contacts=0,
        status="open",
    )
    session.add(group)
    await session.flush()
    return group


def groups(actor: Actor, *, status: str | None = "open", language: str | None = None) -> Select[tuple[QuestionGroup]]:
    """The groups, to be sorted and paged. Needs knowledge.read."""
    actor.need("knowledge.read")
    found = select(QuestionGroup)
    if status is not None:
        found = found.where(QuestionGroup.status == status)
    return found if language is None else found.where(QuestionGroup.language == language)


async def questions(session: AsyncSession, *, actor: Actor, group_id: UUID) -> list[UnansweredQuestion]:
    """The questions of a group, the most asked first; at most 200. Needs knowledge.read."""
    actor.need("knowledge.read")
    rows = await session.scalars(
        select(UnansweredQuestion)
        .where(UnansweredQuestion.group_id == group_id)
        .order_by(UnansweredQuestion.times.desc(), UnansweredQuestion.id)
        .limit(200)
    )
    return list(rows)


async def draft_from(
    session: AsyncSession,
    *,
    actor: Actor,
    group_id: UUID,
    key: str,
    category: str,
    texts: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> ArticleVersion:
    """Begins an article for a group: its questions are the known questions of the draft, its label the title, unless
    `texts` say otherwise. Once published, the group is answered. Needs knowledge.write. Raises NotFound, Stale, NotNow,
    Invalid."""
    actor.need("knowledge.write")
    group = await _locked(session, group_id, version)
    if group.status not in ("open", "dismissed"):
        raise NotNow("group_status", status=group.status)
    asked = await questions(session, actor=actor, group_id=group_id)
    given = {
        "slug": key,
        "title": group.label[: lengths.TITLE],
        "questions": [each.text for each in asked if "[" not in each.text][: lengths.QUESTIONS],
        **(texts or {}),
    }
    row = await drafts.create(session, actor=actor, key=key, category=category, language=group.language, texts=given)
    group.status, group.article_id = "drafted", row.article_id
    await _settled(session, actor, group, "drafted")
    return row


async def settle(
    session: AsyncSession,
    *,
    actor: Actor,
    group_id: UUID,
    status: str,
    article_id: UUID | None = None,
    version: int | None = None,
) -> QuestionGroup:
    """Says that a group is `answered` (by `article_id`, if one does), `dismissed`, or `open` after all. Needs
    knowledge.write. Raises NotFound, Stale, Invalid."""
    actor.need("knowledge.write")
    group = await _locked(session, group_id, version)
    group.status = values.choice("status", status, ("open", "answered", "dismissed"))
    if article_id is not None:
        group.article_id = (await drafts.locked_article(session, article_id)).id
    await _settled(session, actor, group, group.status)
    return group


async def forget(session: AsyncSession, questions: Collection[UUID]) -> None:
    """Deletes questions, and groups that are left empty."""
    groups = select(UnansweredQuestion.group_id).where(UnansweredQuestion.id.in_(questions))
    touched = set(await session.scalars(groups.with_for_update()))
    await session.execute(delete(UnansweredQuestion).where(UnansweredQuestion.id.in_(questions)))
    left = select(UnansweredQuestion.id).where(UnansweredQuestion.group_id == QuestionGroup.id)
    await session.execute(delete(QuestionGroup).where(QuestionGroup.id.in_(touched), ~left.exists()))


async def _locked(session: AsyncSession, group_id: UUID, version: int | None) -> QuestionGroup:
    group = await session.get(QuestionGroup, group_id, with_for_update=True, populate_existing=True)
    if group is None:
        raise NotFound("no such group")
    expect(group, version)
    return group


async def _settled(session: AsyncSession, actor: Actor, group: QuestionGroup, action: str) -> None:
    group.settled_by, group.settled_at = (None, None) if action == "open" else (actor.name, utc_now())
    await session.flush()
    article = str(group.article_id) if group.article_id else None
    record(session, actor=actor, action=action, subject=("question_group", group.id), article=article)
