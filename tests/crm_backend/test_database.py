"""Connections that PostgreSQL has closed are not used again."""

from __future__ import annotations

import asyncio

import asyncpg
from sqlalchemy import text

from crm_backend.database import connect, sessions_on
from server.supervise.stores import plain


async def test_a_connection_closed_by_the_server_is_replaced_before_it_is_used(database_url: str) -> None:
    engine = connect(database_url, pool_size=1)
    sessions = sessions_on(engine)
    async with sessions() as session:
        first = await session.scalar(text("select pg_backend_pid()"))
    other = await asyncpg.connect(plain(database_url))
    await other.execute("select pg_terminate_backend($1)", first)
    await other.close()
    await asyncio.sleep(0.1)
    async with sessions() as session:
        assert await session.scalar(text("select pg_backend_pid()")) != first
    await engine.dispose()
