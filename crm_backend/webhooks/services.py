"""Subscribing to events, and switching that on and off."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.events import services as events
from crm_backend.events.kinds import KINDS
from crm_backend.events.model import Event
from crm_backend.webhooks import deliveries
from crm_backend.webhooks.model import Subscription, WebhookDelivery
from crm_backend.webhooks.signing import new_secret

MOST, LONGEST_URL, LONGEST_TEXT = 50, 2000, 500
OVERLAP = timedelta(hours=24)
"""How long a secret that was replaced is still signed with, unless the caller says otherwise."""
Seal = Callable[[UUID, str, str | None], bytes]
"""Seals (subscription, secret, the secret before) for the database."""


async def subscribe(
    session: AsyncSession, *, actor: Actor, url: str, kinds: Collection[str], seal: Seal, description: str = ""
) -> tuple[Subscription, str]:
    """A subscription, and the secret its owner is shown this once. Raises NotAllowed, Invalid."""
    actor.need("webhooks.configure")
    if (await session.scalar(select(func.count()).select_from(Subscription)) or 0) >= MOST:
        raise Invalid("url", "webhooks.too_many", most=MOST)
    identifier, secret = new_id(), new_secret()
    made = Subscription(
        id=identifier,
        url=checked_url(url),
        kinds=checked_kinds(kinds),
        description=_text(description),
        secrets=seal(identifier, secret, None),
        created_by=actor.name,
    )
    session.add(made)
    await session.flush()
    audit.record(session, actor=actor, action="subscribed", subject=("webhook", identifier), kinds=made.kinds)
    return made, secret


async def change(
    session: AsyncSession,
    subscription_id: UUID,
    *,
    actor: Actor,
    version: int | None,
    url: str | None = None,
    kinds: Collection[str] | None = None,
    description: str | None = None,
    enabled: bool | None = None,
) -> Subscription:
    """Changes what is given. Switched on again, it begins with a clean slate. Raises NotAllowed, NotFound, Stale,
    Invalid."""
    found = await locked(session, subscription_id, actor=actor, version=version)
    changed = []
    for name, value in (
        ("url", None if url is None else checked_url(url)),
        ("kinds", None if kinds is None else checked_kinds(kinds)),
        ("description", None if description is None else _text(description)),
        ("enabled", enabled),
    ):
        if value is not None and value != getattr(found, name):
            setattr(found, name, value)
            changed.append(name)
    if enabled or "url" in changed:
        found.failures, found.failing_since, found.paused_until, found.stopped = 0, None, None, None
    if changed:
        audit.record(session, actor=actor, action="changed", subject=("webhook", found.id), fields=changed)
    await session.flush()
    return found


async def rotate(
    session: AsyncSession,
    subscription_id: UUID,
    *,
    actor: Actor,
    current: Callable[[Subscription], str],
    seal: Seal,
    overlap: timedelta = OVERLAP,
    now: datetime | None = None,
) -> tuple[Subscription, str]:
    """A new secret; the one before (`current` opens it) signs along for `overlap`. Raises NotAllowed, NotFound."""
    found = await locked(session, subscription_id, actor=actor, version=None)
    await session.refresh(found, ["secrets"])
    secret = new_secret()
    found.secrets = seal(found.id, secret, current(found) if overlap else None)
    found.previous_until = (now or utc_now()) + overlap if overlap else None
    audit.record(session, actor=actor, action="secret_changed", subject=("webhook", found.id))
    await session.flush()
    return found, secret


async def unsubscribe(session: AsyncSession, subscription_id: UUID, *, actor: Actor, version: int | None) -> None:
    """Ends it, with all that is on its way. Raises NotAllowed, NotFound, Stale."""
    found = await locked(session, subscription_id, actor=actor, version=version)
    await session.delete(found)
    audit.record(session, actor=actor, action="unsubscribed", subject=("webhook", subscription_id))
    await session.flush()


async def replay(
    session: AsyncSession, *, actor: Actor, subscription_id: UUID, delivery_id: UUID | None = None
) -> list[UUID]:
    """Puts one delivery, or all that were given up, on its way again. A delivered one is sent a second time, under the
    same identifier. Raises NotAllowed, NotFound."""
    await locked(session, subscription_id, actor=actor, version=None)
    which = (
        WebhookDelivery.state == "dead"
        if delivery_id is None
        else (WebhookDelivery.id == delivery_id) & WebhookDelivery.state.in_(("dead", "delivered"))
    )
    moved = await session.scalars(
        update(WebhookDelivery)
        .where(WebhookDelivery.subscription_id == subscription_id, which)
        .values(state="waiting", attempts=0, available_at=utc_now(), ended_at=None, error=None)
        .returning(WebhookDelivery.id)
    )
    again = list(moved)
    if delivery_id is not None and not again:
        raise NotFound("no such delivery, or it is on its way")
    audit.record(session, actor=actor, action="replayed", subject=("webhook", subscription_id), deliveries=len(again))
    return again


async def try_out(session: AsyncSession, subscription_id: UUID, *, actor: Actor, now: datetime) -> WebhookDelivery:
    """Puts a `webhook.test` on its way to one subscriber, whatever it subscribed to. Raises NotAllowed, NotFound."""
    found = await locked(session, subscription_id, actor=actor, version=None)
    subject = ("webhook", found.id)
    event_id = await events.emit(session, kind="webhook.test", subject=subject, actor=actor.name, now=now)
    event = await session.get_one(Event, event_id)
    await deliveries.queue(session, found.id, event=event, now=now)
    made = await session.scalar(select(WebhookDelivery).where(WebhookDelivery.event_id == event_id))
    assert made is not None
    return made


async def locked(session: AsyncSession, subscription_id: UUID, *, actor: Actor, version: int | None) -> Subscription:
    """The subscription, held until the transaction ends. Raises NotAllowed, NotFound, Stale."""
    actor.need("webhooks.configure")
    found = await session.get(Subscription, subscription_id, with_for_update=True)
    if found is None:
        raise NotFound("no such subscription")
    expect(found, version)
    return found


def checked_url(url: str) -> str:
    """An address that can be told. Raises Invalid."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    plain = url.isascii() and url.isprintable() and not any(each in url for each in ' <>"\\^`{|}')
    if not right or not plain or len(url) > LONGEST_URL:
        raise Invalid("url", "webhooks.bad_url")
    if "@" in parts.netloc or parts.fragment:
        raise Invalid("url", "webhooks.secret_in_url")
    return url


def checked_kinds(kinds: Collection[str]) -> list[str]:
    """Kinds of event, each once. Raises Invalid."""
    nouns = {f"{kind.partition('.')[0]}.*" for kind in KINDS}
    for position, kind in enumerate(kinds):
        if kind != "*" and kind not in KINDS and kind not in nouns:
            raise Invalid(f"kinds.{position}", "webhooks.unknown_kind")
    if not kinds:
        raise Invalid("kinds", "webhooks.no_kind")
    return sorted(set(kinds))


def _text(value: str) -> str:
    value = value.strip()
    if len(value) > LONGEST_TEXT or not value.replace("\n", " ").isprintable():
        raise Invalid("description", "webhooks.too_long", most=LONGEST_TEXT)
    return value
