"""The one table of what an order may become, and of what its parcels make of it."""

from __future__ import annotations

from collections.abc import Collection

from crm_backend.errors import NotNow
from crm_backend.orders.model import Order

ALLOWED: dict[str, frozenset[str]] = {
    # An order on account is prepared and sent before it is paid.
    "placed": frozenset({"paid", "preparing", "shipped", "cancelled"}),
    "paid": frozenset({"preparing", "shipped", "cancelled"}),
    "preparing": frozenset({"shipped", "cancelled"}),
    "shipped": frozenset({"out_for_delivery", "delivered", "lost", "returned"}),
    # Nobody was at home: it travels again.
    "out_for_delivery": frozenset({"shipped", "delivered", "lost", "returned"}),
    "delivered": frozenset({"returned"}),
    # What was lost is sometimes found.
    "lost": frozenset({"shipped", "out_for_delivery", "delivered", "returned"}),
    "cancelled": frozenset(),
    "returned": frozenset(),
}
BEFORE: dict[str, frozenset[str]] = {
    "paid": frozenset({"placed"}),
    "preparing": frozenset({"placed", "paid"}),
    "shipped": frozenset({"placed", "paid", "preparing"}),
    "delivered": frozenset({"placed", "paid", "preparing", "shipped", "out_for_delivery"}),
}
"""The statuses that come before one: what is allowed "until shipped" is allowed in these."""

SHIPMENT: dict[str, frozenset[str]] = {
    "preparing": frozenset({"shipped", "out_for_delivery", "delivered", "lost", "returned"}),
    "shipped": frozenset({"out_for_delivery", "delivered", "lost", "returned"}),
    "out_for_delivery": frozenset({"shipped", "delivered", "lost", "returned"}),
    "delivered": frozenset({"returned"}),
    "lost": frozenset({"shipped", "out_for_delivery", "delivered", "returned"}),
    "returned": frozenset(),
}
"""The same for one parcel."""
REPORTED: dict[str, str | None] = {
    "announced": None,
    "picked_up": "shipped",
    "in_transit": "shipped",
    "at_depot": "shipped",
    "out_for_delivery": "out_for_delivery",
    "attempted": "shipped",
    "at_pickup_point": "shipped",
    "delivered": "delivered",
    "delayed": None,
    "lost": "lost",
    "returning": None,
    "returned": "returned",
}
"""What each report of a carrier says of its parcel."""


def move(order: Order, to: str) -> None:
    """Puts an order into another status. Raises NotNow when the table has no such step."""
    if to not in ALLOWED[order.status]:
        raise NotNow("order_status", status=order.status, to=to)
    order.status = to


def reachable(start: str, to: str) -> bool:
    """Whether steps of the table lead from one status to another, however many."""
    seen, ahead = {start}, {start}
    while ahead:
        ahead = {step for status in ahead for step in ALLOWED[status]} - seen
        seen |= ahead
    return to in seen


def of_parcels(statuses: Collection[str]) -> str | None:
    """What an order is by its parcels; None while none of them has left.

    An order is delivered when all that did not come back arrived, and on its way while any parcel still is.
    """
    found = set(statuses)
    if not found - {"preparing"}:
        return None
    for status in ("out_for_delivery", "shipped"):
        if status in found:
            return status
    if "preparing" in found:
        return "shipped"
    if "lost" in found:
        return "lost"
    return "returned" if found == {"returned"} else "delivered"
