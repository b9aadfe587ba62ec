"""A customer whose file is worked on."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.customers import profiles


@pytest.fixture
async def zoe(crm: AsyncSession) -> UUID:
    values = {"first_name": "Zoé", "last_name": "Lefèvre", "language": "fr"}
    return (await profiles.create(crm, actor=SYSTEM, values=values)).id
