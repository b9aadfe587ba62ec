"""Bringing a database to the newest shape."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


async def upgrade(engine: AsyncEngine) -> bool:
    """Runs every migration that is missing, in one transaction; true if there was any."""

    def run(connection: Connection) -> bool:
        before = MigrationContext.configure(connection).get_current_revision()
        if before == newest():
            return False
        command.upgrade(_config(connection), "head")
        return True

    async with engine.begin() as connection:
        await connection.exec_driver_sql("select pg_advisory_xact_lock(7235201)")
        return await connection.run_sync(run)


def upgrade_within(connection: Connection, revision: str) -> None:
    """Runs the migrations up to a revision, or to `head`, in the caller's transaction."""
    command.upgrade(_config(connection), revision)


def knows(revision: str) -> bool:
    """Whether this code has the revision, so that it can go on from there."""
    return revision in {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def newest() -> str | None:
    """The revision that this code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head()
