"""Recording what a customer agrees to or refuses, so that it is honoured at once wherever it counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers import checks, consents
from crm_backend.customers.profiles import locked, touch
from crm_backend.customers.records import ConsentEvent
from crm_backend.customers.telling import changed
from crm_backend.database import utc_now
from crm_backend.errors import Invalid
from crm_backend.notifications import services as notifications


async def decide(
    session: AsyncSession,
    *,
    actor: Actor,
    customer_id: UUID,
    purpose: str,
    given: bool,
    how: str,
    channel: str = "",
    wording: str = "",
    at: datetime | None = None,
) -> ConsentEvent:
    """Records that they agreed (`given`) or refused, by one of `consents.HOWS`, at an instant that has passed (now).

    Of `notices` the decision holds for all channels, and is the one that notifications ask for. Raises NotFound,
    Invalid.
    """
    actor.need("customers.write")
    _known(purpose, how)
    channel = checks.channel("channel", channel)
    if channel and purpose == consents.NOTICES:
        raise Invalid("channel", "all_channels")
    wording = checks.text("wording", wording, longest=2_000, lines=True)
    now = utc_now()
    _past(at, now)
    customer = await locked(session, customer_id)
    if purpose == consents.NOTICES:
        event = await _notices(session, actor, customer_id, given=given, how=how, wording=wording, at=at or now)
    else:
        said: dict[str, Any] = {"purpose": purpose, "given": given, "how": how, "channel": channel, "wording": wording}
        event = consents.note(session, customer_id=customer_id, actor=actor.name, at=at or now, **said)
    touch(customer)
    await session.flush()
    told = {"purpose": purpose, "channel": channel, "given": given, "how": how, "at": event.at}
    action = "consent_given" if given else "consent_refused"
    audit.record(session, actor=actor, action=action, subject=("customer", customer_id), new=told)
    if purpose != consents.NOTICES:  # of those, `choose` tells
        await changed(session, customer_id, actor=actor.name, action=action, fields=[f"consents.{purpose}"])
    return event


def _known(purpose: str, how: str) -> None:
    if purpose not in consents.PURPOSES:
        raise Invalid("purpose", "not_choice", expected=", ".join(consents.PURPOSES))
    if how not in consents.HOWS:
        raise Invalid("how", "not_choice", expected=", ".join(consents.HOWS))


def _past(at: datetime | None, now: datetime) -> None:
    if at is not None and (at.tzinfo is None or at > now or at.year < 2000):
        raise Invalid("at", "not_past")


async def _notices(
    session: AsyncSession, actor: Actor, customer_id: UUID, *, given: bool, how: str, wording: str, at: datetime
) -> ConsentEvent:
    last = await session.scalar(
        select(ConsentEvent)
        .where(ConsentEvent.customer_id == customer_id, ConsentEvent.purpose == consents.NOTICES)
        .order_by(ConsentEvent.at.desc(), ConsentEvent.id.desc())
        .limit(1)
    )
    if last is not None and last.at > at:
        # Told late: they have said otherwise, or the same, since.
        return consents.note(
            session,
            customer_id=customer_id,
            purpose=consents.NOTICES,
            given=given,
            how=how,
            actor=actor.name,
            wording=wording,
            at=at,
        )
    event = await notifications.choose(
        session, customer_id=customer_id, unasked=given, actor=actor.name, how=how, wording=wording, at=at
    )
    assert event is not None
    return event
