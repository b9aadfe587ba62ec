"""API keys: made once, shown once, never more than who made them, ended at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE, Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound
from crm_backend.keys import services
from crm_backend.keys.model import ApiKey


async def make(crm: AsyncSession, **more: object) -> services.Made:
    return await services.make(crm, **{"actor": COMMAND_LINE, "name": "Shop", "scopes": ["orders.read"], **more})  # type: ignore[arg-type]


async def test_a_key_is_found_by_what_was_shown_once_and_kept_nowhere(crm: AsyncSession) -> None:
    made = await make(crm)
    assert made.token.startswith(made.key.prefix) and len(made.key.prefix) < 16
    found = await services.key_of(crm, made.token)
    assert found is made.key
    assert services.actor_of(found) == Actor(f"key:{found.id}", frozenset({"orders.read"}), "api")
    everything = str((await crm.execute(text("select * from api_keys"))).all())
    everything += str((await crm.execute(select(AuditEntry.new))).all())
    assert made.token not in everything and made.token[len(made.key.prefix) :] not in everything


@pytest.mark.parametrize(
    "token", ["", "relais_", "relais_" + "a" * 43, "relais_" + "é" * 43, "x" * 100_000, "relais_\0"]
)
async def test_what_is_no_key_finds_none(crm: AsyncSession, token: str) -> None:
    await make(crm)
    assert await services.key_of(crm, token) is None


async def test_a_key_ends_when_it_is_revoked_and_when_it_expires(crm: AsyncSession) -> None:
    revoked, expired, good = await make(crm), await make(crm, expires_at=utc_now() + timedelta(days=1)), await make(crm)
    first = await services.revoke(crm, revoked.key.id, actor=COMMAND_LINE)
    ended = first.revoked_at
    assert (await services.revoke(crm, revoked.key.id, actor=COMMAND_LINE)).revoked_at == ended
    expired.key.expires_at = utc_now()
    await crm.flush()
    assert [await services.key_of(crm, one.token) for one in (revoked, expired, good)] == [None, None, good.key]
    for live, ids in ((True, {good.key.id}), (False, {revoked.key.id, expired.key.id})):
        listed = await crm.scalars(services.listing(COMMAND_LINE, live=live))
        assert {key.id for key in listed} == ids
    with pytest.raises(NotFound):
        await services.revoke(crm, new_id(), actor=COMMAND_LINE)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["orders.read", "everything"]}, "scopes.1"),
        ({"expires_at": utc_now()}, "expires_at"),
        ({"per_minute": 0}, "per_minute"),
        ({"per_minute": 10**9}, "per_minute"),
    ],
)
async def test_what_makes_no_key_is_named(crm: AsyncSession, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await make(crm, **values)
    assert refusal.value.field == field
    assert await crm.scalar(select(ApiKey)) is None


async def test_nobody_gives_a_right_they_do_not_have(crm: AsyncSession) -> None:
    some = Actor("agent:1", frozenset({"keys.configure", "orders.read"}))
    await make(crm, actor=some)
    for actor, scopes in ((some, ["orders.write"]), (Actor("agent:2", frozenset({"orders.read"})), ["orders.read"])):
        with pytest.raises(NotAllowed):
            await make(crm, actor=actor, scopes=scopes)
    with pytest.raises(NotAllowed):
        services.listing(Actor("agent:2"))
    with pytest.raises(NotAllowed):
        await services.revoke(crm, new_id(), actor=Actor("agent:2"))


async def test_use_is_noted_once_a_minute(crm: AsyncSession) -> None:
    key = (await make(crm)).key
    assert services.is_use_old(key)
    await services.used(crm, key.id)
    await crm.refresh(key)
    assert not services.is_use_old(key)
    key.last_used_at = utc_now() - timedelta(seconds=61)
    assert services.is_use_old(key)
