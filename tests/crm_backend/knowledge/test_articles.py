"""Publishing articles, and finding nothing where nothing is."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.errors import NotFound
from crm_backend.knowledge import services
from crm_backend.knowledge.model import Passage
from crm_backend.knowledge.schema import Draft
from tests.crm_backend.knowledge.writing import embed


def draft(language: str = "fr", **more: object) -> Draft:
    values = {
        "slug": "retour", "title": "Renvoyer un article", "summary": "Vous avez 30 jours.",
        "body": "Intro\n\n## Comment\nImprimez l’étiquette.\n\n## Frais\nC’est gratuit.\n",
        "questions": ["comment renvoyer un bol ?"],
    }  # fmt: skip
    return Draft(language=language, **{**values, **more})


async def publish(session: AsyncSession, *drafts: Draft, key: str = "returns") -> None:
    await services.publish(session, key=key, category="returns", translations=list(drafts), embed=embed)


def test_an_article_is_found_by_its_lead_its_sections_and_its_questions() -> None:
    assert [(kind, heading) for kind, heading, _ in services.passages_of(draft())] == [
        ("lead", "Renvoyer un article"), ("section", "Comment"), ("section", "Frais"),
        ("heading", "Renvoyer un article"), ("heading", "Comment"), ("heading", "Frais"),
        ("question", "comment renvoyer un bol ?"),
    ]  # fmt: skip


async def test_publishing_again_replaces_what_search_finds(session: AsyncSession) -> None:
    await publish(session, draft())
    await publish(session, draft(title="Retours", questions=[]))
    assert await session.scalar(select(func.count()).select_from(Passage)) == 6
    assert (await services.page(session, language="fr", slug="retour")).title == "Retours"


async def test_a_page_knows_its_address_in_each_language(session: AsyncSession) -> None:
    await publish(session, draft(), draft("en", slug="return"))
    page = await services.page(session, language="en", slug="return")
    assert page.addresses == {"fr": "/fr/aide/retour", "en": "/en/help/return"}
    with pytest.raises(NotFound):
        await services.page(session, language="en", slug="retour")


async def test_the_very_question_is_answered_and_the_other_language_is_not(session: AsyncSession) -> None:
    await publish(session, draft())
    await publish(session, draft(slug="carte", title="Carte cadeau", questions=["carte cadeau ?"]), key="gift")
    question = "comment renvoyer un bol ?"
    (vector,) = embed([question])
    answer = await services.answer(session, question=question, language="fr", vector=vector)
    assert answer.kind in ("answer", "choices") and answer.passages[0].article_key == "returns"
    none = await services.answer(session, question=question, language="en", vector=vector)
    assert (none.kind, none.passages) == ("none", [])


@pytest.mark.parametrize("question", ["", "   ", "'", "a & | ! :* <->", "\\", "%", "où " * 2000])
async def test_no_question_breaks_the_search(session: AsyncSession, question: str) -> None:
    await publish(session, draft())
    (vector,) = embed([question])
    assert (await services.answer(session, question=question, language="fr", vector=vector)).kind in ("none", "choices")
