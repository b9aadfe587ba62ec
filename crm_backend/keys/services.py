"""Making, checking and revoking API keys."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.permissions import ALL
from crm_backend.audit import services as audit
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound
from crm_backend.keys.model import ApiKey

START = "relais_"
SHOWN = len(START) + 6
"""Characters of a key that lists show."""
PER_MINUTE, MOST_PER_MINUTE = 600, 100_000
LONGEST_NAME = 100
USE_KEPT = timedelta(minutes=1)
"""How exact `last_used_at` is: a write a request would cost more than the request."""
_TOKEN = re.compile(re.escape(START) + r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True)
class Made:
    """A fresh key; `token` is known here only and shown once."""

    key: ApiKey
    token: str


async def make(
    session: AsyncSession,
    *,
    actor: Actor,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    per_minute: int = PER_MINUTE,
) -> Made:
    """Makes a key with these permissions. Raises NotAllowed (also for permissions the actor does not have: a key is
    never more than who makes it) and Invalid."""
    actor.need("keys.configure")
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise Invalid("name", "key_name", most=LONGEST_NAME)
    if not scopes:
        raise Invalid("scopes", "scopes_empty")
    for at, scope in enumerate(scopes):
        if scope not in ALL:
            raise Invalid(f"scopes.{at}", "scope_unknown")
        if not actor.may(scope):
            raise NotAllowed(f"has no {scope} to give")
    if expires_at is not None and expires_at <= utc_now():
        raise Invalid("expires_at", "expiry_past")
    if not 0 < per_minute <= MOST_PER_MINUTE:
        raise Invalid("per_minute", "too_big", most=MOST_PER_MINUTE)
    token = START + secrets.token_urlsafe(32)
    key = ApiKey(
        name=name,
        prefix=token[:SHOWN],
        token_hash=_hash(token),
        scopes=sorted(set(scopes)),
        per_minute=per_minute,
        made_by=actor.name,
        expires_at=expires_at,
    )
    session.add(key)
    await session.flush()
    new = {"scopes": key.scopes, "per_minute": per_minute, "expires_at": expires_at}
    audit.record(session, actor=actor, action="key_made", subject=("key", key.id), new=new)
    return Made(key, token)


def listing(actor: Actor, *, live: bool | None = None) -> Select[tuple[ApiKey]]:
    """Keys, or only those that are (not) good any more. Raises NotAllowed."""
    actor.need("keys.configure")
    ended = or_(ApiKey.revoked_at.is_not(None), ApiKey.expires_at <= utc_now())
    found = select(ApiKey)
    if live is None:
        return found
    return found.where(ended.is_not(True) if live else ended)


async def revoke(session: AsyncSession, key_id: UUID, *, actor: Actor) -> ApiKey:
    """Ends a key at once; one that was revoked stays as it is. Raises NotAllowed, NotFound."""
    actor.need("keys.configure")
    key = await session.get(ApiKey, key_id, with_for_update=True)
    if key is None:
        raise NotFound("no such key")
    if key.revoked_at is None:
        key.revoked_at = utc_now()
        audit.record(session, actor=actor, action="key_revoked", subject=("key", key.id))
    return key


async def revoke_those_of(session: AsyncSession, maker: str, *, actor: Actor) -> None:
    """Ends every key that `maker` (an actor's name) made: who is gone leaves no way in behind. The caller asked for the
    right."""
    ended = update(ApiKey).where(ApiKey.made_by == maker, ApiKey.revoked_at.is_(None)).values(revoked_at=utc_now())
    for key_id in await session.scalars(ended.returning(ApiKey.id)):
        audit.record(session, actor=actor, action="key_revoked", subject=("key", key_id))


async def key_of(session: AsyncSession, token: str) -> ApiKey | None:
    """The live key that a caller shows. Found by its hash, so that no comparison tells by its time how much of a
    guess is right; the key has 256 random bits, which need no slow hash."""
    if not _TOKEN.fullmatch(token):
        return None
    key = await session.scalar(select(ApiKey).where(ApiKey.token_hash == _hash(token), ApiKey.revoked_at.is_(None)))
    return None if key is None or (key.expires_at is not None and key.expires_at <= utc_now()) else key


def is_use_old(key: ApiKey) -> bool:
    """Whether it is to be noted that the key is used."""
    return key.last_used_at is None or key.last_used_at < utc_now() - USE_KEPT


async def used(session: AsyncSession, key_id: UUID) -> None:
    """Notes that the key was used just now."""
    await session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=utc_now()))


def actor_of(key: ApiKey) -> Actor:
    """Whoever shows the key. A permission that is no more is left out."""
    return Actor(f"key:{key.id}", frozenset(key.scopes) & ALL, "api")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
