"""Answering from articles: the right passage, honest choices, or nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.errors import NotFound
from crm_backend.knowledge import services
from crm_backend.knowledge.model import Passage
from crm_backend.knowledge.schema import Draft, KnowledgeAnswer
from server.embedding import Embedder
from tests.support.stores import VECTORS

EMBEDDER = Embedder(VECTORS)
ARTICLES = {
    "delivery": {
        "fr": ("Délais de livraison", "La livraison prend 2 à 4 jours ouvrés.", "combien de temps pour être livré ?"),
        "en": ("Delivery times", "Delivery takes 2 to 4 working days.", "how long does delivery take?"),
    },
    "returns": {
        "fr": ("Renvoyer un article", "Vous avez 30 jours pour renvoyer un article.", "comment faire un retour ?"),
        "en": ("Returning an item", "You have 30 days to return an item.", "how do I return something?"),
    },
    "password": {
        "fr": ("Mot de passe oublié", "Un lien par e-mail en crée un nouveau.", "j'ai perdu mon mot de passe"),
        "en": ("Forgotten password", "A link by e-mail lets you make a new one.", "I lost my password"),
    },
}


async def publish(session: AsyncSession, **changes: str) -> None:
    for key, texts in ARTICLES.items():
        drafts = [
            Draft(
                language=language,  # type: ignore[arg-type]
                slug=key,
                title=title,
                summary=changes.get(key, summary),
                body=f"## {title}\n{summary}\n",
                questions=[question],
            )
            for language, (title, summary, question) in texts.items()
        ]
        await services.publish(session, key=key, category="test", translations=drafts, embed=EMBEDDER.many)


async def ask(session: AsyncSession, question: str, language: str) -> KnowledgeAnswer:
    vector = EMBEDDER.many([question])[0]
    return await services.answer(session, question=question, language=language, vector=vector)


@pytest.mark.parametrize(
    ("question", "language", "key"),
    [
        ("combien de temps pour être livré ?", "fr", "delivery"),
        ("delais de livraison", "fr", "delivery"),
        ("comment renvoyer un article", "fr", "returns"),
        ("how long does delivery take?", "en", "delivery"),
        ("I forgot my password", "en", "password"),
    ],
)
async def test_a_question_finds_its_article_in_its_language(
    session: AsyncSession, question: str, language: str, key: str
) -> None:
    await publish(session)
    answer = await ask(session, question, language)
    assert answer.kind in ("answer", "choices")
    assert answer.passages[0].article_key == key
    assert answer.passages[0].url == f"{'/fr/aide' if language == 'fr' else '/en/help'}/{key}"


async def test_the_very_question_of_an_article_is_answered_outright(session: AsyncSession) -> None:
    await publish(session)
    answer = await ask(session, "comment faire un retour ?", "fr")
    assert answer.kind == "answer"
    assert "30 jours" in answer.passages[0].text


@pytest.mark.parametrize("question", ["qui a gagné le match hier soir", "asdfgh", "''; drop table articles; --", "?!"])
async def test_a_stranger_question_is_not_answered_outright(session: AsyncSession, question: str) -> None:
    await publish(session)
    assert (await ask(session, question, "fr")).kind != "answer"


async def test_drafts_are_not_found(session: AsyncSession) -> None:
    await publish(session)
    article = await services.publish(
        session,
        key="delivery",
        category="test",
        translations=[],
        embed=EMBEDDER.many,
    )
    article.status = "draft"
    await session.flush()
    answer = await ask(session, "combien de temps pour être livré ?", "fr")
    assert "delivery" not in [passage.article_key for passage in answer.passages]
    with pytest.raises(NotFound):
        await services.page(session, language="fr", slug="delivery")


async def test_publishing_again_replaces_what_is_searched(session: AsyncSession) -> None:
    await publish(session)
    await publish(session, delivery="Désormais 48 heures.")
    page = await services.page(session, language="fr", slug="delivery")
    assert page.summary == "Désormais 48 heures."
    assert page.addresses == {"fr": "/fr/aide/delivery", "en": "/en/help/delivery"}
    assert await session.scalar(select(func.count()).select_from(Passage)) == 3 * 2 * 4
