"""The ways to reach a customer unasked: where they wrote from and are known, then the addresses on file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.accounts.model import Account
from crm_backend.conversations.model import Conversation, Participant
from crm_backend.customers.model import ACCOUNT, SHARED_KINDS, Customer, Identity
from crm_backend.notifications.schema import Route, Start

LOOKED_AT = 50


async def best(
    session: AsyncSession,
    customer_id: UUID,
    *,
    preferred: str | None,
    starts: Sequence[Start],
    tried: Sequence[str] = (),
) -> Route | None:
    """The preferred channel if the customer has it, else where they last wrote, else an address on file.

    Only accounts that the platform tied to this customer count, so never a browser: browsers are shared, and a page on
    which somebody was signed in is closed by now.
    """
    open_ways = [way for way in await ways(session, customer_id, starts=starts) if way.key not in tried]
    return next((way for way in open_ways if way.channel == preferred), open_ways[0] if open_ways else None)


async def ways(session: AsyncSession, customer_id: UUID, *, starts: Sequence[Start]) -> list[Route]:
    """Every way to this customer and nobody else: where they wrote, the last first, then the addresses on file."""
    return [*await _where_they_wrote(session, customer_id), *await _on_file(session, customer_id, starts)]


async def _where_they_wrote(session: AsyncSession, customer_id: UUID) -> list[Route]:
    filed = aliased(Identity)
    # An e-mail address belongs to nobody by itself; it must be on this customer's file.
    on_file = exists().where(
        filed.customer_id == customer_id, filed.kind == Identity.kind, func.lower(filed.value) == Identity.value
    )
    theirs = or_(
        and_(Identity.customer_id == customer_id, Identity.proof != "none", Identity.kind != ACCOUNT),
        and_(Identity.kind.in_(SHARED_KINDS), on_file),
    )
    rows = await session.execute(
        select(Participant.channel, Participant.account, Participant.address, Identity.kind, Identity.value)
        .join(Conversation, Conversation.id == Participant.conversation_id)
        .join(Identity, Identity.id == Participant.identity_id)
        .join(Account, and_(Account.channel == Participant.channel, Account.name == Participant.account))
        .where(Conversation.customer_id == customer_id, Identity.unreachable_since.is_(None), Account.enabled, theirs)
        .order_by(Participant.last_at.desc())
        .limit(LOOKED_AT)
    )
    return list(_routes(rows.tuples()))


async def _on_file(session: AsyncSession, customer_id: UUID, starts: Sequence[Start]) -> list[Route]:
    writer = aliased(Identity)
    gone = exists().where(
        writer.kind == Identity.kind, writer.value == func.lower(Identity.value), writer.unreachable_since.is_not(None)
    )
    # The people of the demo company have addresses that belong to nobody.
    rows = await session.execute(
        select(Identity.kind, Identity.value)
        .join(Customer, Customer.id == Identity.customer_id)
        .where(Identity.customer_id == customer_id, ~gone, Customer.demo.is_(False))
        .order_by(Identity.created_at)
    )
    return [
        Route(channel=start.channel, account=start.account, address=value, kind=kind, value=value)
        for kind, value in rows.tuples()
        for start in starts
        if start.kind == kind
    ]


def _routes(rows: Iterable[tuple[str, str, str, str, str]]) -> Iterable[Route]:
    for channel, account, address, kind, value in rows:
        yield Route(channel=channel, account=account, address=address, kind=kind, value=value)
