"""Whom an address proves, and the way there: a mailbox on file, or the accounts that go with a telephone number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import stream
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending.beginning import begin
from crm_backend.customers import people
from crm_backend.customers.model import Identity
from crm_backend.notifications import routes
from crm_backend.notifications.schema import Route, Start

EMAIL, PHONE = "email", "phone"
BY_NUMBER = ("whatsapp", "phone", "telegram")
"""Kinds of account by which somebody with a telephone number is reached, the surest first."""


async def on_file(session: AsyncSession, *, kind: str, value: str) -> Identity | None:
    """The address on the file of the one customer who has it, or of several the one for whom it is proved: who puts
    somebody else's on their own file takes nothing from them. None when nobody, or several, have."""
    if kind == EMAIL:
        meant = and_(Identity.kind == EMAIL, func.lower(Identity.value) == value.lower())
    else:
        bare = value.removeprefix("+")
        meant = or_(
            and_(Identity.kind == PHONE, Identity.value == value),
            and_(Identity.kind == "whatsapp", Identity.value == bare, Identity.proof != "none"),
        )
    query = select(Identity).where(meant, Identity.customer_id.is_not(None), Identity.unreachable_since.is_(None))
    proved_first = ((Identity.proof == "verified").desc(), Identity.own_word, Identity.created_at, Identity.id)
    found = list(await session.scalars(query.order_by(*proved_first).limit(20)))
    if len({each.customer_id for each in found}) > 1:
        found = [each for each in found if not each.own_word or each.proof != "none"]
    if len({each.customer_id for each in found}) > 1:
        found = [each for each in found if each.proof == "verified"]
    return found[0] if len({each.customer_id for each in found}) == 1 else None


async def way(
    session: AsyncSession,
    customer_id: UUID,
    *,
    kind: str,
    value: str,
    starts: Sequence[Start],
    here: tuple[str, str, str],
) -> Route | None:
    """How what is written to this address gets there. Not to the chat that the question comes from (`here`: channel,
    account, address): it would be answered by who asks. Anybody can write in the name of a mailbox, but reads nothing
    there."""
    ways = await routes.ways(session, customer_id, starts=starts)
    if kind == EMAIL:
        return next((each for each in ways if each.kind == EMAIL and each.value.lower() == value.lower()), None)
    by_number = [each for each in ways if each.kind in BY_NUMBER and _may_be(each, value) and each.place != here]
    return min(by_number, key=lambda each: BY_NUMBER.index(each.kind), default=None)


def new_way(value: str, *, starts: Sequence[Start]) -> Route | None:
    """How a mail gets to an address that nobody has on file; None when no mailbox may write first."""
    start = next((each for each in starts if each.kind == EMAIL), None)
    if start is None:
        return None
    return Route(channel=start.channel, account=start.account, address=value, kind=EMAIL, value=value)


async def write(
    session: AsyncSession,
    route: Route,
    *,
    customer_id: UUID | None,
    reply: Reply,
    language: str,
    now: datetime,
    secret: str | None = None,
    reader: Identity | None = None,
) -> None:
    """Writes to an address: as a conversation of its own, closed until it is answered. `reader` is whose address it is,
    where that is known and may not be locked any more."""
    reader = reader or await people.writer(session, kind=route.kind, value=route.value, now=now, wrote=False)
    conversation = await begin(session, reader, route.place, customer_id=customer_id, language=language, now=now)
    stream.send(session, conversation, author="system", reply=reply, now=now, secret=secret)
    await session.flush()


def _may_be(route: Route, number: str) -> bool:
    """A chat account has no number to compare: that it is this customer's was proved by the number."""
    return route.kind == "telegram" or route.value.removeprefix("+") == number.removeprefix("+")
