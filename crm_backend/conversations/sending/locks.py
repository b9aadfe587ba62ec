"""The one order in which rows are locked, so that no two transactions wait for each other; and locking recipients.

1. codes for going on elsewhere are looked up, not locked;
2. identities: several in the order of their ids, unless one is found by way of the other;
3. conversations: several in the order of their ids;
4. what hangs on a conversation: codes, turns, participants, outbox items;
5. the parts in which an item went out, then messages.

Whoever needs a row of an earlier kind takes it before the first of a later one, even where that means looking twice.
Rows that are skipped when somebody has them (`skip_locked`) may be taken at any time.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import OutboxItem, Participant
from crm_backend.conversations.sending.outbox import identity_of_item
from crm_backend.customers.model import Identity


async def recipients(session: AsyncSession, *which: ColumnElement[bool]) -> list[UUID]:
    """Locks the identities that outbox items are for, before anything of the items is locked; returns them.

    An item that moves between this and its own lock is for somebody else by then: only who is both held and still its
    recipient may be changed.
    """
    whom = select(Participant.identity_id).join(OutboxItem, identity_of_item()).where(*which)
    held = await session.scalars(
        select(Identity.id).where(Identity.id.in_(whom)).order_by(Identity.id).with_for_update(key_share=True)
    )
    return list(held)
