"""A notice that has waited on its way out: not at night, not after a STOP, not when it is over; answers never wait."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import select, update

from channels.port import Channel
from crm_backend.accounts.model import Account
from crm_backend.conversations.model import OutboxItem
from crm_backend.conversations.reading.queries import message
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending import undelivered
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.notifications import services
from crm_backend.notifications.model import Notification
from crm_backend.notifications.schema import Planned, Rules
from server.desk.words import undelivered as told_to_agents
from server.loops.outbox import OutboxLoop
from tests.support import core
from tests.support.channels import Notes
from tests.support.outbox import claim, one, ready, settle
from tests.support.sending import Platform, until_idle

PHONE = "+33612345678"
WHATSAPP: dict[str, Any] = {
    "channel": "whatsapp",
    "identity_kind": "whatsapp",
    "identity_value": PHONE[1:],
    "address": PHONE[1:],
    "vouched": {"kind": "phone", "value": PHONE},
}
AROUND_NOW = {"quiet_from": utc_now() - timedelta(hours=1), "quiet_until": utc_now() + timedelta(hours=1)}
NIGHT = Rules(zone=UTC, **{name: at.time() for name, at in AROUND_NOW.items()})
DAY = Rules(zone=UTC, quiet_from=time(), quiet_until=time())
NEWS = "Votre commande est partie."


@pytest.fixture
async def marie(sessions: Sessions) -> UUID:
    """A customer who has written on WhatsApp, and was answered."""
    async with sessions() as session, session.begin():
        customer = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
        session.add_all([customer, Account(channel="whatsapp", name="main")])
        await session.flush()
        session.add(Identity(customer_id=customer.id, kind="phone", value=PHONE))
    await core.write(sessions, **WHATSAPP)
    await core.answered(sessions, core.saying("Bonjour"))
    return customer.id


async def told(sessions: Sessions, customer: UUID) -> UUID:
    """A notice on its way out; its conversation."""
    now = utc_now()
    async with sessions() as session, session.begin():
        facts = {"number": "10234"}
        await services.notify(session, customer_id=customer, kind="order_shipped", subject="a", facts=facts, now=now)
        planned = await services.plan(session, rules=DAY, starts=[], now=now)
        assert isinstance(planned, Planned)
        return await services.send(session, planned, Reply(text=NEWS, template="order_shipped"), now=now)


async def sent(sessions: Sessions, rules: Rules) -> list[str]:
    """What the loop sends by these rules."""
    platform = Platform()
    found = lambda channel, account: cast("Channel | None", platform)  # noqa: E731
    loop = OutboxLoop(sessions=sessions, find=found, live=Notes(), rules=rules)
    await until_idle(loop)
    await loop.close()
    return platform.got


async def only(sessions: Sessions) -> Notification:
    async with sessions() as session:
        return (await session.scalars(select(Notification))).one()


async def test_a_notice_that_goes_by_day_is_sent(sessions: Sessions, marie: UUID) -> None:
    await told(sessions, marie)
    assert await sent(sessions, DAY) == ["Bonjour", NEWS]


async def test_at_night_it_waits_for_the_morning_and_holds_up_no_answer(sessions: Sessions, marie: UUID) -> None:
    talk = await told(sessions, marie)
    await core.write(sessions, "vous êtes là ?", **WHATSAPP)
    await core.answered(sessions, core.saying("Oui"))
    assert await sent(sessions, NIGHT) == ["Bonjour", "Oui"]
    waiting = await only(sessions)
    assert (waiting.state, waiting.due_at, waiting.tried) == ("waiting", NIGHT.quiet_end(utc_now()), [])
    async with sessions() as session:
        shown = await message(session, conversation_id=talk, seq=3)
        assert (shown.text, shown.delivery, shown.failure) == (NEWS, "failed", "night")
        assert told_to_agents(shown.failure, shown.error, "en")
        assert await undelivered.counts(session) == {}, "nobody has to look after it"
    async with sessions() as session, session.begin():
        assert await services.take_back(session) == 0
        again = await services.plan(session, rules=DAY, starts=[], now=waiting.due_at + timedelta(minutes=1))
    assert isinstance(again, Planned) and again.route.channel == "whatsapp"


@pytest.mark.parametrize("why", ["unsubscribed", "too_late"])
async def test_what_is_wanted_no_more_is_dropped(sessions: Sessions, marie: UUID, why: str) -> None:
    await told(sessions, marie)
    async with sessions() as session, session.begin():
        if why == "unsubscribed":
            await services.choose(session, customer_id=marie, unasked=False, actor="customer")
        else:
            await session.execute(update(Notification).values(expires_at=datetime.now(UTC)))
    assert await sent(sessions, DAY) == ["Bonjour"]
    dropped = await only(sessions)
    assert (dropped.state, dropped.reason) == ("dropped", why)
    async with sessions() as session:
        assert (await session.scalars(select(OutboxItem.state))).all() == ["sent"]


async def test_one_of_which_a_part_has_arrived_is_brought_to_its_end(sessions: Sessions, marie: UUID) -> None:
    await told(sessions, marie)
    assert [each.reply.text for each in await claim(sessions)] == ["Bonjour"]
    async with sessions() as session, session.begin():
        await session.execute(update(OutboxItem).where(OutboxItem.seq == 2).values(state="sent"))
    notice = await one(sessions)
    await settle(sessions, "part_sent", notice, platform_id="part 1")
    await ready(sessions)
    assert await sent(sessions, NIGHT) == [NEWS]
