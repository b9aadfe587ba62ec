"""What Telegram tells of chats and people beside messages: who blocked the bot, and which group became which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from crm_backend.conversations.model import Conversation, OutboxItem, Participant
from crm_backend.customers.model import Identity

NAME = "telegram"
PERSON_KIND = "telegram"
GROUP_KIND = "telegram_group"
"""Who writes in a group is somebody else than who writes in private: all that is said there is read by all, and nothing
that was proved or told in private may follow."""


async def reachable(session: AsyncSession, *, user_id: int, since: datetime | None) -> None:
    """Notes that the person blocked the bot at `since`, or, with None, lets it write again."""
    here = (Identity.kind == PERSON_KIND, Identity.value == str(user_id))
    await session.execute(update(Identity).where(*here).values(unreachable_since=since))


async def moved(session: AsyncSession, *, account: str, old: int, new: int) -> None:
    """A group became a supergroup and has another identifier now. Doing it again changes nothing."""
    # Who writes there before what they write in, as everywhere (`conversations.sending.locks`): no deadlock.
    theirs = select(Identity.id).where(Identity.kind == GROUP_KIND, Identity.value.startswith(f"{old}:"))
    await session.execute(theirs.order_by(Identity.id).with_for_update())
    for table in (Conversation, OutboxItem, Participant):
        column = table.address
        await session.execute(
            update(table)
            .where(table.channel == NAME, table.account == account, _in_chat(column, old))
            # The numbers of messages begin anew there: what an answer would have pointed at is gone.
            .values(address=str(new))
        )
    there = aliased(Identity)
    value = func.concat(literal(f"{new}:"), func.split_part(Identity.value, ":", 2))
    known = exists(select(there.id).where(there.kind == GROUP_KIND, there.value == value))
    await session.execute(
        update(Identity)
        .where(Identity.kind == GROUP_KIND, Identity.value.startswith(f"{old}:"), ~known)
        .values(value=value)
        .execution_options(synchronize_session=False)
    )


def _in_chat(address: InstrumentedAttribute[str], chat: int) -> ColumnElement[bool]:
    return or_(address == str(chat), address.startswith(f"{chat}#"), address.startswith(f"{chat}/"))
