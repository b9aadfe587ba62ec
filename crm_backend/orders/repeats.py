"""Changes that are asked for twice under one key are made once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.database import new_id
from crm_backend.errors import Invalid
from crm_backend.orders.model import Command
from crm_backend.orders.values import LONGEST, text


async def begin(
    session: AsyncSession, *, actor: Actor, key: str | None, name: str, given: Mapping[str, object]
) -> Command | None:
    """Takes a key, before any order is locked; None without one.

    The same actor asking the same under the same key while this runs waits for its end. What is returned is new when
    its `result` is empty (`finish` fills it); else it is done, and the result says what came of it. Raises Invalid when
    the key stands for something else.
    """
    if key is None:
        return None
    key = text("idempotency_key", key, longest=LONGEST, needed=True)
    told = json.dumps({"name": name, **given}, sort_keys=True, default=str)
    fingerprint = hashlib.sha256(told.encode()).hexdigest()
    made = insert(Command).values(id=new_id(), actor=actor.name, key=key, name=name, fingerprint=fingerprint, result={})
    await session.execute(made.on_conflict_do_nothing())
    found = (
        await session.scalars(
            select(Command)
            .where(Command.actor == actor.name, Command.key == key)
            .execution_options(populate_existing=True)
        )
    ).one()
    if found.fingerprint != fingerprint:
        raise Invalid("idempotency_key", "key_used")
    return found


def done(command: Command | None, what: str) -> UUID | None:
    """What came of it the first time; None when it is to be done now."""
    return UUID(command.result[what]) if command is not None and command.result else None


def finish(command: Command | None, *, order_id: UUID | None, **result: UUID) -> None:
    """Notes what came of it, for whoever asks again."""
    if command is not None:
        values: dict[str, Any] = {name: str(value) for name, value in result.items()}
        command.order_id, command.result = order_id, values
