"""`./relais knowledge`."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from crm_backend.access.actor import SYSTEM
from crm_backend.database import Sessions
from crm_backend.knowledge import coverage
from crm_backend.knowledge.index_model import ArticleTerm
from server.commands import knowledge
from server.embedding import Embedder
from server.settings import Settings
from tests.crm_backend.knowledge.writing import embed, public


async def test_test_questions_are_asked_and_told(
    sessions: Sessions, database_url, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(Embedder, "many", lambda _, texts: embed(texts))
    settings = Settings(var=tmp_path, database_url=database_url)
    assert await knowledge.test(settings, language=None, least=0.9) == 0
    assert "no published article has a test question" in capsys.readouterr().err
    async with sessions.begin() as session:
        returns = await public(session, title="Renvoyer un article")
        await public(session, "gift", title="Carte cadeau")
        for question in ("renvoyer article", "carte cadeau"):
            await coverage.add(session, actor=SYSTEM, article_id=returns.article_id, language="fr", question=question)
    assert await knowledge.test(settings, language="fr", least=0.9) == knowledge.TOO_FEW
    told = capsys.readouterr().out
    assert "fr: 2 questions, 50% find their article first" in told and "gift" in told and "1 published" in told
    async with sessions.begin() as session:
        before = await session.scalar(select(func.count()).select_from(ArticleTerm))
        await session.execute(delete(ArticleTerm))
    assert await knowledge.reindex(settings) == 0
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(ArticleTerm)) == before
