"""The accounts on which a conversation that began on a page may go on, or by which something of it may be sent."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.model import Account

CODE = "{code}"


class Elsewhere(BaseModel):
    """An account that customers can write to. `link` has a place for the code that brings a conversation along."""

    model_config = ConfigDict(frozen=True)

    channel: str
    account: str
    shown_as: str
    link: str

    def with_code(self, code: str) -> str:
        """The address that opens a conversation there and brings the code along."""
        return self.link.replace(CODE, code)


async def elsewhere(session: AsyncSession) -> list[Elsewhere]:
    """One account of each channel that works and can be linked to: the first that was set up."""
    rows = await session.scalars(
        select(Account)
        .where(Account.enabled, Account.check_ok.is_not(False), Account.link.contains(CODE, autoescape=True))
        .order_by(Account.channel, Account.created_at)
    )
    found: dict[str, Elsewhere] = {}
    for row in rows:
        shown = Elsewhere(channel=row.channel, account=row.name, shown_as=row.shown_as or "", link=row.link or "")
        found.setdefault(row.channel, shown)
    return list(found.values())


class Way(BaseModel):
    """An account that may write first to whoever has the right kind of address."""

    model_config = ConfigDict(frozen=True)

    channel: str
    account: str


async def way_to_write(session: AsyncSession, channels: Collection[str]) -> Way | None:
    """The first account of these channels that was set up and works; None when there is none."""
    row = await session.scalar(
        select(Account)
        .where(Account.enabled, Account.check_ok.is_not(False), Account.channel.in_(channels))
        .order_by(Account.created_at)
        .limit(1)
    )
    return Way(channel=row.channel, account=row.name) if row else None
