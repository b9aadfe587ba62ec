"""The declarative base, the column types all nouns share, and how sessions are made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import DateTime, MetaData, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Sessions = async_sessionmaker[AsyncSession]


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): opaque, and sorts by the time it was made."""
    return uuid_utils.compat.uuid7()


def utc_now() -> datetime:
    """The present instant, with zone."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """What every table shares: constraint names that migrations can rely on, zoned times, JSON as JSONB."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        dict[str, str]: JSONB,
        list[Any]: JSONB,
        UUID: Uuid(as_uuid=True),
    }


class Identified:
    """Mixin: an opaque identifier and the instant of creation."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=func.now())


def connect(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for `postgresql://` or `postgresql+asyncpg://` addresses. Opens no connection by itself."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+asyncpg://" + url.removeprefix(prefix)
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"server_settings": {"timezone": "UTC", "application_name": "relais"}},
    )


def sessions_on(engine: AsyncEngine) -> Sessions:
    """A factory of sessions whose objects stay readable after commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
