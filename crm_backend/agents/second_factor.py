"""The second factor of an account: setting it up, giving it up, and checking a code at the door."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents import rules, totp
from crm_backend.agents.administration import governed
from crm_backend.agents.model import Agent, AgentSession, RecoveryCode
from crm_backend.audit import services as audit
from crm_backend.errors import Invalid, NotNow

CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is read as something else: i, l, o, 0, 1."""
_LENGTH = 12


@dataclass(frozen=True)
class Safe:
    """Seals the secret of an account for the database, and opens it. `open` raises what the safe raises."""

    seal: Callable[[UUID, str], bytes]
    open: Callable[[UUID, bytes], str]


async def begin(session: AsyncSession, agent: Agent, *, safe: Safe) -> str:
    """A new secret, which counts once a code of it was shown (`confirm`). Raises NotNow (`second_factor_on`)."""
    kept = await _locked(session, agent)
    if kept.totp_since is not None:
        raise NotNow("second_factor_on")
    secret = totp.new_secret()
    await _set(session, agent, totp=safe.seal(agent.id, secret))
    return secret


async def confirm(session: AsyncSession, agent: Agent, code: str, *, safe: Safe, now: datetime) -> list[str]:
    """Switches it on, once the app shows the right code: the recovery codes, known here only. Raises NotNow
    (`second_factor_on`, `second_factor_not_begun`) and Invalid (`second_factor_code`)."""
    kept = await _locked(session, agent)
    if kept.totp_since is not None:
        raise NotNow("second_factor_on")
    if kept.totp is None:
        raise NotNow("second_factor_not_begun")
    step = totp.step_of(safe.open(agent.id, kept.totp), code, at=now)
    if step is None:
        raise Invalid("code", "second_factor_code")
    await _set(session, agent, totp_since=now, totp_step=step)
    opened = update(AgentSession).where(AgentSession.agent_id == agent.id).values(enrolling=False)
    await session.execute(opened)
    audit.record(session, actor=_name(agent), action="second_factor_on", subject=("agent", agent.id))
    return await new_codes(session, agent)


async def new_codes(session: AsyncSession, agent: Agent) -> list[str]:
    """Recovery codes in place of those there were, each good once. Raises NotNow (`second_factor_off`)."""
    if (await _locked(session, agent)).totp_since is None:
        raise NotNow("second_factor_off")
    await session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent.id))
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(CODES)]
    session.add_all(RecoveryCode(agent_id=agent.id, code_hash=_hash(agent.id, code)) for code in codes)
    await session.flush()
    audit.record(session, actor=_name(agent), action="recovery_codes_made", subject=("agent", agent.id))
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


async def codes_left(session: AsyncSession, agent: Agent) -> int:
    """How many recovery codes were not used yet."""
    return await session.scalar(select(func.count()).where(RecoveryCode.agent_id == agent.id)) or 0


async def drop(session: AsyncSession, agent: Agent) -> None:
    """Switches one's own off. Raises NotNow (`second_factor_asked`) when the role asks for it."""
    if await rules.asked_of(session, agent):
        raise NotNow("second_factor_asked")
    await _dropped(session, agent, actor=_name(agent))


async def reset(session: AsyncSession, agent_id: UUID, *, actor: Actor) -> Agent:
    """Switches an agent's off who lost it, and ends their sessions. Raises NotFound, NotAllowed."""
    agent = await governed(session, agent_id, actor=actor, version=None, of_role=True)
    await _dropped(session, agent, actor=actor)
    await session.execute(delete(AgentSession).where(AgentSession.agent_id == agent.id))
    return agent


async def passes(session: AsyncSession, agent: Agent, code: str, *, safe: Safe, now: datetime) -> str | None:
    """Checks a code at the door and uses it up: `totp`, `recovery`, or None when it is neither."""
    kept = await _locked(session, agent)
    if kept.totp is None:
        return None
    secret = safe.open(agent.id, kept.totp)
    step = totp.step_of(secret, code, at=now, after=kept.totp_step)
    if step is not None:
        # Sealed anew each time, so that an earlier key of the safe is soon needed no more.
        await _set(session, agent, totp_step=step, totp=safe.seal(agent.id, secret))
        return "totp"
    plain = "".join(each for each in code.casefold() if each.isalnum())
    mine = RecoveryCode.agent_id == agent.id
    used = delete(RecoveryCode).where(mine, RecoveryCode.code_hash == _hash(agent.id, plain))
    if (await session.scalar(used.returning(RecoveryCode.code_hash))) is None:
        return None
    audit.record(session, actor=_name(agent), action="recovery_code_used", subject=("agent", agent.id))
    return "recovery"


async def _dropped(session: AsyncSession, agent: Agent, *, actor: Actor | str) -> None:
    kept = await _locked(session, agent)
    was_on = kept.totp_since is not None
    await _set(session, agent, totp=None, totp_since=None)
    await session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent.id))
    if was_on:
        audit.record(session, actor=actor, action="second_factor_off", subject=("agent", agent.id))


async def _locked(session: AsyncSession, agent: Agent) -> Agent:
    return await session.get_one(Agent, agent.id, with_for_update=True, populate_existing=True)


async def _set(session: AsyncSession, agent: Agent, **values: object) -> None:
    """As with preferences: no new version of the account, which is for those who manage it."""
    await session.execute(update(Agent).where(Agent.id == agent.id).values(**values))
    await session.refresh(agent)


def _hash(agent_id: UUID, code: str) -> str:
    # Sixty bits at random need no slow hash; the account keeps equal codes of two people apart.
    return hashlib.sha256(f"{agent_id}\n{code}".encode()).hexdigest()


def _name(agent: Agent) -> str:
    return f"agent:{agent.id}"
