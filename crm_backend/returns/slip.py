"""The slip that goes into the parcel when no carrier's label is sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.catalogue.words import options_in_words
from crm_backend.database import utc_now
from crm_backend.errors import NotFound, NotNow
from crm_backend.invoices.paper import gap, grid, headed, pages, side_by_side, words
from crm_backend.invoices.words import REASONS, WORDS
from crm_backend.orders.doers import need
from crm_backend.orders.model import Order
from crm_backend.policies import kinds
from crm_backend.policies.services import in_force
from crm_backend.returns import code
from crm_backend.returns.model import Return
from crm_backend.returns.services import found


async def slip(
    session: AsyncSession, return_id: UUID, *, actor: Actor, language: str, now: datetime | None = None
) -> bytes:
    """The slip as PDF: to whom, from whom, and what is in the parcel. Customers may have their own.

    Raises NotFound, NotAllowed, and NotNow once the parcel is back, or without the company's address.
    """
    made = await found(session, return_id)
    order = await session.get(Order, made.order_id)
    if order is None:
        raise NotFound("no such return")
    need(actor, order, "orders.read")
    if made.status not in ("requested", "labelled"):
        raise NotNow("return_status", step=made.status)
    company = (await in_force(session, now or utc_now())).of(kinds.Company)
    if not company.name or not company.address:
        raise NotNow("no_company")
    return _print(made, order, company, language)


def _print(made: Return, order: Order, company: kinds.Company, language: str) -> bytes:
    title = f"{WORDS['slip'][language]} {made.reference}"
    town = f"{order.ship_postcode} {order.ship_city}".strip()
    sender = [order.ship_name, order.ship_line1, order.ship_line2, town, order.ship_country]
    rows = [[WORDS[name][language] for name in ("what", "quantity", "reason")]]
    for each in made.lines:
        names = each.line.names
        called = names.get(language) or next(iter(names.values()), "")
        options = options_in_words(each.line.options, language)
        what = f"{called}\n{options}" if options else called
        rows.append([what, str(each.quantity), REASONS[each.reason][language]])
    story = [
        headed(
            [
                words(title, size=16, bold=True),
                gap(2),
                words(f"{WORDS[made.kind][language]} · {WORDS['order'][language]} {order.number}"),
            ],
            code.said(made),
        ),
        gap(5),
        side_by_side(
            "\n".join([WORDS["to"][language], company.name, *company.address]),
            "\n".join([WORDS["from"][language], *filter(None, sender)]),
        ),
        gap(5),
        words(WORDS["put_in"][language]),
        gap(5),
        grid(rows, (60, 15, 25)),
    ]
    return pages(title, story, foot=f"{company.name} · {made.id}", author=company.name)
