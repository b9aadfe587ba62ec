"""Holding off who guesses: failed sign-ins are counted, and each further one makes the next wait twice as long.

A try counts as failed before it is looked at and is taken back when it was right, so that many at once are no way
around. Counted are an account from one address, an account from everywhere, and an address whatever it asks for. An
address that belongs to no account is counted just the same: nothing tells which accounts there are.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent, SignInTries
from crm_backend.audit import services as audit

FREE = {"pair": 5, "account": 20, "address": 60}
"""Failures without a wait. Many people share the address of an office; few mistype one password twenty times."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
FORGOTTEN = timedelta(hours=24)
"""How long after the last failure the counting begins anew."""


@dataclass(frozen=True)
class Try:
    """One attempt to sign in: the address that was typed, and where it came from. `secret` keys what is stored."""

    email: str
    address: str
    secret: bytes

    def keys(self) -> dict[str, str]:
        """What it counts for, by kind."""
        email = self.email.strip().casefold()
        named = {"pair": f"{email}\n{self.address}", "account": email, "address": self.address}
        return {kind: self._hash(f"{kind}\n{value}") for kind, value in named.items()}

    def _hash(self, text: str) -> str:
        return hmac.new(self.secret, b"sign-in\n" + text.encode(errors="replace"), hashlib.sha256).hexdigest()


async def counted(session: AsyncSession, tried: Try, *, now: datetime) -> int:
    """Counts a try as failed; the seconds to wait when it may not be made at all, else 0. Commit it before looking at
    the password."""
    keys = tried.keys()
    # In one order, so that two tries never wait for each other.
    for kind, who in sorted(keys.items()):
        begun = insert(SignInTries).values(kind=kind, who=who, failures=0, last_at=now)
        await session.execute(begun.on_conflict_do_nothing())
    rows = await session.scalars(
        select(SignInTries)
        .where(SignInTries.kind.in_(keys), SignInTries.who.in_(keys.values()))
        .order_by(SignInTries.kind)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = list(rows)
    waits = [row.locked_until - now for row in found if row.locked_until is not None and row.locked_until > now]
    if waits:
        return max(1, int(max(waits).total_seconds()))
    for row in found:
        row.failures = 1 if row.last_at < now - FORGOTTEN else row.failures + 1
        row.last_at, row.locked_until = now, None
        if (over := row.failures - FREE[row.kind]) >= 0:
            row.locked_until = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 12))
            await _told(session, row, tried)
    await session.flush()
    return 0


async def was_right(session: AsyncSession, tried: Try) -> None:
    """Takes a try back: it was right. What was counted for the account is forgotten; of the address, only this try."""
    await forgiven(session, tried)
    await _one_less(session, {"address": tried.keys()["address"]})


async def forgiven(session: AsyncSession, tried: Try) -> None:
    """Forgets what was counted for an account, from everywhere and from this address: its owner has shown by other
    means who they are, so that nobody keeps them out by guessing. The address stays counted."""
    keys = tried.keys()
    whose = SignInTries.kind.in_(("pair", "account")) & SignInTries.who.in_((keys["pair"], keys["account"]))
    await session.execute(delete(SignInTries).where(whose))


async def was_half_right(session: AsyncSession, tried: Try) -> None:
    """Takes a try back whose password was right and that lacked the second factor."""
    await _one_less(session, tried.keys())


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Deletes what is too old to count."""
    await session.execute(delete(SignInTries).where(SignInTries.last_at < now - FORGOTTEN))


async def _one_less(session: AsyncSession, keys: dict[str, str]) -> None:
    for kind, who in sorted(keys.items()):
        less = update(SignInTries).where(SignInTries.kind == kind, SignInTries.who == who, SignInTries.failures > 0)
        await session.execute(less.values(failures=SignInTries.failures - 1, locked_until=None))


async def _told(session: AsyncSession, row: SignInTries, tried: Try) -> None:
    """Puts a lock into the audit log: whose account, where there is one."""
    agent_id: UUID | None = None
    if row.kind != "address":
        agent_id = await session.scalar(select(Agent.id).where(Agent.email == tried.email.strip().casefold()))
    subject = ("agent", agent_id) if agent_id else ("sign_in", row.kind)
    audit.record(session, actor="system", action="locked_out", subject=subject, failures=row.failures, kind=row.kind)
