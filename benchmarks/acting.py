"""What the assistant calls for while it thinks, done in this process as a server does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from actions import runner
from benchmarks.customers import ROOT
from benchmarks.systems import Running
from crm_backend.database import connect, sessions_on
from server.acting import Acting
from server.embedding import Embedder
from server.equipping import equip
from server.files import file_store
from server.settings import Settings
from server.shelf import Shelf


@asynccontextmanager
async def acting(running: Running) -> AsyncIterator[Acting]:
    """Runs actions over the database of a running system."""
    secret = SecretStr("secret-of-benchmarks")
    settings = Settings(var=ROOT / "var", database_url=running.database_url, secret_key=secret)
    engine = connect(running.database_url)
    try:
        sessions = sessions_on(engine)
        equip(settings, sessions, Embedder(settings.var / "vectors"), file_store(settings, sessions))
        yield Acting(runner.build_executor(), Shelf(sessions, ZoneInfo(settings.timezone)))
    finally:
        await engine.dispose()
