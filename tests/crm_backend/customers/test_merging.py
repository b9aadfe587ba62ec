"""What merging moves and what it leaves, and what undoing does when things have changed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.conversations.model import Conversation, Participant
from crm_backend.customers import consenting, consents, identities, merging, notes, profiles, successors, tags, undoing
from crm_backend.customers.model import Customer, Identity
from crm_backend.customers.records import ConsentEvent, Note
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from crm_backend.notifications import services as notifications


@dataclass
class Two:
    """Two customers who may be one, each with a Telegram account."""

    kept: UUID
    gone: UUID
    accounts: dict[UUID, UUID]


@pytest.fixture
async def two(crm: AsyncSession) -> Two:
    made = [
        await profiles.create(crm, actor=SYSTEM, values={"first_name": name, "external_id": number})
        for name, number in (("Zoé", "K-1"), ("Zoe", "G-1"))
    ]
    accounts = {}
    for number, each in enumerate(made):
        found = await identities.add(
            crm, actor=SYSTEM, customer_id=each.id, kind="telegram", value=str(4000 + number), proof="verified"
        )
        accounts[each.id] = found.id
    return Two(made[0].id, made[1].id, accounts)


async def conversation(crm: AsyncSession, *, of: UUID | None, by: UUID, **values: Any) -> UUID:
    made = Conversation(
        id=new_id(), channel="telegram", address="1", identity_id=by, customer_id=of,
        **{"proof": "channel", "owner": "bot", "version": 3, "last_message_at": utc_now(), **values},
    )  # fmt: skip
    crm.add(made)
    await crm.flush()
    crm.add(Participant(conversation_id=made.id, identity_id=by, channel="telegram", account="main", address="1"))
    await crm.flush()
    return made.id


async def now(crm: AsyncSession, conversation_id: UUID) -> tuple[UUID | None, str, int]:
    row = await crm.execute(
        select(Conversation.customer_id, Conversation.proof, Conversation.version).where(
            Conversation.id == conversation_id
        )
    )
    return row.tuples().one()


async def test_a_conversation_goes_over_without_its_proof_and_one_by_somebody_else_does_not(
    crm: AsyncSession, two: Two
) -> None:
    other = await profiles.create(crm, actor=SYSTEM, values={"first_name": "Karim"})
    karims = await identities.add(crm, actor=SYSTEM, customer_id=other.id, kind="telegram", value="5000")
    own = await conversation(crm, of=two.gone, by=two.accounts[two.gone])
    closed = await conversation(crm, of=two.gone, by=two.accounts[two.gone], owner="nobody", proof="verified")
    foreign = await conversation(crm, of=two.gone, by=karims.id, proof="verified")
    merged = await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone)
    assert await now(crm, own) == (two.kept, "anonymous", 4)
    assert await now(crm, closed) == (two.kept, "verified", 3)
    assert (await now(crm, foreign))[0] is None
    assert merged.moved["conversations_left"] == 1
    await undoing.undo(crm, actor=SYSTEM, merge_id=merged.id)
    assert (await now(crm, own))[:2] == (two.gone, "channel")
    assert (await now(crm, foreign))[:2] == (two.gone, "verified")


async def test_mail_from_an_address_that_only_another_has_on_file_stays_with_nobody(
    crm: AsyncSession, two: Two
) -> None:
    other = await profiles.create(crm, actor=SYSTEM, values={"first_name": "Karim"})
    await identities.add(crm, actor=SYSTEM, customer_id=other.id, kind="email", value="Karim@example.org")
    writer = Identity(kind="email", value="karim@example.org")
    unknown = Identity(kind="email", value="new@example.org")
    crm.add_all([writer, unknown])
    await crm.flush()
    foreign = await conversation(crm, of=two.gone, by=writer.id)
    possible = await conversation(crm, of=two.gone, by=unknown.id)
    await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone)
    assert (await now(crm, foreign))[0] is None
    assert (await now(crm, possible))[0] == two.kept


async def test_who_wanted_no_messages_is_heard_and_numbers_go_on_leading_somewhere(crm: AsyncSession, two: Two) -> None:
    await notifications.choose(crm, customer_id=two.gone, unasked=False, actor="customer")
    merged = await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone)
    assert not await notifications.wants(crm, customer_id=two.kept)
    assert await successors.numbered(crm, "G-1") == two.kept
    assert await successors.now_called(crm, two.gone) == two.kept
    with pytest.raises(NotNow, match="merged"):
        await profiles.change(crm, actor=SYSTEM, customer_id=two.gone, values={"first_name": "X"})
    await undoing.undo(crm, actor=SYSTEM, merge_id=merged.id)
    assert await notifications.wants(crm, customer_id=two.kept)
    assert not await notifications.wants(crm, customer_id=two.gone)
    assert await successors.numbered(crm, "G-1") == two.gone


async def test_what_changed_since_is_kept_and_told(crm: AsyncSession, two: Two) -> None:
    old = (await notes.add(crm, actor=SYSTEM, customer_id=two.gone, text="Avant")).id
    choices = {"first_name": "gone"}
    merged = await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone, choices=choices)
    await profiles.change(crm, actor=SYSTEM, customer_id=two.kept, values={"first_name": "Zoë"})
    await notes.add(crm, actor=SYSTEM, customer_id=two.kept, text="Après")
    begun = await conversation(crm, of=two.kept, by=two.accounts[two.gone])
    await crm.execute(text("update customer_notes set text = 'Revu' where id = :id"), {"id": old})
    undone = await undoing.undo(crm, actor=SYSTEM, merge_id=merged.id)
    assert undone.outcome is not None
    assert undone.outcome["changed_since"]["customers.first_name"] == 1
    assert undone.outcome["added_since"] == {"customer_notes": 1} and undone.outcome["begun_since"] == 1
    names = dict((await crm.execute(select(Customer.id, Customer.first_name))).tuples().all())
    assert names == {two.kept: "Zoë", two.gone: "Zoe"}
    told = dict((await crm.execute(select(Note.text, Note.customer_id))).tuples().all())
    assert told == {"Revu": two.gone, "Après": two.kept}
    assert (await now(crm, begun))[:2] == (two.gone, "anonymous")


async def test_merges_are_undone_from_the_last(crm: AsyncSession, two: Two) -> None:
    third = (await profiles.create(crm, actor=SYSTEM, values={"first_name": "Zo"})).id
    first = (await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone)).id
    second = (await merging.merge(crm, actor=SYSTEM, kept_id=third, gone_id=two.kept)).id
    assert await successors.numbered(crm, "G-1") == third
    with pytest.raises(NotNow, match="later_merge"):
        await undoing.undo(crm, actor=SYSTEM, merge_id=first)
    await undoing.undo(crm, actor=SYSTEM, merge_id=second)
    await undoing.undo(crm, actor=SYSTEM, merge_id=first)
    with pytest.raises(NotNow, match="undone_already"):
        await undoing.undo(crm, actor=SYSTEM, merge_id=first)


async def test_a_number_taken_since_keeps_a_merge_from_being_undone(crm: AsyncSession, two: Two) -> None:
    merged = (await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone)).id
    crm.add(Customer(first_name="Thief", external_id="G-1"))
    await crm.flush()
    with pytest.raises(NotNow, match="in_use_since"):
        await undoing.undo(crm, actor=SYSTEM, merge_id=merged)


async def test_a_preview_changes_nothing_and_bad_choices_are_refused(crm: AsyncSession, two: Two) -> None:
    await tags.set_tags(crm, actor=SYSTEM, customer_id=two.gone, names=["VIP"])
    await tags.set_tags(crm, actor=SYSTEM, customer_id=two.kept, names=["vip"])
    seen = await merging.preview(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone)
    assert {field.name: field.wins for field in seen.fields} == {"first_name": "kept", "external_id": "kept"}
    assert await tags.of_customer(crm, two.gone) == ["VIP"]
    for wrong in ({"nothing": "kept"}, {"first_name": "both"}):
        with pytest.raises(Invalid):
            await merging.preview(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone, choices=wrong)
    with pytest.raises(Invalid, match="same_customer"):
        await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.kept)
    with pytest.raises(NotFound):
        await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=new_id())
    with pytest.raises(Stale):
        await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone, version=99)
    with pytest.raises(NotAllowed):
        await merging.merge(crm, actor=Actor("agent:x"), kept_id=two.kept, gone_id=two.gone)


async def test_a_demo_customer_is_not_merged_with_a_real_one(crm: AsyncSession, two: Two) -> None:
    await crm.execute(text("update customers set demo = true where id = :id"), {"id": two.gone})
    with pytest.raises(NotNow, match="not_demo"):
        await merging.merge(crm, actor=SYSTEM, kept_id=two.kept, gone_id=two.gone)


async def test_consents_agree_with_what_notifications_ask(crm: AsyncSession, two: Two) -> None:
    async def may(purpose: str, channel: str = "") -> bool:
        return await consents.allowed(crm, two.kept, purpose, channel=channel)

    async def say(purpose: str, given: bool, **more: Any) -> None:
        values = {"purpose": purpose, "given": given, "how": "form", **more}
        await consenting.decide(crm, actor=SYSTEM, customer_id=two.kept, **values)

    assert await may("notices") and not await may("marketing")
    await say("marketing", True)
    await say("marketing", False, channel="sms")
    assert await may("marketing", "email") and not await may("marketing", "sms")
    await notifications.choose(crm, customer_id=two.kept, unasked=False, actor="customer")
    assert not await may("notices") and not await may("marketing")
    said = select(ConsentEvent.given).where(ConsentEvent.customer_id == two.kept).order_by(ConsentEvent.at.desc())
    assert await crm.scalar(said.limit(1)) is False
    await say("notices", True, at=utc_now() - timedelta(days=1))
    assert not await may("notices"), "what was said later counts"
    await say("notices", True)
    assert await notifications.wants(crm, customer_id=two.kept) and await may("marketing")
    for wrong in ({"purpose": "spam"}, {"how": "telepathy"}, {"channel": "sms"}, {"at": utc_now() + timedelta(days=1)}):
        with pytest.raises(Invalid):
            await say(**{"purpose": "notices", "given": True, **wrong})
