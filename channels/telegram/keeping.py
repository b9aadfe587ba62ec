"""What an account remembers between runs: how far updates were taken in, and which groups were told off today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.expression import cast

from crm_backend.accounts.model import Account
from crm_backend.database import Sessions, utc_now

NAME = "telegram"
TRUSTED_FOR = timedelta(days=6)
"""After a week without updates Telegram numbers the next one anew, at random (Bot API, Update): an older mark could lie
above it, and asking from there would throw it away."""


@dataclass
class Memory:
    """The `cursor` of an account."""

    sessions: Sessions
    account: str
    bot_id: int

    async def offset(self, now: datetime | None = None) -> int | None:
        """The update to go on from; None when everything that Telegram still holds is to be asked for."""
        kept = await self._read()
        if kept.get("bot") != self.bot_id or not isinstance(kept.get("offset"), int):
            return None
        try:
            at = datetime.fromisoformat(kept["at"])
        except (KeyError, TypeError, ValueError):
            return None
        return kept["offset"] if (now or utc_now()) - at < TRUSTED_FOR else None

    async def advance(self, offset: int) -> None:
        """Everything before `offset` is stored for good."""
        await self._write({"bot": self.bot_id, "offset": offset, "at": utc_now().isoformat()})

    async def declines(self, chat: int, *, today: str) -> bool:
        """Whether this group is still to be told today that the bot answers in private; notes that it has been."""
        async with self.sessions() as session, session.begin():
            query = select(Account).where(Account.channel == NAME, Account.name == self.account).with_for_update()
            account = await session.scalar(query)
            if account is None:
                return True
            kept = account.cursor or {}
            told = kept.get("declined", {})
            chats = told.get("chats", []) if told.get("day") == today else []
            if chat in chats:
                return False
            account.cursor = {**kept, "declined": {"day": today, "chats": [*chats, chat]}}
            return True

    async def _read(self) -> dict[str, Any]:
        async with self.sessions() as session:
            query = select(Account.cursor).where(Account.channel == NAME, Account.name == self.account)
            return await session.scalar(query) or {}

    async def _write(self, values: dict[str, Any]) -> None:
        async with self.sessions() as session, session.begin():
            await session.execute(
                update(Account)
                .where(Account.channel == NAME, Account.name == self.account)
                .values(cursor=func.coalesce(Account.cursor, cast({}, JSONB)).op("||")(cast(values, JSONB)))
            )
