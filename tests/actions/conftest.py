"""The assistant's actions on an empty database that keeps nothing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from obstore.store import MemoryStore
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from actions import toolbox
from crm_backend.database import Sessions
from crm_backend.knowledge.model import DIMENSIONS
from server.files import FileStore, Made
from server.files.places import ObjectPlace


@pytest.fixture
async def acting(crm: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """Sessions that the actions share with the test. Whatever is said points the same way; files are kept in memory."""
    opened = async_sessionmaker(
        await crm.connection(), expire_on_commit=False, join_transaction_mode="create_savepoint"
    )

    async def embed(question: str) -> list[float]:
        return [1.0, *[0.0] * (DIMENSIONS - 1)]

    zone = ZoneInfo("Europe/Paris")
    store = FileStore(sessions=opened, place=ObjectPlace(MemoryStore()), secret=b"secret", address="http://localhost")
    tools = toolbox.Toolbox(sessions=opened, embed=embed, now=lambda: datetime.now(zone), keep=Made(store))
    monkeypatch.setattr(toolbox, "_equipped", [tools])
    return opened
