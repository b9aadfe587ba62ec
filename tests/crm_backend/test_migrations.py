"""Migrations lead to what the models say, there and back."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncSession

import crm_backend.model
from crm_backend.audit.model import AuditEntry
from crm_backend.customers.model import Customer, Identity
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


async def test_numbers_that_customers_gave_themselves_before_are_on_their_own_word(database_url: str) -> None:
    engine = connect(database_url, pool_size=1)
    async with engine.connect() as connection:
        await connection.begin()
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), "0047"))
        session = AsyncSession(bind=connection)
        session.add(customer := Customer(first_name="Marie"))
        await session.flush()
        for value, proof, actor, origin in (
            ("+331", "none", "bot", "assistant"),
            ("+332", "none", "agent:x", "desk"),
            ("+333", "verified", "bot", "assistant"),
            ("+334", "none", "", ""),
            ("+335", "none", f"customer:{customer.id}", "portal"),
        ):
            session.add(added := Identity(customer_id=customer.id, kind="phone", value=value, proof=proof))
            await session.flush()
            told = {"kind": "phone", "identity": str(added.id), "proof": "none", "primary": True}
            whom = {"subject_kind": "customer", "subject_id": str(customer.id)}
            if actor:
                entry = AuditEntry(actor=actor, origin=origin, action="identity_added", new=told, **whom)
                session.add(entry)
        await session.flush()
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
        marked = await connection.scalars(text("select value from identities where own_word order by value"))
        assert list(marked) == ["+331", "+335"]
        await connection.rollback()
    await engine.dispose()
