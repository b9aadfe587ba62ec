"""Profiles and what hangs on them: notes, documents, groups, the hours for notices."""

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
from crm_backend.customers import documents, groups, notes, profiles
from crm_backend.customers.records import Note
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, Stale
from crm_backend.notifications import services as notifications
from crm_backend.notifications.schema import Rules


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


async def test_a_note_is_changed_by_its_author_and_pinned_by_anybody(crm: AsyncSession, zoe: UUID) -> None:
    claire, thomas = (Actor(f"agent:{name}", ALL - {"attributes.configure"}) for name in ("claire", "thomas"))
    note = await notes.add(crm, actor=claire, customer_id=zoe, text="Appelle\nle soir")
    await notes.add(crm, actor=thomas, customer_id=zoe, text="Plus récent")
    with pytest.raises(NotAllowed):
        await notes.edit(crm, actor=thomas, note_id=note.id, text="Autre")
    await notes.edit(crm, actor=thomas, note_id=note.id, pinned=True)
    edited = await notes.edit(crm, actor=claire, note_id=note.id, text="Appelle le matin", version=2)
    assert edited.edited_by == "agent:claire" and edited.version == 3
    told = select(Note.pinned).where(Note.customer_id == zoe).order_by(Note.created_at, Note.id)
    assert list(await crm.scalars(told)) == [True, False]
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
