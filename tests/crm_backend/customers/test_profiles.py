"""Profiles, addresses, identities, custom attributes, notes, documents and groups."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.access.permissions import ALL
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.services import drop_loose
from crm_backend.audit.model import AuditEntry
from crm_backend.customers import (
    addresses,
    attribute_values,
    attributes,
    checks,
    countries,
    documents,
    groups,
    identities,
    notes,
    profiles,
)
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from crm_backend.notifications import services as notifications
from crm_backend.notifications.schema import Rules
from crm_backend.timeline import queries
from tests.crm_backend.customers.filling import Filling


@pytest.fixture
async def zoe(crm: AsyncSession) -> UUID:
    values = {"first_name": "Zoé", "last_name": "Lefèvre", "language": "fr"}
    return (await profiles.create(crm, actor=SYSTEM, values=values)).id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_name": "x" * 201}, "first_name"),
        ({"first_name": "a\0b"}, "first_name"),
        ({"first_name": 3}, "first_name"),
        ({"first_name": None}, "first_name"),
        ({"language": "de"}, "language"),
        ({"birth_date": date(1700, 1, 1)}, "birth_date"),
        ({"birth_date": date.today() + timedelta(days=2)}, "birth_date"),  # noqa: DTZ011
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"hours_from": time(9)}, "hours_until"),
        ({"hours_from": time(9), "hours_until": time(9)}, "hours_until"),
        ({"channel": "E-Mail!"}, "channel"),
        ({"first_name": "", "last_name": ""}, "last_name"),
        ({"id": "x"}, "id"),
    ],
)
async def test_a_profile_takes_only_what_can_be(
    crm: AsyncSession, zoe: UUID, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await profiles.change(crm, actor=SYSTEM, customer_id=zoe, values=values)
    assert refused.value.field == field


async def test_changes_count_versions_are_audited_without_words_and_need_rights(crm: AsyncSession, zoe: UUID) -> None:
    changed = await profiles.change(crm, actor=SYSTEM, customer_id=zoe, values={"last_name": "Le Fèvre"}, version=1)
    assert changed.version == 2
    with pytest.raises(Stale):
        await profiles.change(crm, actor=SYSTEM, customer_id=zoe, values={"last_name": "X"}, version=1)
    entry = await crm.scalar(select(AuditEntry).where(AuditEntry.action == "changed"))
    assert entry is not None and entry.new == {"last_name": {"personal": True}}
    with pytest.raises(NotAllowed):
        await profiles.change(crm, actor=Actor("agent:x"), customer_id=zoe, values={})


@pytest.mark.parametrize(
    ("country", "given", "kept"),
    [
        ("FR", "69 003", "69003"),
        ("FR", "20200", "20200"),
        ("FR", "96000", None),
        ("FR", "6900", None),
        ("GB", "bs1 5jh", "BS1 5JH"),
        ("GB", "69003", None),
        ("IE", "D02 X285", "D02 X285"),
        ("CA", "H0H 0H0", "H0H 0H0"),
        ("CA", "D0H 0H0", None),
        ("US", "80279-1234", "80279-1234"),
        ("NL", "1012 SA", None),
        ("RE", "97400", "97400"),
        ("HK", "", ""),
        ("AE", "'; drop", None),
    ],
)
def test_postcodes_are_those_of_the_country(country: str, given: str, kept: str | None) -> None:
    if kept is not None:
        assert countries.postcode("postcode", given, country=country) == kept
        return
    with pytest.raises(Invalid):
        countries.postcode("postcode", given, country=country)


async def test_one_address_is_the_default_one(crm: AsyncSession, zoe: UUID) -> None:
    home = {"line1": "12 rue des Lilas", "postcode": "69003", "country": "FR"}
    first = await addresses.add(crm, actor=SYSTEM, customer_id=zoe, values=home)
    second = await addresses.add(crm, actor=SYSTEM, customer_id=zoe, values={**home, "is_default": True})
    await crm.refresh(first)
    assert (first.is_default, second.is_default) == (False, True)
    with pytest.raises(Invalid, match="choose_another"):
        await addresses.change(crm, actor=SYSTEM, address_id=second.id, values={"is_default": False})
    with pytest.raises(Invalid, match="postcode"):
        await addresses.change(crm, actor=SYSTEM, address_id=second.id, values={"country": "GB"})
    await addresses.remove(crm, actor=SYSTEM, address_id=second.id)
    await crm.refresh(first)
    assert first.is_default


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("email", " Zoe@Example.ORG ", "zoe@example.org"),
        ("phone", "06 39 98 01 23", "+33639980123"),
        ("whatsapp", "+33 6 39 98 01 23", "33639980123"),
        ("telegram", "123456", "123456"),
        ("external", "shop:42", "shop:42"),
        ("email", "zoe@", None),
        ("phone", "0000", None),
        ("phone", "+999123456789", None),
        ("telegram", "@zoe", None),
        ("external", "a\0", None),
        ("browser", "x", None),
    ],
)
async def test_identities_are_kept_in_one_form(
    crm: AsyncSession, zoe: UUID, kind: str, value: str, kept: str | None
) -> None:
    if kept is None:
        with pytest.raises(Invalid):
            await identities.add(crm, actor=SYSTEM, customer_id=zoe, kind=kind, value=value, country="FR")
        return
    made = await identities.add(crm, actor=SYSTEM, customer_id=zoe, kind=kind, value=value, country="FR")
    assert (made.value, made.is_primary, made.proof) == (kept, True, "none")
    with pytest.raises(Invalid, match="there_already"):
        await identities.add(crm, actor=SYSTEM, customer_id=zoe, kind=kind, value=value, country="FR")


async def test_an_account_is_one_persons_and_forgets_its_proof_when_it_is_taken_away(
    crm: AsyncSession, zoe: UUID
) -> None:
    other = await profiles.create(crm, actor=SYSTEM, values={"first_name": "Karim"})
    account = {"kind": "telegram", "value": "77"}
    made = await identities.add(crm, actor=SYSTEM, customer_id=zoe, proof="verified", **account)
    with pytest.raises(Invalid, match="taken"):
        await identities.add(crm, actor=SYSTEM, customer_id=other.id, **account)
    await identities.remove(crm, actor=SYSTEM, identity_id=made.id)
    left = await crm.get_one(Identity, made.id)
    assert (left.customer_id, left.proof, left.proved_at) == (None, "none", None)
    # The platform vouched for a number of theirs that nobody had on file: not for whose file this is.
    left.proof, left.proved_at = "channel", utc_now()
    await crm.flush()
    again = await identities.add(crm, actor=SYSTEM, customer_id=other.id, **account)
    assert (again.id, again.customer_id, again.proof, again.proved_at) == (left.id, other.id, "none", None)


LABELS = {"fr": "Valeur", "en": "Value"}
CHOICES = [{"value": "gold", "labels": LABELS}]


@pytest.mark.parametrize(
    ("kind", "more", "right", "wrong"),
    [
        ("text", {"limits": {"longest": 5}}, "court", "trop long"),
        ("number", {"limits": {"least": 1, "whole": True}}, 3, 2.5),
        ("number", {}, 1.5, float("inf")),
        ("date", {"limits": {"least": "2020-01-01"}}, "2024-02-29", "2023-02-29"),
        ("boolean", {}, True, "yes"),
        ("choice", {"choices": CHOICES}, "gold", "silver"),
        ("url", {}, "https://example.com/a", "javascript:alert(1)"),
    ],
)
async def test_attributes_are_typed(
    crm: AsyncSession, zoe: UUID, kind: str, more: dict[str, Any], right: Any, wrong: Any
) -> None:
    await attributes.define(crm, actor=SYSTEM, values={"key": "it", "kind": kind, "labels": LABELS, **more})
    told = await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"it": right})
    assert told == {"it": right}
    with pytest.raises(Invalid) as refused:
        await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"it": wrong})
    assert refused.value.field == "attributes.it"
    assert await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"it": None}) == {}


async def test_attributes_may_be_required_unique_and_tightened_only_when_values_fit(
    crm: AsyncSession, zoe: UUID
) -> None:
    values = {"key": "card", "kind": "text", "labels": LABELS, "required": True, "is_unique": True}
    defined = await attributes.define(crm, actor=SYSTEM, values=values)
    other = await profiles.create(crm, actor=SYSTEM, values={"first_name": "Karim"})
    with pytest.raises(Invalid, match="missing"):
        await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"card": None})
    await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"card": "ABC123"})
    with pytest.raises(Invalid, match="taken"):
        await attribute_values.set_values(crm, actor=SYSTEM, customer_id=other.id, values={"card": "abc123"})
    tight = {"limits": {"longest": 3}}
    with pytest.raises(NotNow, match="values_in_the_way"):
        await attributes.redefine(crm, actor=SYSTEM, definition_id=defined.id, values=tight)


async def test_a_note_is_changed_by_its_author_and_pinned_by_anybody(crm: AsyncSession, zoe: UUID) -> None:
    claire, thomas = (Actor(f"agent:{name}", ALL - {"attributes.configure"}) for name in ("claire", "thomas"))
    note = await notes.add(crm, actor=claire, customer_id=zoe, text="Appelle\nle soir")
    await notes.add(crm, actor=thomas, customer_id=zoe, text="Plus récent")
    with pytest.raises(NotAllowed):
        await notes.edit(crm, actor=thomas, note_id=note.id, text="Autre")
    await notes.edit(crm, actor=thomas, note_id=note.id, pinned=True)
    edited = await notes.edit(crm, actor=claire, note_id=note.id, text="Appelle le matin", version=2)
    assert edited.edited_by == "agent:claire" and edited.version == 3
    assert [each.pinned for each in await notes.of_customer(crm, actor=claire, customer_id=zoe)] == [True, False]
    with pytest.raises(NotAllowed):
        await notes.remove(crm, actor=thomas, note_id=note.id)


async def test_a_document_outlives_loose_files_until_it_is_removed(crm: AsyncSession, zoe: UUID) -> None:
    file = Attachment(id=new_id(), name="devis.pdf", uploaded_by=SYSTEM.name, state="kept")
    crm.add(file)
    await crm.flush()
    filed = await documents.add(crm, actor=SYSTEM, customer_id=zoe, file_id=file.id)
    later = utc_now() + timedelta(days=3)
    assert filed.document.title == "devis.pdf" and await drop_loose(crm, before=later) == []
    await documents.remove(crm, actor=SYSTEM, document_id=filed.document.id)
    assert await drop_loose(crm, before=later) == [file.id]


async def test_roles_are_those_of_the_kind_of_group(crm: AsyncSession, zoe: UUID) -> None:
    home = await groups.create(crm, actor=SYSTEM, values={"kind": "household", "name": "Lefèvre"})
    with pytest.raises(Invalid):
        await groups.join(crm, actor=SYSTEM, group_id=home.id, customer_id=zoe, role="buyer")
    await groups.join(crm, actor=SYSTEM, group_id=home.id, customer_id=zoe, role="head")
    await groups.join(crm, actor=SYSTEM, group_id=home.id, customer_id=zoe, role="partner")
    places = await groups.members(crm, actor=SYSTEM, group_id=home.id)
    assert [(place.name, place.member.role) for place in places] == [("Zoé Lefèvre", "partner")]


async def test_notices_wait_for_the_hours_a_customer_likes(crm: AsyncSession, zoe: UUID) -> None:
    hours = {"hours_from": time(18), "hours_until": time(20), "time_zone": "America/New_York"}
    await profiles.change(crm, actor=SYSTEM, customer_id=zoe, values=hours)
    now = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    await notifications.notify(crm, customer_id=zoe, kind="order_shipped", subject="a", facts={}, now=now)
    await crm.flush()
    assert await notifications.plan(crm, rules=Rules(zone=ZoneInfo("UTC")), starts=(), now=now) is True
    await crm.flush()
    due = await crm.scalar(text("select due_at from notifications"))
    assert due == datetime(2026, 3, 2, 23, 0, tzinfo=UTC)


async def test_a_timeline_is_paged_without_gaps_whatever_happened_at_once(crm: AsyncSession, zoe: UUID) -> None:
    from random import Random

    made = Filling(crm, Random(4))
    tables = Customer.metadata.tables
    talk = await made.row(tables["conversations"], customer_id=zoe)
    at = utc_now() - timedelta(days=1)
    for number in range(6):
        told = {"conversation_id": talk["id"], "seq": number, "created_at": at, "channel": ("mail", "sms")[number % 2]}
        await made.row(tables["messages"], **told)
    await made.row(tables["orders"], customer_id=zoe, placed_at=at)
    await made.row(tables["cases"], customer_id=zoe, created_at=at)
    await made.row(tables["ratings"], conversation_id=talk["id"], created_at=at)
    await made.row(tables["consent_events"], customer_id=zoe, at=at)
    await notes.add(crm, actor=SYSTEM, customer_id=zoe, text="Note")
    ask = {"session": crm, "actor": SYSTEM, "customer_id": zoe}
    whole = await queries.timeline(**ask)
    assert next(entry.kind for entry in whole) == "note" and len(whole) == 11
    paged: list[queries.Entry] = []
    while found := await queries.timeline(**ask, limit=2, before=(paged[-1].at, paged[-1].id) if paged else None):
        paged += found
    assert paged == whole
    mails = await queries.timeline(**ask, kinds=["message"], channels=["mail"], since=at, until=at + timedelta(days=1))
    assert len(mails) == 3
    few = Actor("agent:x", frozenset({"customers.read"}))
    assert {entry.kind for entry in await queries.timeline(crm, actor=few, customer_id=zoe)} == {"note", "consent"}
    with pytest.raises(Invalid):
        await queries.timeline(**ask, kinds=["gossip"])


async def test_a_timeline_of_nobody_is_not_an_empty_one(crm: AsyncSession, zoe: UUID) -> None:
    for kinds in ((), ("order",)):
        for actor in (SYSTEM, Actor("agent:x", frozenset({"customers.read"}))):
            assert await queries.timeline(crm, actor=actor, customer_id=zoe, kinds=kinds) == []
            with pytest.raises(NotFound):
                await queries.timeline(crm, actor=actor, customer_id=new_id(), kinds=kinds)


async def test_a_timeline_tells_of_parcels_money_and_comments_to_who_may_see_them(crm: AsyncSession, zoe: UUID) -> None:
    from random import Random

    made, at = Filling(crm, Random(4)), utc_now() - timedelta(days=9)
    tables = Customer.metadata.tables
    order = await made.row(tables["orders"], customer_id=zoe, placed_at=at, number="1001")
    of = {"order_id": order["id"]}
    parcel = {"shipped_at": at + timedelta(days=1), "delivered_at": at + timedelta(days=2), "carrier": "Colissimo"}
    await made.row(tables["shipments"], **of, **parcel)
    await made.row(tables["shipments"], **of, shipped_at=None, delivered_at=None)
    await made.row(tables["shipments"], **of, shipped_at=at, delivered_at=at)
    await made.row(
        tables["payments"], **of, paid_at=at, method="card", gift_card_id=None, amount_minor=900, refunded_minor=0
    )
    back = await made.row(tables["returns"], **of, created_at=at + timedelta(days=3), replacement_id=None)
    await made.row(tables["refunds"], **of, created_at=at + timedelta(days=4), return_id=back["id"])
    bill = {"kind": "invoice", "refund_id": None, "corrects_id": None}
    await made.row(tables["invoices"], **of, **bill, issued_at=at + timedelta(hours=1), number="F2026-000001")
    case = await made.row(tables["cases"], customer_id=zoe, created_at=at)
    await made.row(tables["case_comments"], case_id=case["id"], message_id=None, body="Call them back.")
    ask = {"session": crm, "actor": SYSTEM, "customer_id": zoe}
    whole = await queries.timeline(**ask)
    assert len({(entry.at, entry.id) for entry in whole}) == len(whole) == 10
    found = {entry.kind: entry for entry in reversed(whole)}
    money = {"order", "shipped", "delivered", "payment", "return", "refund", "invoice"}
    assert set(found) == money | {"case", "case_comment"}
    assert {found[kind].facts["number"] for kind in money} == {"1001"}
    assert (found["shipped"].at, found["delivered"].at) == (parcel["shipped_at"], parcel["delivered_at"])
    assert found["delivered"].facts["carrier"] == "Colissimo" and found["invoice"].facts["invoice"] == "F2026-000001"
    assert found["case_comment"].facts["text"] == "Call them back."
    few = Actor("agent:x", frozenset({"customers.read", "orders.read"}))
    assert {entry.kind for entry in await queries.timeline(crm, actor=few, customer_id=zoe)} == money


def test_web_addresses_hold_no_passwords() -> None:
    for wrong in ("ftp://a.example", "https://", "https://me:secret@a.example", "https://[::1", "https://a b"):
        with pytest.raises(Invalid):
            checks.url("value", wrong)
