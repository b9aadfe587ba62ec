"""Replies on their way, leased and settled as the outbox loop does, straight in the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, update

from crm_backend.accounts.model import Account
from crm_backend.conversations.model import OutboxItem
from crm_backend.conversations.sending import deliveries, outbox
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions, utc_now
from tests.support import core


async def replies(sessions: Sessions, *texts: str, visitor: str = "marie", account: str = "main") -> UUID:
    """A conversation with these replies on their way; its identifier."""
    received = await core.write(sessions, visitor=visitor, account=account)
    await core.answered(sessions, core.saying(*texts))
    return received.conversation_id


async def claim(sessions: Sessions, *, lease_seconds: float = 60, limit: int = 10, **more: Any) -> list[Delivery]:
    """Leases what may be sent."""
    async with sessions() as session, session.begin():
        return await outbox.claim(session, lease_seconds=lease_seconds, limit=limit, **more)


async def one(sessions: Sessions, lease_seconds: float = 60) -> Delivery:
    """Leases the only one that may be sent."""
    (delivery,) = await claim(sessions, lease_seconds=lease_seconds)
    return delivery


async def settle(sessions: Sessions, what: str, delivery: Delivery, **more: object) -> Any:
    """A function of `deliveries` in a transaction of its own."""
    async with sessions() as session, session.begin():
        return await getattr(deliveries, what)(session, delivery, **more)


async def item(sessions: Sessions, delivery: Delivery) -> OutboxItem:
    """As it is stored now."""
    async with sessions() as session:
        return await session.get_one(OutboxItem, delivery.id)


async def ready(sessions: Sessions) -> None:
    """Ends every pause and every lease of the outbox."""
    now = utc_now() - timedelta(seconds=1)
    held = case((OutboxItem.state == "sending", now), else_=None)
    async with sessions() as session, session.begin():
        await session.execute(update(OutboxItem).values(available_at=now, lease_until=held))


async def made_older(sessions: Sessions, age: timedelta) -> None:
    """Everything in the outbox was queued so much earlier, and may be sent."""
    async with sessions() as session, session.begin():
        await session.execute(update(OutboxItem).values(created_at=OutboxItem.created_at - age))
    await ready(sessions)


async def account(sessions: Sessions, name: str = "main", **values: Any) -> None:
    """An account, switched on."""
    async with sessions() as session, session.begin():
        session.add(Account(channel="webchat", name=name, settings={}, **values))


async def pause_over(sessions: Sessions) -> None:
    """Every pause of an account has just ended."""
    async with sessions() as session, session.begin():
        ended = update(Account).where(Account.open_until.is_not(None))
        await session.execute(ended.values(open_until=utc_now() - timedelta(seconds=1)))


async def seen_as(sessions: Sessions, conversation: UUID) -> list[str | None]:
    """How the outgoing messages of a conversation stand."""
    return [m.delivery for m in await core.transcript(sessions, conversation) if m.author != "customer"]
