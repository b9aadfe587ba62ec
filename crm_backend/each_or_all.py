"""Settings made for one team or channel each, and under `*` for all others: what holds, setting it, removing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.database import Versioned, expect
from crm_backend.errors import NotFound

OTHERS: Final = "*"
Row = TypeVar("Row", bound=Versioned)


@dataclass(frozen=True)
class EachOrAll(Generic[Row]):
    """A table of such settings. What may be asked of it is for the caller to check: who asks, and for which name."""

    table: type[Row]
    key: str
    """Its column that says for whom a row is: the primary key."""
    subject: str
    """What the audit log calls a row."""
    fields: tuple[str, ...]
    """What the log tells of one."""
    plain: tuple[str, ...]
    """Of these, texts of the company's own, which it shows as they are."""

    async def holding(self, session: AsyncSession, name: str) -> Row | None:
        """What holds for one: its own, else what holds for all others, if anything does."""
        row: Row | None = await session.scalar(
            select(self.table)
            .where(self._key.in_((name, OTHERS)))
            .order_by(case((self._key == name, 0), else_=1))
            .limit(1)
            .execution_options(populate_existing=True)
        )
        return row

    async def listing(self, session: AsyncSession) -> list[Row]:
        """Every one, that for all others first."""
        first = case((self._key == OTHERS, 0), else_=1)
        return list(await session.scalars(select(self.table).order_by(first, self._key)))

    async def put(
        self, session: AsyncSession, name: str, *, actor: Actor, version: int | None, change: Callable[[Row], None]
    ) -> Row:
        """Makes or changes one, and notes it. Raises Stale, NotFound when one was to be changed that is gone, and what
        `change` raises."""
        row = await self._locked(session, name)
        old = self._told(row) if row else None
        if row is None and version is not None:
            raise NotFound("no such setting any more")
        if row is None:
            await session.execute(insert(self.table).values({self.key: name}).on_conflict_do_nothing())
            row = await session.get_one(self.table, name, with_for_update=True, populate_existing=True)
        else:
            expect(row, version)
        change(row)
        await session.flush()
        self._note(session, actor, "changed" if old else "added", name, old=old, new=self._told(row))
        return row

    async def remove(self, session: AsyncSession, name: str, *, actor: Actor, version: int | None) -> None:
        """Takes one away, and notes it; what is for all others holds then. Raises NotFound, Stale."""
        row = await self._locked(session, name)
        if row is None:
            raise NotFound("no such setting")
        expect(row, version)
        self._note(session, actor, "deleted", name, old=self._told(row))
        await session.delete(row)
        await session.flush()

    @property
    def _key(self) -> ColumnElement[str]:
        column: ColumnElement[str] = getattr(self.table, self.key)
        return column

    async def _locked(self, session: AsyncSession, name: str) -> Row | None:
        return await session.get(self.table, name, with_for_update=True, populate_existing=True)

    def _told(self, row: Row) -> dict[str, object]:
        return {field: getattr(row, field) for field in self.fields}

    def _note(self, session: AsyncSession, actor: Actor, action: str, name: str, **values: Any) -> None:
        audit.record(session, actor=actor, action=action, subject=(self.subject, name), plain=self.plain, **values)
