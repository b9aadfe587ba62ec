"""The declarative base, the column types all nouns share, and how sessions are made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
import uuid_utils.compat
from sqlalchemy import DateTime, MetaData, Uuid, event, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from crm_backend.errors import Stale

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


class Versioned:
    """Mixin: a number that grows with every change, against changes made on what was read before another's change.

    SQLAlchemy counts it at each flush (`version_id_col`) and raises StaleDataError if a row changed in between; a
    statement that updates rows by itself sets `version = version + 1`.
    """

    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 (SQLAlchemy calls it with the class)
        return {"version_id_col": cls.version}


def expect(row: Versioned, version: int | None) -> None:
    """Raises Stale if the caller read another version than `row` has now; without one, nothing is asked. Lock the row
    first (`with_for_update`)."""
    if version is not None and row.version != version:
        raise Stale(row.version)


STATEMENTS = 500
"""Statements that a connection keeps prepared; with 100, the default, it forgets ours before they come again."""


def connect(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for `postgresql://` or `postgresql+asyncpg://` addresses. Opens no connection by itself, and at most
    twice `pool_size`."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+asyncpg://" + url.removeprefix(prefix)
    engine = create_async_engine(
        url,
        # None is closed when it is not needed for a moment: opening one takes longer than most of what it is used for.
        pool_size=2 * pool_size,
        max_overflow=0,
        # The connection that was used last has prepared what is asked most.
        pool_use_lifo=True,
        # Errors go to the log; what was stored does not.
        hide_parameters=True,
        connect_args={
            "prepared_statement_cache_size": STATEMENTS,
            "server_settings": {
                "timezone": "UTC",
                "application_name": "relais",
                # What our statements are written for, whatever the database's own default is.
                "default_transaction_isolation": "read committed",
                # Compiling a query takes longer than any of ours runs.
                "jit": "off",
                # An index of neighbours finds as many as are asked for, however many of them a filter leaves out.
                "hnsw.ef_search": "100",
                "hnsw.iterative_scan": "relaxed_order",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    # Instead of pool_pre_ping, whose three round trips before every use cost more than most of our queries: asyncpg
    # hears when the server closes a connection. The pool then opens a new one.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def sessions_on(engine: AsyncEngine) -> Sessions:
    """A factory of sessions whose objects stay readable after commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


def reading(sessions: Sessions) -> AsyncSession:
    """A session that only reads, without the round trips that begin and end a transaction.

    Nothing else changes: in our transactions, too, each query sees what was committed before it (READ COMMITTED).
    """
    return one_by_one(sessions)


def one_by_one(sessions: Sessions) -> AsyncSession:
    """A session in which each statement is a transaction of its own, committed when it returns."""
    session = sessions()
    engine = session.bind
    if isinstance(engine, AsyncEngine):
        if (plain := _plain.get(engine)) is None:
            plain = _plain[engine] = engine.execution_options(isolation_level="AUTOCOMMIT")
        session.bind = plain
        session.sync_session.bind = plain.sync_engine
    return session


def alone(session: AsyncSession) -> AsyncEngine | None:
    """The engine of a session of `one_by_one` that has asked nothing yet; None of any other."""
    engine = session.bind
    mine = isinstance(engine, AsyncEngine) and engine in _plain.values() and not session.in_transaction()
    return engine if mine and isinstance(engine, AsyncEngine) else None


_plain: WeakKeyDictionary[AsyncEngine, AsyncEngine] = WeakKeyDictionary()


_AWAY = ("08", "57P", "53", "40001", "40P01")
"""Classes of SQLSTATE that say the server is not there, not ready, or full, and the two that ask for the same again:
others held what was needed (PostgreSQL, appendix A)."""


FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What asyncpg raises. The third (it says of itself that it is confused) is met on a connection that is being lost."""


def unreachable(error: BaseException) -> bool:
    """Whether the database could not be asked, or wants to be asked again; false when it refused what it was asked."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        lost = isinstance(error, InterfaceError) or isinstance(
            getattr(error.orig, "__cause__", None), asyncpg.InternalClientError
        )
        return error.connection_invalidated or lost or state.startswith(_AWAY)
    # SQLAlchemy wraps whatever a statement meets, so what is still asyncpg's own was met on connecting.
    return isinstance(error, (PoolExhausted, *FAULTS))
