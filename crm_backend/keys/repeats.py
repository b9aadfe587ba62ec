"""Requests that are sent twice: the second gets the answer of the first, and changes nothing.

After draft-ietf-httpapi-idempotency-key-header: the key is bound to who calls, and to what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotNow
from crm_backend.keys.model import KeptAnswer

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes


async def answered(session: AsyncSession, *, caller: str, key: str, fingerprint: str) -> Answer | None:
    """The answer to the same request before, or None: then the request is this transaction's to answer, and others
    with its key are told to wait until it ends. Raises NotNow while another transaction is at it, and Invalid when
    the key stood for another request."""
    lock = func.hashtextextended(f"{caller}\n{key}", 0)
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise NotNow("key_in_use")
    kept = await session.get(KeptAnswer, (caller, key))
    if kept is None:
        return None
    if kept.created_at < utc_now() - KEPT:
        await session.delete(kept)
        await session.flush()
        return None
    if kept.fingerprint != fingerprint:
        raise Invalid(HEADER, "key_used")
    return Answer(kept.status, kept.headers, kept.body)


def keep(session: AsyncSession, answer: Answer, *, caller: str, key: str, fingerprint: str) -> None:
    """Keeps the answer, in the transaction of what the request did."""
    session.add(
        KeptAnswer(
            caller=caller,
            key=key,
            fingerprint=fingerprint,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
        )
    )


async def forget_old(session: AsyncSession) -> int:
    """Removes answers past their time; how many."""
    gone = await session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < utc_now() - KEPT))
    return int(getattr(gone, "rowcount", 0))
