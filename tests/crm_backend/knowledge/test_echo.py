"""What comes back: views, opinions, unanswered questions, test questions."""

from __future__ import annotations

import math
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from crm_backend.knowledge import categories, coverage, opinions, unanswered
from crm_backend.knowledge.echo_model import ArticleOpinion, ArticleTest, QuestionGroup, UnansweredQuestion
from crm_backend.knowledge.masking import masked
from crm_backend.knowledge.model import DIMENSIONS
from crm_backend.knowledge.reviewing import approve
from tests.crm_backend.knowledge.writing import AUTHOR, EDITOR, NOBODY, READER, embed_later, public


def towards(degrees: float) -> list[float]:
    """A vector of length 1 in a plane."""
    turned = math.radians(degrees)
    return [math.cos(turned), math.sin(turned), *[0.0] * (DIMENSIONS - 2)]


async def note(crm: AsyncSession, question: str, degrees: float, language: str = "fr", source: str = "help"):
    return await unanswered.note(crm, question=question, language=language, source=source, vector=towards(degrees))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("où est ma commande MT-10482 ?", "où est ma commande [#] ?"),
        ("écrivez à marie.durand@example.com svp", "écrivez à [@] svp"),
        ("mon numéro est le +33 6 12 34 56 78, merci", "mon numéro est le [#], merci"),
        ("voir https://example.com/a?b=c ok", "voir […] ok"),
        ("je m'appelle Marie Durand et je veux un bol", "je m'appelle […] et je veux un bol"),
        ("une ampoule E27 en 2 à 4 jours", "une ampoule E27 en 2 à 4 jours"),
        ("carte 4970 1000 0000 0000", "carte [#]"),
        ("  deux\nlignes\0 ", "deux lignes"),
    ],
)
def test_what_is_somebodys_own_is_masked(said, kept) -> None:
    assert masked(said) == kept


def test_masking_hostile_text_takes_no_longer() -> None:
    for text in ("1-" * 50_000, "a1" * 50_000, "@" * 100_000, "je m'appelle " * 9_000, "A-" * 50_000, "((+1" * 9_000):
        assert len(masked(text)) <= 300


async def test_questions_that_mean_the_same_are_one_group(crm: AsyncSession) -> None:
    first = await note(crm, "vendez-vous des tapis ?", 0)
    assert await note(crm, "avez-vous des tapis ?", 10) == first
    assert await note(crm, "livrez-vous en Corse ?", 80) != first
    assert await note(crm, "do you sell rugs?", 0, "en") != first
    assert await note(crm, "vendez-vous des tapis ?", 0, source="assistant") == first
    group = await crm.get_one(QuestionGroup, first)
    assert (group.label, group.questions, group.asked, group.status) == ("vendez-vous des tapis ?", 2, 3, "open")
    asked = await unanswered.questions(crm, actor=READER, group_id=first)
    assert [(each.text, each.times, each.sources) for each in asked] == [
        ("vendez-vous des tapis ?", 2, ["assistant", "help"]), ("avez-vous des tapis ?", 1, ["help"]),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "12345", "abc", "bonjour", "?!?! ????", "0612345678 0612345678"])
async def test_what_asks_nothing_is_not_kept(crm: AsyncSession, text) -> None:
    assert await note(crm, text, 0) is None


async def test_no_more_than_a_days_share_is_kept(crm: AsyncSession, monkeypatch) -> None:
    monkeypatch.setattr(unanswered, "MOST_A_DAY", 1)
    assert await note(crm, "première question", 0)
    assert await note(crm, "deuxième question", 80) is None
    assert await note(crm, "première question", 0)


async def test_a_group_becomes_a_draft_and_is_answered_when_that_is_published(crm: AsyncSession) -> None:
    await categories.ensure(crm, "products")
    group_id = await note(crm, "vendez-vous des tapis ?", 0)
    await note(crm, "des tapis pour le 06 12 34 56 78 ?", 5)
    with pytest.raises(NotAllowed):
        await unanswered.draft_from(crm, actor=READER, group_id=group_id, key="rugs", category="products")
    row = await unanswered.draft_from(crm, actor=AUTHOR, group_id=group_id, key="rugs", category="products")
    assert (row.title, row.asked, row.status) == ("vendez-vous des tapis ?", "vendez-vous des tapis ?", "draft")
    group = await crm.get_one(QuestionGroup, group_id)
    assert (group.status, group.article_id) == ("drafted", row.article_id)
    with pytest.raises(NotNow):
        await unanswered.draft_from(crm, actor=AUTHOR, group_id=group_id, key="rugs2", category="products")
    row.summary = row.body = "Oui."
    await approve(crm, actor=EDITOR, version_id=row.id, embed=embed_later)
    await crm.refresh(group)
    assert (group.status, group.settled_by) == ("answered", EDITOR.name)
    await note(crm, "vendez-vous des tapis ?", 0)
    assert group.status == "open"


async def test_a_dismissed_group_stays_so_and_is_forgotten_in_time(crm: AsyncSession) -> None:
    group_id = await note(crm, "une blague de toto", 0)
    settle = {"actor": AUTHOR, "group_id": group_id}
    with pytest.raises(Stale):
        await unanswered.settle(crm, status="dismissed", version=99, **settle)
    with pytest.raises(Invalid):
        await unanswered.settle(crm, status="drafted", **settle)
    await unanswered.settle(crm, status="dismissed", **settle)
    await note(crm, "une autre blague", 1)
    assert await crm.scalar(unanswered.groups(READER, status="open").with_only_columns(func.count())) == 0
    await unanswered.forget(crm, list(await crm.scalars(select(UnansweredQuestion.id))))
    assert await crm.scalar(select(func.count()).select_from(UnansweredQuestion)) == 0
    assert await crm.scalar(select(func.count()).select_from(QuestionGroup)) == 0


async def test_a_browser_has_one_opinion_of_an_article(crm: AsyncSession) -> None:
    row = await public(crm)
    give = {"article_id": row.article_id, "language": "fr", "visitor": "a" * 16}
    await opinions.give(crm, helpful=True, **give)
    await opinions.give(crm, helpful=False, reason="outdated", comment="appelez le 0612345678", **give)
    await opinions.give(crm, helpful=True, article_id=row.article_id, language="fr")
    await opinions.give(crm, helpful=True, article_id=row.article_id, language="fr")
    kept = list(await crm.scalars(opinions.opinions(READER, helpful=False)))
    assert [(each.reason, each.comment, each.number) for each in kept] == [("outdated", "appelez le [#]", 1)]
    assert await crm.scalar(select(func.count()).select_from(ArticleOpinion)) == 3
    (use,) = await opinions.use(crm, actor=READER)
    assert (use.key, use.views, use.helpful, use.unhelpful) == ("returns", 0, 2, 1)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"helpful": False, "reason": "ugly"}, "reason"), ({"helpful": True, "reason": "wrong"}, "reason"),
        ({"helpful": True, "source": "fax"}, "source"), ({"helpful": True, "comment": "x" * 1001}, "comment"),
        ({"helpful": True, "language": "de"}, "language"),
    ],
)  # fmt: skip
async def test_an_opinion_that_makes_no_sense_is_refused(crm: AsyncSession, given, field) -> None:
    row = await public(crm)
    with pytest.raises(Invalid) as refused:
        await opinions.give(crm, **{"article_id": row.article_id, "language": "fr", **given})
    assert refused.value.field == field


async def test_there_is_no_opinion_of_what_nobody_reads(crm: AsyncSession) -> None:
    for article_id in (uuid4(), (await public(crm)).article_id):
        with pytest.raises(NotFound):
            await opinions.give(crm, article_id=article_id, language="en", helpful=True)


async def test_views_are_added_up(crm: AsyncSession) -> None:
    row = await public(crm)
    today = utc_now().date()
    for count in (3, 4):
        await opinions.count_views(crm, {(row.article_id, "fr"): count, (uuid4(), "fr"): 1}, day=today)
    await opinions.count_views(crm, {}, day=today)
    (use,) = await opinions.use(crm, actor=READER)
    assert use.views == 7
    with pytest.raises(NotAllowed):
        await opinions.use(crm, actor=NOBODY)


async def test_a_run_says_where_each_test_question_found_its_article(crm: AsyncSession) -> None:
    returns = await public(crm, title="Renvoyer un article")
    secret = await public(crm, "secret", title="Geste commercial", audience="agents")
    await public(crm, "gift", title="Carte cadeau")
    for row, question in ((returns, "renvoyer article"), (returns, "carte cadeau"), (secret, "geste commercial")):
        await coverage.add(crm, actor=AUTHOR, article_id=row.article_id, language="fr", question=question)
    outcomes = await coverage.run(crm, actor=READER, embed=embed_later)
    told = {(each.question, each.rank, each.instead) for each in outcomes}
    assert ("renvoyer article", 1, None) in told and ("geste commercial", 1, None) in told
    (wrong,) = (each for each in outcomes if each.question == "carte cadeau")
    assert wrong.rank in (None, 2, 3) and wrong.instead == "gift"
    share = coverage.shares(outcomes)[0]
    assert (share.language, share.questions, share.first) == ("fr", 3, 2)
    assert await coverage.untested(crm, actor=READER) == 1
    test = await crm.scalar(select(ArticleTest).where(ArticleTest.question == "renvoyer article"))
    assert test.rank == 1 and test.ran_at is not None
    with pytest.raises(Invalid, match="given_twice"):
        await coverage.add(crm, actor=AUTHOR, article_id=returns.article_id, language="fr", question="carte cadeau")
    await coverage.remove(crm, actor=AUTHOR, test_id=test.id)
    with pytest.raises(NotFound):
        await coverage.remove(crm, actor=AUTHOR, test_id=test.id)
