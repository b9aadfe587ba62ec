"""Names that are given once, whatever their capitals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.errors import Conflict


async def free(session: AsyncSession, model: Any, name: str, *, own: UUID | None = None) -> str:
    """The name, if no other row of `model` has it. Raises Conflict."""
    query = select(model.id).where(
        func.lower(model.name) == name.lower(), model.id != own if own else model.id.is_not(None)
    )
    with session.no_autoflush:
        if await session.scalar(query.limit(1)):
            raise Conflict("that name is in use")
    return name
