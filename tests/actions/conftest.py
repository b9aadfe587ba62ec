"""The assistant's actions on an empty database that keeps nothing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from actions import toolbox
from crm_backend.database import Sessions
from crm_backend.knowledge.model import DIMENSIONS


@pytest.fixture
async def acting(crm: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """Sessions that the actions share with the test. Whatever is said points the same way."""
    opened = async_sessionmaker(
        await crm.connection(), expire_on_commit=False, join_transaction_mode="create_savepoint"
    )

    async def embed(question: str) -> list[float]:
        return [1.0, *[0.0] * (DIMENSIONS - 1)]

    zone = ZoneInfo("Europe/Paris")
    tools = toolbox.Toolbox(sessions=opened, embed=embed, now=lambda: datetime.now(zone))
    monkeypatch.setattr(toolbox, "_equipped", [tools])
    return opened
