"""Versions of articles: written, reviewed, planned, published, rolled back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit.model import AuditEntry
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from crm_backend.knowledge import drafts, releasing, reviewing, services, twins
from crm_backend.knowledge.index_model import Middle
from crm_backend.knowledge.model import Article, ArticleVersion, Translation
from crm_backend.knowledge.publishing import embedded
from tests.crm_backend.knowledge.writing import (
    ADMIN,
    AUTHOR,
    EDITOR,
    NOBODY,
    READER,
    TEXTS,
    asked,
    begun,
    draft,
    embed,
    embed_later,
    next_one,
    public,
)  # fmt: skip

QUESTION = "Renvoyer un article"


async def approve(crm: AsyncSession, row: ArticleVersion, actor=EDITOR, **more) -> ArticleVersion:
    return await reviewing.approve(crm, actor=actor, version_id=row.id, embed=embed_later, **more)


async def test_a_draft_is_read_by_nobody_until_another_person_publishes_it(crm: AsyncSession) -> None:
    row = await begun(crm)
    assert await asked(crm, QUESTION) == []
    await reviewing.submit(crm, actor=AUTHOR, version_id=row.id)
    with pytest.raises(NotAllowed):
        await approve(crm, row, AUTHOR)
    await approve(crm, row)
    assert (row.status, row.writers, row.reviewer) == ("published", [AUTHOR.name], EDITOR.name)
    assert row.reviewed_at and row.published_at
    assert await asked(crm, QUESTION) == ["returns"]
    deeds = await crm.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
    assert list(deeds) == ["created", "begun", "submitted", "published"]


async def test_saving_while_one_writes_is_one_deed_until_somebody_else_or_something_else_comes(
    crm: AsyncSession,
) -> None:
    row = await begun(crm)
    for text in ("a", "b", "c"):
        await drafts.edit(crm, actor=AUTHOR, version_id=row.id, changes={"title": text, "body": TEXTS["body"]})
    await drafts.edit(crm, actor=AUTHOR, version_id=row.id, changes={"title": "c"})
    await drafts.edit(crm, actor=AUTHOR, version_id=row.id, changes={"title": "d", "body": "Autre chose."})
    await drafts.edit(crm, actor=AUTHOR, version_id=row.id, changes={"body": "Encore."})
    await drafts.edit(crm, actor=EDITOR, version_id=row.id, changes={"title": "e"})
    await drafts.edit(crm, actor=AUTHOR, version_id=row.id, changes={"title": "f"})
    kept = select(AuditEntry).where(AuditEntry.action == "edited").order_by(AuditEntry.id)
    assert [(entry.actor, sorted(entry.new or {})) for entry in await crm.scalars(kept)] == [
        (AUTHOR.name, ["title"]),
        (AUTHOR.name, ["body", "title"]),
        (EDITOR.name, ["title"]),
        (AUTHOR.name, ["title"]),
    ]


async def test_whoever_wrote_a_word_of_it_does_not_review_it_unless_their_role_lets_them(crm: AsyncSession) -> None:
    row = await begun(crm)
    await drafts.edit(crm, actor=EDITOR, version_id=row.id, changes={"title": "Retours"})
    await drafts.edit(crm, actor=ADMIN, version_id=row.id, changes={"title": "Renvois"})
    assert row.writers == [AUTHOR.name, EDITOR.name, ADMIN.name]
    with pytest.raises(NotNow) as refused:
        await approve(crm, row)
    assert refused.value.reason == "own_article"
    assert (await approve(crm, row, ADMIN)).status == "published"


async def test_the_next_version_replaces_the_published_one_which_stays_in_the_archive(crm: AsyncSession) -> None:
    first = await public(crm)
    second = await next_one(crm, first, title="Retours gratuits")
    await crm.refresh(first)
    assert (first.status, first.ended_at is not None) == ("archived", True)
    assert (second.number, second.based_on, second.summary) == (2, 1, TEXTS["summary"])
    page = await services.page(crm, language="fr", slug="returns")
    assert page.title == "Retours gratuits"
    assert await crm.scalar(select(Middle.articles).where(Middle.scope == "public")) == 1


async def test_only_one_draft_is_open_in_a_language(crm: AsyncSession) -> None:
    row = await public(crm)
    begin = {"actor": AUTHOR, "article_id": row.article_id}
    with pytest.raises(NotFound):
        await drafts.begin(crm, language="en", based_on=9, **begin)
    await drafts.begin(crm, language="fr", **begin)
    await drafts.begin(crm, language="en", texts={**TEXTS, "slug": "return"}, **begin)
    with pytest.raises(NotNow) as refused:
        await drafts.begin(crm, language="fr", **begin)
    assert (refused.value.reason, refused.value.facts) == ("draft_open", {"number": 2})


async def test_what_was_sent_back_is_a_draft_with_a_note(crm: AsyncSession) -> None:
    row = await begun(crm)
    await reviewing.submit(crm, actor=AUTHOR, version_id=row.id)
    with pytest.raises(NotNow):
        await drafts.edit(crm, actor=AUTHOR, version_id=row.id, changes={"title": "x"})
    await reviewing.send_back(crm, actor=EDITOR, version_id=row.id, note="Et l’Angleterre ?")
    assert (row.status, row.review_note, row.reviewer) == ("draft", "Et l’Angleterre ?", EDITOR.name)
    await drafts.edit(crm, actor=AUTHOR, version_id=row.id, changes={"title": "x"})
    await drafts.discard(crm, actor=AUTHOR, version_id=row.id)
    assert row.status == "archived" and row.published_at is None


async def test_a_roll_back_is_a_new_version_with_the_old_text(crm: AsyncSession) -> None:
    first = await public(crm)
    await next_one(crm, first, title="Faux")
    opened = await drafts.begin(crm, actor=AUTHOR, article_id=first.article_id, language="fr")
    back = {"article_id": first.article_id, "language": "fr", "embed": embed_later}
    with pytest.raises(NotAllowed):
        await reviewing.roll_back(crm, actor=AUTHOR, number=1, **back)
    row = await reviewing.roll_back(crm, actor=EDITOR, number=1, **back)
    assert (row.number, row.based_on, row.status, row.reviewer) == (4, 1, "published", EDITOR.name)
    assert (await services.page(crm, language="fr", slug="returns")).title == TEXTS["title"]
    assert opened.status == "draft"
    for number, reason in ((3, "never_published"), (4, "published_already")):
        with pytest.raises(NotNow, match=reason):
            await reviewing.roll_back(crm, actor=EDITOR, number=number, **back)


async def test_a_planned_version_goes_public_at_its_instant_and_once(crm: AsyncSession) -> None:
    now = utc_now()
    row = await begun(crm)
    await approve(crm, row, publish_at=now + timedelta(hours=1), expire_at=now + timedelta(hours=2))
    assert row.status == "scheduled" and await asked(crm, QUESTION) == []
    assert await releasing.due(crm, now=now + timedelta(minutes=59)) == []
    later = now + timedelta(hours=1)
    ((version_id, texts),) = await releasing.due(crm, now=later)
    known = {"texts": texts, "vectors": embed(texts), "now": later}
    assert not await releasing.go_public(crm, version_id, **{**known, "texts": ["other"]})
    assert await releasing.go_public(crm, version_id, **known)
    assert not await releasing.go_public(crm, version_id, **known)
    assert await asked(crm, QUESTION) == ["returns"]
    assert await releasing.ending(crm, now=later) == []
    end = now + timedelta(hours=2)
    assert await releasing.ending(crm, now=end) == [version_id]
    assert await releasing.go_away(crm, version_id, now=end)
    assert not await releasing.go_away(crm, version_id, now=end)
    assert await asked(crm, QUESTION) == [] and row.status == "archived"
    assert (await crm.get_one(Article, row.article_id)).status == "archived"
    assert await crm.scalar(select(func.count()).select_from(Middle)) == 0


async def test_a_planned_version_whose_address_was_taken_becomes_a_draft_again(crm: AsyncSession) -> None:
    now = utc_now()
    row = await begun(crm, slug="commun")
    await approve(crm, row, publish_at=now + timedelta(hours=1))
    await public(crm, "other", slug="commun")
    assert not await releasing.go_public(
        crm, row.id, texts=embedded(row), vectors=embed(embedded(row)), now=now + timedelta(hours=1)
    )
    assert (row.status, row.review_note) == ("draft", "slug_taken")


@pytest.mark.parametrize(
    ("planned", "field", "reason"),
    [
        ({"publish_at": datetime(2099, 1, 1, tzinfo=utc_now().tzinfo)}, "publish_at", "too_far_ahead"),
        ({"publish_at": datetime(2027, 1, 1)}, "publish_at", "not_moment"),  # noqa: DTZ001  what is tested
        ({"expire_at": datetime(2020, 1, 1, tzinfo=utc_now().tzinfo)}, "expire_at", "article_ends_before"),
    ],
)
async def test_impossible_instants_are_refused(crm: AsyncSession, planned, field, reason) -> None:
    row = await begun(crm)
    with pytest.raises(Invalid) as refused:
        await approve(crm, row, **planned)
    assert (refused.value.field, refused.value.reason) == (field, reason)


@pytest.mark.parametrize(
    ("texts", "field", "reason"),
    [
        ({"title": "   "}, "title", "empty"),
        ({"title": "x" * 201}, "title", "too_long"),
        ({"slug": "Pas Bon"}, "slug", "not_a_key"),
        ({"body": 7}, "body", "not_text"),
        ({"questions": ["a"] * 51}, "questions", "too_many_entries"),
        ({"questions": [""]}, "questions.0", "empty"),
        ({"minor": "yes"}, "minor", "not_boolean"),
        ({"html": "x"}, "html", "unknown_field"),
    ],
)
async def test_bad_texts_are_refused_with_their_field(crm: AsyncSession, texts, field, reason) -> None:
    with pytest.raises(Invalid) as refused:
        await begun(crm, **texts)
    assert (refused.value.field, refused.value.reason) == (field, reason)


async def test_what_the_database_cannot_hold_is_left_out(crm: AsyncSession) -> None:
    row = await begun(crm, title="a\0b\ud800c", body="x\0")
    assert (row.title, row.body) == ("abc", "x")


async def test_an_unfinished_draft_is_kept_and_not_published(crm: AsyncSession) -> None:
    row = await begun(crm, body="", summary="")
    for act in (reviewing.submit(crm, actor=AUTHOR, version_id=row.id), approve(crm, row)):
        with pytest.raises(Invalid, match="summary: empty"):
            await act


async def test_a_change_to_what_another_changed_meanwhile_is_refused(crm: AsyncSession) -> None:
    row = await begun(crm)
    read = row.version
    await drafts.edit(crm, actor=AUTHOR, version_id=row.id, changes={"title": "a"}, version=read)
    with pytest.raises(Stale):
        await drafts.edit(crm, actor=AUTHOR, version_id=row.id, changes={"title": "b"}, version=read)
    assert row.title == "a"


async def test_two_articles_do_not_share_an_address_or_a_key(crm: AsyncSession) -> None:
    await public(crm, slug="commun")
    row = await begun(crm, "other", slug="commun")
    with pytest.raises(Invalid, match="slug_taken"):
        await reviewing.submit(crm, actor=AUTHOR, version_id=row.id)
    with pytest.raises(Invalid, match="key_taken"):
        await begun(crm)


async def test_withdrawing_one_language_leaves_the_other(crm: AsyncSession) -> None:
    row = await public(crm)
    english = await drafts.begin(
        crm, actor=AUTHOR, article_id=row.article_id, language="en", texts={**TEXTS, "slug": "return"}
    )
    await approve(crm, english)
    await reviewing.withdraw(crm, actor=EDITOR, version_id=row.id)
    shown = await crm.scalars(select(Translation.language).where(Translation.article_id == row.article_id))
    assert list(shown) == ["en"]
    assert (await crm.get_one(Article, row.article_id)).status == "published"
    assert [(notice.language, notice.kind) for notice in await twins.notices(crm, actor=READER)] == [("fr", "missing")]


async def test_a_text_is_behind_when_its_twin_changed_until_somebody_says_it_still_holds(crm: AsyncSession) -> None:
    await services.publish(
        crm, key="returns", category="returns", translations=[draft(), draft("en", slug="return")], embed=embed
    )
    row = await crm.scalar(select(ArticleVersion).where(ArticleVersion.language == "fr"))
    told = {"actor": READER, "article_id": row.article_id}
    assert await twins.notices(crm, **told) == []
    row = await next_one(crm, row, minor=True, title="Une virgule")
    assert await twins.notices(crm, **told) == []
    row = await next_one(crm, row, title="Tout change")
    (notice,) = await twins.notices(crm, **told)
    assert (notice.language, notice.kind, notice.twin_title) == ("en", "stale", "Tout change")
    # A comma more does not make the other language follow a change that it missed.
    row = await next_one(crm, row, minor=True, title="Tout change.")
    assert len(await twins.notices(crm, **told)) == 1
    await reviewing.confirm_twin(crm, actor=AUTHOR, article_id=row.article_id, language="en")
    assert await twins.notices(crm, **told) == []


async def test_the_same_text_published_again_is_no_new_version(crm: AsyncSession) -> None:
    for _ in range(2):
        await services.publish(crm, key="returns", category="returns", translations=[draft()], embed=embed)
    assert await crm.scalar(select(func.count()).select_from(ArticleVersion)) == 1


async def test_nothing_is_done_without_the_right(crm: AsyncSession) -> None:
    row = await begun(crm)
    for act in (
        drafts.edit(crm, actor=READER, version_id=row.id, changes={}),
        reviewing.submit(crm, actor=READER, version_id=row.id),
        reviewing.withdraw(crm, actor=AUTHOR, version_id=row.id),
        reviewing.send_back(crm, actor=READER, version_id=row.id, note=""),
        services.find(crm, actor=NOBODY, question="x", language="fr", vector=embed(["x"])[0]),
        twins.notices(crm, actor=NOBODY),
        drafts.change_article(crm, actor=READER, article_id=row.article_id, changes={}),
    ):
        with pytest.raises(NotAllowed):
            await act
