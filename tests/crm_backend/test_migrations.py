"""Migrations lead to what the models say, there and back."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

import crm_backend.model
from crm_backend.database import Base, connect
from crm_backend.migrate import _config

assert crm_backend.model.Base is Base


def differences(connection: Connection) -> list[Any]:
    """What the models have that the database has not, or the other way round."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "target_metadata": Base.metadata, "compare_server_default": False}
    )
    found = compare_metadata(context, Base.metadata)
    return [each for each in found if "alembic_version" not in str(each)]


async def test_the_newest_database_is_what_the_models_say_and_the_way_back_leads_back(database_url: str) -> None:
    engine = connect(database_url, pool_size=1)
    async with engine.connect() as connection:
        await connection.begin()
        assert await connection.run_sync(differences) == []
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), "0006"))
        before = set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))
        assert "cases" not in before and "messages" in before
        left = "select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public'"
        functions = await connection.scalar(
            text(left + " and p.prolang = (select oid from pg_language where lanname = 'plpgsql')")
        )
        assert functions == 0
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
        assert await connection.run_sync(differences) == []
        await connection.rollback()
    await engine.dispose()
