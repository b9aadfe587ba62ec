"""What is over at the portal goes: visits with the forms they kept, words that have let somebody in, old codes,
and where codes were asked from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.portal import kept
from crm_backend.portal.model import PortalToken, PortalVisit
from crm_backend.proof_codes import limits, places
from crm_backend.proof_codes.model import ProofCode


async def clear(session: AsyncSession, *, idle: timedelta, now: datetime) -> int:
    """Takes away what nobody can use any more; how many rows. `idle` is after how long without a page a visit ends.
    What somebody holds at this instant is left for the next time."""
    gone = now - kept.GONE_AFTER
    visit = or_(PortalVisit.expires_at < gone, PortalVisit.seen_at < gone - idle)
    code = (ProofCode.browser_key.is_not(None), ProofCode.created_at < now - limits.DAY)
    old: list[tuple[Any, Any]] = [
        (PortalVisit.id, select(PortalVisit.id).where(visit)),
        (PortalToken.token_hash, select(PortalToken.token_hash).where(PortalToken.expires_at < now)),
        (ProofCode.id, select(ProofCode.id).where(*code)),
    ]
    count = 0
    for key, which in old:
        over = delete(key.class_).where(key.in_(which.with_for_update(skip_locked=True)))
        count += len((await session.scalars(over.returning(key))).all())
    # A code of a conversation stays with it, as its messages do, but where it was asked from counts for a day only.
    dated = (ProofCode.asked_from.is_not(None), ProofCode.created_at < now - limits.DAY)
    await session.execute(update(ProofCode).where(*dated).values(asked_from=None))
    await places.forget(session, before=now - limits.DAY)
    return count
