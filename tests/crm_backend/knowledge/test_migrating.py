"""Articles from before there were versions."""

from __future__ import annotations

import asyncio

from alembic import command
from sqlalchemy import text

from crm_backend.database import connect, sessions_on
from crm_backend.knowledge import services
from crm_backend.knowledge.model import DIMENSIONS
from crm_backend.migrate import _config
from tests.support.stores import Stores

OLD = """
insert into articles (id, key, category, status, updated_at)
select gen_random_uuid(), key, category, status, now()
from (values ('returns', 'returns', 'published'), ('old', 'own-shelf', 'archived')) given (key, category, status);
insert into article_translations
    (id, article_id, language, slug, title, summary, body, asked, version, centroid, updated_at)
select gen_random_uuid(), id, language, key || language, 'Renvoyer un article', 'Trente jours', 'corps', 'comment ?',
    number, cast(:centroid as vector), now()
from articles, (values ('fr', 3), ('en', 2)) given (language, number)
"""


async def test_articles_become_versions_and_go_on_being_found(stores: Stores) -> None:
    url = await stores.make("before_versions")
    engine = connect(url, pool_size=1)
    vector = [1.0] + [0.0] * (DIMENSIONS - 1)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "0012"))
        for statement in OLD.split(";"):
            given = {"centroid": str(vector)} if ":centroid" in statement else {}
            await connection.execute(text(statement), given)
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
    async with sessions_on(engine)() as session:
        found = await services.answer(session, question="Renvoyer un artcile", language="fr", vector=vector)
        assert [passage.article_key for passage in found.passages] == ["returns"]
        rows = await session.execute(
            text("""
            select key, language, number, v.status, twin_seen
            from article_versions v join articles a on a.id = article_id
            left join article_translations t using (article_id, language) order by key, language""")
        )
        assert [tuple(row) for row in rows] == [
            ("old", "en", 2, "archived", None), ("old", "fr", 3, "archived", None),
            ("returns", "en", 2, "published", 3), ("returns", "fr", 3, "published", 2),
        ]  # fmt: skip
        names = await session.execute(text("select key, names ->> 'fr' from article_categories order by key"))
        assert dict(names.tuples().all()) == {"own-shelf": "Own shelf", "returns": "Retours et échanges"}
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), "0012"))
        assert await connection.scalar(text("select count(*) from article_translations")) == 2
    await asyncio.wait_for(engine.dispose(), 5)
