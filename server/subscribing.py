"""The secrets of webhook subscriptions, sealed and opened."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from crm_backend.webhooks.model import Subscription
from crm_backend.webhooks.schema import Parcel
from server.vault import Vault


def sealing(vault: Vault) -> Callable[[UUID, str, str | None], bytes]:
    """For `crm_backend.webhooks.services.Seal`."""

    def seal(subscription_id: UUID, current: str, previous: str | None) -> bytes:
        secrets = {"current": current} | ({"previous": previous} if previous else {})
        return vault.seal(secrets, place=_place(subscription_id))

    return seal


def current(vault: Vault) -> Callable[[Subscription], str]:
    """Opens the secret that a subscription signs with now. Raises Unreadable."""
    return lambda subscription: vault.open(subscription.secrets, place=_place(subscription.id))["current"]


def signing(vault: Vault, parcel: Parcel) -> list[str]:
    """The secrets that a delivery is signed with. Raises Unreadable."""
    opened = vault.open(parcel.secrets, place=_place(parcel.subscription_id))
    return [opened["current"], *([opened["previous"]] if parcel.previous and "previous" in opened else [])]


def _place(subscription_id: UUID) -> str:
    return f"webhook/{subscription_id}"
