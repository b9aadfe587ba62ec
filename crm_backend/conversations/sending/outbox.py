"""The outbox: replies on their way to a channel, leased in order within a conversation and fairly between accounts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.accounts import services as accounts
from crm_backend.accounts.model import Account
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileRef
from crm_backend.conversations import hiding
from crm_backend.conversations.model import Message, OutboxItem, Participant, SentPart
from crm_backend.conversations.schema import Button, Card, Language, Reply, Value
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now

VOID = -1
"""The `part` of what was sent by an attempt that came to nothing: still known to receipts and quotes, sent again."""
CLAIMERS = 8
"""Workers that may look for something to send at the same moment without finding nothing."""
UNSENT: tuple[ColumnElement[str], ...] = (literal_column("'queued'"), literal_column("'sending'"))
"""Written into the statement, not bound to it: only so does PostgreSQL see that `ix_outbox_unsent` will do."""


class Delivery(Value):
    """A leased outbox item: what to send, where."""

    id: UUID
    lease: UUID
    attempts: int
    faults: int = 0
    """Of the attempts before this one, those that ended in an error nobody foresaw."""
    conversation_id: UUID
    message_id: UUID
    seq: int
    channel: str
    account: str = "main"
    address: str
    reply: Reply
    author: str = "bot"
    speaker: str | None = None
    """The first name of the agent who wrote it."""
    language: Language = "fr"
    created_at: datetime
    again: bool = False
    """An earlier attempt ended without anyone knowing how: the platform may have it already."""
    parts: tuple[str, ...] = ()
    """Platform identifiers of the parts that are known to have been sent."""
    probe: bool = False
    """The one delivery that is let through after its account was paused."""
    answers: str | None = None
    """The platform's identifier of the customer's message that this one answers, when others came in between."""
    cc: tuple[str, ...] = ()
    """Addresses that the agent wants to read along, besides those that the customer named."""
    bcc: tuple[str, ...] = ()
    """The same, unseen by the others."""
    unreachable: bool = False
    """Nothing sent to this address arrives until they write: not to be tried."""


async def claim(
    session: AsyncSession,
    *,
    lease_seconds: float,
    limit: int = 1,
    besides: Collection[tuple[str, str]] = (),
    lease: Callable[[str], UUID] = lambda _: new_id(),
) -> list[Delivery]:
    """Leases up to `limit` items that may be sent now, at most one of each conversation: its oldest unsent one.

    Accounts take turns, and within one who waits longest comes first. None of those `besides` (channel, account), nor
    of paused or switched-off ones; a single one of an account whose pause has just ended. `lease` makes a new one for
    a channel.
    """
    now = utc_now()
    found = await _ready(session, now, limit, besides)
    items: dict[UUID, OutboxItem] = {}
    probes: set[UUID] = set()
    for item, probe in found:
        if probe and not await accounts.probe(session, item.channel, item.account, seconds=lease_seconds):
            continue
        items[item.message_id] = item
        probes |= {item.id} if probe else set()
    if not items:
        return []
    # Under an old lease: whoever held it died, or could not tell how its attempt ended.
    again = {item.id for item in items.values() if item.state == "sending"}
    for item in items.values():
        item.state, item.lease = "sending", lease(item.channel)
        item.lease_until = now + timedelta(seconds=lease_seconds)
        item.attempts += 1
    await session.flush()
    messages = await session.scalars(select(Message).where(Message.id.in_(items)))
    by_id = {message.id: message for message in messages}
    files = await _files(session, items)
    parts = await parts_sent(session, [i.message_id for i in items.values() if i.attempts > 1 or i.last_error])
    gone = await _unreachable(session, [item.id for item in items.values()])
    return [
        _delivery(
            item,
            by_id[item.message_id],
            files=files.get(item.message_id, []),
            again=item.id in again,
            parts=tuple(parts.get(item.message_id, ())),
            probe=item.id in probes,
            unreachable=item.id in gone,
        )
        for item in items.values()
    ]


async def _ready(
    session: AsyncSession, now: datetime, limit: int, besides: Collection[tuple[str, str]]
) -> list[tuple[OutboxItem, bool]]:
    """What may be sent, locked; and whether it is the one try after a pause."""
    rows = await session.execute(_ready_ones(limit, frozenset(besides)), {"now": now})
    return list(rows.tuples())


@lru_cache(maxsize=64)
def _ready_ones(limit: int, besides: frozenset[tuple[str, str]]) -> Select[tuple[OutboxItem, bool]]:
    """The statement, kept: putting it together takes longer than running it, and every worker asks all the time."""
    now = bindparam("now", type_=DateTime(timezone=True))
    waiting, earlier = aliased(OutboxItem), aliased(OutboxItem)
    # Who waits longest by when it became ready, so that one which fails again and again does not stay the first.
    turn = func.row_number().over(
        partition_by=(waiting.channel, waiting.account), order_by=(waiting.available_at, waiting.id)
    )
    probe = Account.open_until.is_not(None).label("probe")
    open_ = or_(
        Account.id.is_(None), and_(Account.enabled, or_(Account.open_until.is_(None), Account.open_until <= now))
    )
    candidates = (
        select(waiting.id, turn.label("turn"), probe)
        .outerjoin(Account, and_(Account.channel == waiting.channel, Account.name == waiting.account))
        .where(
            _free(waiting, now),
            open_,
            tuple_(waiting.channel, waiting.account).not_in(list(besides)),
            ~exists().where(
                earlier.conversation_id == waiting.conversation_id,
                earlier.state.in_(UNSENT),
                earlier.seq < waiting.seq,
            ),
        )
        .subquery()
    )
    return (
        select(OutboxItem, candidates.c.probe)
        .join(candidates, candidates.c.id == OutboxItem.id)
        .where(
            _free(OutboxItem, now),
            or_(~candidates.c.probe, candidates.c.turn == 1),
            # Others may be taking the first of them just now; however long the queue, it is not read to its end.
            candidates.c.turn <= limit * CLAIMERS,
        )
        .order_by(candidates.c.turn, OutboxItem.available_at)
        .limit(limit)
        .with_for_update(of=OutboxItem, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _free(item: Any, now: BindParameter[datetime]) -> ColumnElement[bool]:
    """Ready, and nobody's."""
    return and_(
        item.state.in_(UNSENT),
        or_(
            and_(item.state == "queued", item.available_at <= now),
            and_(item.state == "sending", item.lease_until < now),
        ),
    )


async def _files(session: AsyncSession, messages: Iterable[UUID]) -> dict[UUID, list[FileRef]]:
    rows = await session.scalars(
        select(Attachment)
        .where(Attachment.message_id.in_(messages), Attachment.state == "kept")
        .order_by(Attachment.position, Attachment.id)
    )
    files: dict[UUID, list[FileRef]] = {}
    for row in rows:
        assert row.message_id is not None
        files.setdefault(row.message_id, []).append(FileRef.model_validate(row, from_attributes=True))
    return files


async def parts_sent(session: AsyncSession, messages: Collection[UUID]) -> dict[UUID, list[str]]:
    """The platform's identifiers of each message's parts, in the order they were sent, as far as they are known."""
    parts: dict[UUID, list[str]] = {}
    if messages:
        rows = await session.execute(
            select(SentPart.message_id, SentPart.platform_id)
            .where(SentPart.message_id.in_(messages), SentPart.part > VOID)
            .order_by(SentPart.part, SentPart.created_at)
        )
        for message_id, platform_id in rows.tuples():
            parts.setdefault(message_id, []).append(platform_id)
    return parts


def identity_of_item() -> ColumnElement[bool]:
    """Joins an outbox item to whom it is for: the participant who wrote from where it goes."""
    return and_(
        Participant.conversation_id == OutboxItem.conversation_id,
        Participant.channel == OutboxItem.channel,
        Participant.account == OutboxItem.account,
        Participant.address == OutboxItem.address,
    )


async def _unreachable(session: AsyncSession, items: Collection[UUID]) -> set[UUID]:
    rows = await session.scalars(
        select(OutboxItem.id)
        .join(Participant, identity_of_item())
        .join(Identity, Identity.id == Participant.identity_id)
        .where(OutboxItem.id.in_(items), Identity.unreachable_since.is_not(None))
    )
    return set(rows)


def _delivery(item: OutboxItem, message: Message, *, files: list[FileRef], **more: Any) -> Delivery:
    assert item.lease is not None
    content = message.content
    return Delivery(
        id=item.id,
        lease=item.lease,
        attempts=item.attempts,
        faults=item.faults,
        conversation_id=item.conversation_id,
        message_id=item.message_id,
        seq=item.seq,
        channel=item.channel,
        account=item.account,
        address=item.address,
        created_at=message.created_at,
        author=message.author,
        speaker=content.get("name"),
        language=message.language or "fr",
        answers=content.get("answers"),
        cc=content.get("cc", ()),
        bcc=content.get("bcc", ()),
        reply=Reply(
            text=hiding.shown(message.text, item.secret),
            buttons=[Button(**button) for button in content.get("buttons", [])],
            cards=[Card(**card) for card in content.get("cards", [])],
            files=files,
            location=content.get("location"),
            contacts=content.get("contacts", []),
            template=content.get("template"),
            marks=content.get("marks", []),
            values={name: hiding.shown(value, item.secret) for name, value in content.get("values", {}).items()},
        ),
        **more,
    )
