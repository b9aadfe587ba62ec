"""Subscribing to events."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotAllowed, Stale
from crm_backend.webhooks import services
from crm_backend.webhooks.model import Subscription

URL = "https://shop.example/relais"


def seal(subscription_id: UUID, current: str, previous: str | None) -> bytes:
    return f"{current} {previous}".encode()


async def subscribed(session: AsyncSession, *kinds: str) -> Subscription:
    made, _ = await services.subscribe(session, actor=SYSTEM, url=URL, kinds=kinds or ["case.*"], seal=seal)
    return made


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://shop.example",
        "https://",
        "https://shop.example:99999/",
        "https://shop.example/a b",
        "javascript:x",
        "https://marie:secret@shop.example/",
        "https://shop.example/#x",
        "https://shop.example/" + "a" * 2000,
    ],
)
async def test_an_address_that_cannot_be_told_is_refused(crm: AsyncSession, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        await services.subscribe(crm, actor=SYSTEM, url=url, kinds=["*"], seal=seal)
    assert refused.value.field == "url"


@pytest.mark.parametrize(("kinds", "field"), [([], "kinds"), (["case.opened", "case.eaten"], "kinds.1")])
async def test_kinds_are_those_there_are(crm: AsyncSession, kinds: list[str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await services.subscribe(crm, actor=SYSTEM, url=URL, kinds=kinds, seal=seal)
    assert refused.value.field == field


async def test_who_may_not_is_refused(crm: AsyncSession) -> None:
    there = await subscribed(crm)
    nobody = Actor("agent:1", frozenset({"cases.read"}))
    with pytest.raises(NotAllowed):
        await services.subscribe(crm, actor=nobody, url=URL, kinds=["*"], seal=seal)
    with pytest.raises(NotAllowed):
        await services.unsubscribe(crm, there.id, actor=nobody, version=None)


async def test_a_new_secret_signs_with_the_one_before_for_a_while(crm: AsyncSession) -> None:
    there = await subscribed(crm)
    first = there.secrets.decode().split()[0]
    now = utc_now()
    changed, secret = await services.rotate(
        crm, there.id, actor=SYSTEM, current=lambda one: one.secrets.decode().split()[0], seal=seal, now=now
    )
    assert secret.startswith("whsec_") and changed.secrets == f"{secret} {first}".encode()
    assert changed.previous_until == now + timedelta(hours=24)


async def test_switched_on_again_it_begins_with_a_clean_slate(crm: AsyncSession) -> None:
    there = await subscribed(crm)
    there.enabled, there.stopped, there.failures, there.failing_since = False, "failing", 9, utc_now()
    await crm.flush()
    version = there.version
    with pytest.raises(Stale):
        await services.change(crm, there.id, actor=SYSTEM, version=version - 1, enabled=True)
    changed = await services.change(crm, there.id, actor=SYSTEM, version=version, enabled=True)
    assert (changed.enabled, changed.stopped, changed.failures, changed.failing_since) == (True, None, 0, None)
