"""Webhooks: subscriptions, and what is on its way to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.database import utc_now
from crm_backend.errors import Invalid
from crm_backend.webhooks import queries, services
from crm_backend.webhooks.model import Subscription, WebhookDelivery
from server.api import ABSENT, Call, In, Listing, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut
from server.reaching import Reach
from server.subscribing import current, sealing
from server.vault import vault_of

noun = Noun("webhooks", fr="Webhooks", en="Webhooks")
Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=services.LONGEST_URL),
    Field(examples=["https://shop.example/relais"]),
]
Kinds = Annotated[
    list[Annotated[str, StringConstraints(max_length=100)]],
    Field(
        min_length=1,
        max_length=100,
        description="Kinds of event; `case.*` for all of a noun, `*` for all.",
        examples=[["case.opened", "order.*"]],
    ),
]
Text = Annotated[str, StringConstraints(max_length=services.LONGEST_TEXT)]
State = Literal["waiting", "sending", "delivered", "dead"]


class SubscriptionOut(VersionedOut):
    id: UUID
    url: str = Field(examples=["https://shop.example/relais"])
    description: str
    kinds: list[str] = Field(examples=[["case.opened", "order.*"]])
    enabled: bool
    failures: int = Field(description="Deliveries that have failed since the last that did not.")
    failing_since: datetime | None
    paused_until: datetime | None
    stopped: Literal["gone", "failing"] | None = Field(description="Why it was switched off by us.")
    previous_until: datetime | None = Field(description="Until when the secret before signs, too.")
    created_by: str = Field(examples=["key:018f3b1e-0000-7000-8000-000000000000"])
    created_at: datetime
    updated_at: datetime


class NewSubscriptionOut(SubscriptionOut):
    secret: str = Field(description="What signs: shown here, and never again.", examples=["whsec_EXAMPLE"])


class SubscriptionIn(In):
    url: Url
    kinds: Kinds
    description: Text = ""


class SubscriptionPatch(Patch):
    url: Url = ABSENT
    kinds: Kinds = ABSENT
    description: Text = ABSENT
    enabled: bool = ABSENT


class SecretIn(In):
    overlap_hours: Annotated[int, Field(ge=0, le=168, description="How long the secret before signs, too.")] = 24


class SubscriptionQuery(Listing):
    enabled: bool | None = None


class DeliveryOut(Out):
    id: UUID
    event_id: UUID = Field(description="`webhook-id` of the request; the same when it is replayed.")
    kind: str = Field(examples=["case.opened"])
    subject_kind: str = Field(examples=["case"])
    subject_id: UUID
    seq: int = Field(description="Counts the events of one object.")
    body: dict[str, Any]
    state: State
    attempts: int
    available_at: datetime
    status: int | None = Field(description="The HTTP status of the last try.")
    error: str | None
    created_at: datetime
    ended_at: datetime | None


class DeliveryQuery(Listing):
    state: State | None = None


class ReplayedOut(Out):
    deliveries: int = Field(description="How many are on their way again.")


SUBSCRIPTION_SORTS = Sorts(by=Subscription.id, default="-created_at", created_at=Subscription.created_at)
DELIVERY_SORTS = Sorts(by=WebhookDelivery.id, default="-created_at", created_at=WebhookDelivery.created_at)


@noun.get(
    "/webhooks",
    needs="webhooks.configure",
    fr="Lister les abonnements",
    en="List subscriptions",
    sorts=SUBSCRIPTION_SORTS,
)
async def list_webhooks(call: Call, query: SubscriptionQuery) -> Page[SubscriptionOut]:
    found = queries.subscriptions(call.actor, enabled=query.enabled)
    return await call.page(found, query, SubscriptionOut.model_validate)


@noun.post("/webhooks", needs="webhooks.configure", fr="S’abonner", en="Subscribe", status=201)
async def add_webhook(call: Call, body: SubscriptionIn) -> NewSubscriptionOut:
    await _reachable(call, body.url)
    made, secret = await services.subscribe(
        call.session,
        actor=call.actor,
        url=body.url,
        kinds=body.kinds,
        description=body.description,
        seal=sealing(vault_of(call.means.settings)),
    )
    return _with_secret(made, secret)


@noun.get("/webhooks/{webhook_id}", needs="webhooks.configure", fr="Lire un abonnement", en="Read a subscription")
async def read_webhook(call: Call, webhook_id: UUID, query: Sparse) -> SubscriptionOut:
    return SubscriptionOut.model_validate(await queries.subscription(call.session, webhook_id, actor=call.actor))


@noun.patch(
    "/webhooks/{webhook_id}",
    needs="webhooks.configure",
    fr="Modifier un abonnement",
    en="Change a subscription",
    more={
        "fr": "Réactivé, il repart de zéro\u00a0: ce qui attendait est envoyé.",
        "en": "Switched on again, it begins with a clean slate: what waited is sent.",
    },
)
async def change_webhook(call: Call, webhook_id: UUID, body: SubscriptionPatch) -> SubscriptionOut:
    given = body.given()
    if "url" in given:
        await _reachable(call, given["url"])
    changed = await services.change(call.session, webhook_id, actor=call.actor, version=call.version, **given)
    return SubscriptionOut.model_validate(changed)


@noun.delete(
    "/webhooks/{webhook_id}",
    needs="webhooks.configure",
    fr="Se désabonner",
    en="Unsubscribe",
    versioned=True,
)
async def remove_webhook(call: Call, webhook_id: UUID) -> None:
    await services.unsubscribe(call.session, webhook_id, actor=call.actor, version=call.version)


@noun.post("/webhooks/{webhook_id}/secret", needs="webhooks.configure", fr="Changer de secret", en="Change the secret")
async def rotate_webhook_secret(call: Call, webhook_id: UUID, body: SecretIn) -> NewSubscriptionOut:
    vault = vault_of(call.means.settings)
    changed, secret = await services.rotate(
        call.session,
        webhook_id,
        actor=call.actor,
        current=current(vault),
        seal=sealing(vault),
        overlap=timedelta(hours=body.overlap_hours),
    )
    return _with_secret(changed, secret)


@noun.post("/webhooks/{webhook_id}/test", needs="webhooks.configure", fr="Envoyer un essai", en="Send a test event")
async def try_webhook(call: Call, webhook_id: UUID) -> DeliveryOut:
    made = await services.try_out(call.session, webhook_id, actor=call.actor, now=utc_now())
    return DeliveryOut.model_validate(made)


@noun.get(
    "/webhooks/{webhook_id}/deliveries",
    needs="webhooks.configure",
    fr="Lister les envois",
    en="List deliveries",
    sorts=DELIVERY_SORTS,
    more={
        "fr": "Les envois abandonnés ont l’état `dead`. Tout est gardé 14\u00a0jours après sa fin.",
        "en": "Those given up have the state `dead`. All are kept for 14 days after their end.",
    },
)
async def list_webhook_deliveries(call: Call, webhook_id: UUID, query: DeliveryQuery) -> Page[DeliveryOut]:
    await queries.subscription(call.session, webhook_id, actor=call.actor)
    found = queries.deliveries(call.actor, webhook_id, state=query.state)
    return await call.page(found, query, DeliveryOut.model_validate)


@noun.post(
    "/webhooks/{webhook_id}/replay",
    needs="webhooks.configure",
    fr="Renvoyer tout ce qui a été abandonné",
    en="Send everything that was given up again",
)
async def replay_webhook(call: Call, webhook_id: UUID) -> ReplayedOut:
    again = await services.replay(call.session, actor=call.actor, subscription_id=webhook_id)
    return ReplayedOut(deliveries=len(again))


@noun.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    needs="webhooks.configure",
    fr="Renvoyer un envoi",
    en="Send one delivery again",
)
async def replay_webhook_delivery(call: Call, webhook_id: UUID, delivery_id: UUID) -> ReplayedOut:
    again = await services.replay(call.session, actor=call.actor, subscription_id=webhook_id, delivery_id=delivery_id)
    return ReplayedOut(deliveries=len(again))


def _with_secret(row: Subscription, secret: str) -> NewSubscriptionOut:
    shown = SubscriptionOut.model_validate(row)
    return NewSubscriptionOut(**shown.model_dump(), secret=secret)


async def _reachable(call: Call, url: str) -> None:
    """Raises Invalid for a host that is not connected to; one that nobody knows yet is looked at when it is told."""
    if await Reach(private=call.means.settings.private_hosts).bars(urlsplit(services.checked_url(url)).hostname or ""):
        raise Invalid("url", "webhooks.barred")
