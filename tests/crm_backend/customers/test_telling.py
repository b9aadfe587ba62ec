"""What is told of customers: that they changed and in which fields, never what is in them."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.customers import (
    addresses,
    attribute_values,
    attributes,
    consenting,
    identities,
    merging,
    profiles,
    tags,
    undoing,
)
from crm_backend.events import services as events
from crm_backend.events.model import Event
from crm_backend.notifications import services as notifications


@pytest.fixture
async def zoe(crm: AsyncSession) -> UUID:
    return (await profiles.create(crm, actor=SYSTEM, values={"first_name": "Zoé", "last_name": "Lefèvre"})).id


async def told(session: AsyncSession, of: UUID) -> list[tuple[str, object]]:
    rows = await session.scalars(select(Event).where(Event.subject_id == of).order_by(Event.seq))
    return [(row.kind, row.data.get("fields", row.data)) for row in rows]


async def test_every_change_is_told_by_the_names_of_its_fields(crm: AsyncSession, zoe: UUID) -> None:
    of = {"actor": SYSTEM, "customer_id": zoe}
    same = {"first_name": "Zoé", "last_name": "Le Fèvre"}
    await profiles.change(crm, values={**same, "channel": "email"}, **of)
    await profiles.change(crm, values=same, **of)
    home = await addresses.add(crm, values={"line1": "1 rue X", "country": "FR"}, **of)
    await addresses.change(crm, actor=SYSTEM, address_id=home.id, values={"line1": "2 rue X", "country": "FR"})
    await addresses.remove(crm, actor=SYSTEM, address_id=home.id)
    mail = await identities.add(crm, kind="email", value="zoe@example.com", **of)
    await identities.prove(crm, actor=SYSTEM, identity_id=mail.id)
    await identities.make_primary(crm, actor=SYSTEM, identity_id=mail.id)
    await identities.remove(crm, actor=SYSTEM, identity_id=mail.id)
    await consenting.decide(crm, purpose="marketing", given=True, how="form", **of)
    await consenting.decide(crm, purpose="notices", given=False, how="form", **of)
    await notifications.choose(crm, customer_id=zoe, unasked=True, channel="", actor="customer")
    await tags.set_tags(crm, names=["VIP"], **of)
    await tags.set_tags(crm, names=["vip"], **of)
    labels = {"fr": "Pointure", "en": "Shoe size"}
    await attributes.define(crm, actor=SYSTEM, values={"key": "shoe", "labels": labels, "kind": "number"})
    await attribute_values.set_values(crm, values={"shoe": 38}, **of)
    await attribute_values.set_values(crm, values={"shoe": 38}, **of)
    found = await told(crm, zoe)
    assert {kind for kind, _ in found} == {"customer.changed"}
    assert [fields for _, fields in found] == [
        ["first_name", "last_name"],
        ["channel", "last_name"],
        ["addresses.country", "addresses.is_default", "addresses.line1", "addresses.postcode"],
        ["addresses.line1"],
        ["addresses"],
        *[["identities.email"]] * 4,
        ["consents.marketing"],
        ["consents.notices"],
        ["channel", "consents.notices"],
        ["tags"],
        ["attributes.shoe"],
    ]
    whole = str([row.data for row in await crm.scalars(select(Event).where(Event.subject_id == zoe))])
    assert not any(word in whole for word in ("Fèvre", "rue X", "zoe@", "VIP", "38"))


async def test_a_merge_and_its_undoing_name_both_to_webhooks(crm: AsyncSession, zoe: UUID) -> None:
    other = (await profiles.create(crm, actor=SYSTEM, values={"first_name": "Zoé"})).id
    third = (await profiles.create(crm, actor=SYSTEM, values={"company": "A"})).id
    await merging.preview(crm, actor=SYSTEM, kept_id=zoe, gone_id=third)
    merge_id = (await merging.merge(crm, actor=SYSTEM, kept_id=zoe, gone_id=other)).id
    await undoing.undo(crm, actor=SYSTEM, merge_id=merge_id)
    ids = {"merge_id": str(merge_id), "kept_id": str(zoe)}
    assert (await told(crm, zoe))[1:] == [
        ("customer.merged", {**ids, "gone_id": str(other)}),
        ("customer.parted", {**ids, "again_id": str(other)}),
    ]
    heard = []
    while event := await events.claim(crm, consumer="webhooks"):
        heard.append(event.kind)
        await events.done(crm, event, consumer="webhooks")
    assert {"customer.changed", "customer.merged", "customer.parted"} == set(heard)
