"""Threads put right: a message that was put into the wrong conversation is split off, and a split is undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.desk import private_notes
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Participant, Turn
from crm_backend.conversations.schema import NOBODY, agent_owner, owner_agent, owner_kind
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import BadInput, Conflict, NotFound, NotOwner
from crm_backend.routing import services as routing

_REMEMBERED = ("channel", "account", "address", "subject", "agent_seen_seq", "customer_seen_seq", "proof")


async def split(session: AsyncSession, *, conversation_id: UUID, seq: int, agent: Agent) -> Conversation:
    """Moves a customer's message, and all that came after it, into a conversation of its own; that conversation.

    Whoever writes only in what was moved no longer takes part in the old one, whose answers go again where its last
    customer wrote. Nothing that was proved there holds in the new one. Raises NotFound (no such message of a customer),
    BadInput (the first one: nothing would be left), NotOwner (another agent has it).
    """
    await _hold_writers(session, conversation_id)
    old = await stream.locked(session, conversation_id)
    await _may(session, agent, old)
    message = await session.scalar(
        select(Message).where(Message.conversation_id == old.id, Message.seq == seq, Message.author == "customer")
    )
    if message is None or message.identity_id is None:
        raise NotFound("no such message of a customer")
    if seq == 1:
        raise BadInput("nothing would be left")
    now = utc_now()
    before = _snapshot(old)
    new = await _branch(session, old, message, now)
    await _move(session, source=old.id, target=new.id, since=seq, shift=1 - seq)
    new.last_seq = old.last_seq - seq + 1
    new.last_message_at = old.last_message_at
    old.last_seq = seq - 1
    before["gone"] = await _participants_follow(session, old, new)
    await _look_back(session, old)
    old.version += 1
    message.details = {**message.details, "split": {"from": str(old.id), "seq": seq, "before": before}}
    audit.record(
        session,
        actor=agent_owner(agent.id),
        action="split",
        subject=("conversation", old.id),
        into=str(new.id),
        seq=seq,
    )
    await session.flush()
    return new


async def undo_split(session: AsyncSession, *, conversation_id: UUID, agent: Agent) -> Conversation:
    """Puts a conversation that was split off back where it came from; that conversation.

    If nothing was said there since, it is exactly as it was before; otherwise what was moved keeps its place among what
    is shown, under new sequence numbers. Raises NotFound, Conflict (it was not split off, or where it came from is
    gone), NotOwner (another agent has one of them).
    """
    first = await session.scalar(select(Message).where(Message.conversation_id == conversation_id, Message.seq == 1))
    record = first.details.get("split") if first is not None else None
    if first is None or record is None:
        raise Conflict("not split off from another")
    await _hold_writers(session, UUID(record["from"]), conversation_id)
    # In one order everywhere: two that lock the same pair must not wait for each other.
    both = {one: await stream.locked(session, one) for one in sorted((UUID(record["from"]), conversation_id))}
    old, new = both[UUID(record["from"])], both[conversation_id]
    await _may(session, agent, old, new)
    await session.refresh(first)
    if "split" not in first.details:
        raise Conflict("not split off any more")
    seq, before, moved = int(record["seq"]), record["before"], new.last_seq
    untouched = old.last_seq == seq - 1
    first.details = {key: value for key, value in first.details.items() if key != "split"}
    await session.flush()
    await _move(session, source=new.id, target=old.id, since=1, shift=old.last_seq)
    if not untouched:
        await _place_between(session, old.id, since=old.last_seq + 1, count=moved, after=seq - 1)
    old.last_seq += moved
    await _participants_return(session, old, new, before["gone"])
    old.last_message_at = max(old.last_message_at, new.last_message_at)
    if untouched:
        _restore(old, before)
    old.version += 1
    await routing.leave(session, conversation_id=new.id, agent_id=None, now=utc_now())
    await session.flush()
    audit.record(
        session, actor=agent_owner(agent.id), action="split_undone", subject=("conversation", old.id), of=str(new.id)
    )
    await session.execute(delete(Conversation).where(Conversation.id == new.id))
    await session.refresh(old)
    return old


async def _may(session: AsyncSession, agent: Agent, *conversations: Conversation) -> None:
    await access.need(session, agent, "conversations.write")
    others = any(owner_agent(one.owner) not in (None, agent.id) for one in conversations)
    if others and not await access.may(session, agent, "conversations.supervise"):
        raise NotOwner("another agent has it")


async def _hold_writers(session: AsyncSession, *conversations: UUID) -> None:
    """Keeps who writes there as they are: who receives or moves somebody locks the identity before the conversation."""
    theirs = select(Participant.identity_id).where(Participant.conversation_id.in_(conversations))
    held = select(Identity.id).where(Identity.id.in_(theirs)).order_by(Identity.id)
    await session.execute(held.with_for_update(read=True, key_share=True))


async def _branch(session: AsyncSession, old: Conversation, message: Message, now: datetime) -> Conversation:
    """The conversation that a message which does not belong in `old` should have begun."""
    address = await _address(session, old.id, message)
    waits = owner_kind(old.owner) in ("queue", "nobody")
    new = Conversation(
        id=new_id(),
        created_at=message.created_at,
        channel=message.channel,
        account=message.account,
        address=address or old.address,
        identity_id=message.identity_id,
        team=old.team,
        subject=str(message.details.get("subject") or "")[:300] or None,
        continues_id=old.id,
        proof="anonymous",
        owner=f"queue:{old.team}" if waits else old.owner,
        version=1,
        language=message.language or old.language,
        last_seq=0,
        last_message_at=message.created_at,
        waiting_since=now if waits else None,
    )
    session.add(new)
    await session.flush()
    if waits:
        routing.enter(session, conversation_id=new.id, team=old.team, reason="asked", now=now)
    return new


async def _address(session: AsyncSession, conversation_id: UUID, message: Message) -> str | None:
    """Where the writer of a message is answered."""
    found: str | None = await session.scalar(
        select(Participant.address).where(
            Participant.conversation_id == conversation_id,
            Participant.identity_id == message.identity_id,
            Participant.channel == message.channel,
            Participant.account == message.account,
        )
    )
    return found


async def _move(session: AsyncSession, *, source: UUID, target: UUID, since: int, shift: int) -> None:
    """Moves messages from `since` on, with what hangs on them, under numbers shifted by `shift`."""
    for table in (Turn, OutboxItem):
        await session.execute(
            update(table)
            .where(table.conversation_id == source, table.seq >= since)
            .values(conversation_id=target, seq=table.seq + shift)
            .execution_options(synchronize_session=False)
        )
    # Somebody may be thinking about one of them, with the other conversation in mind.
    await session.execute(
        update(Turn)
        .where(Turn.conversation_id == target, Turn.state == "running")
        .values(state="queued", lease=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Message)
        .where(Message.conversation_id == source, Message.seq >= since)
        .values(conversation_id=target, seq=Message.seq + shift, place=Message.place + shift)
        .execution_options(synchronize_session="fetch")
    )
    await private_notes.follow(session, source=source, target=target, since=since, shift=shift)


async def _place_between(session: AsyncSession, conversation_id: UUID, *, since: int, count: int, after: int) -> None:
    """Shows the messages from `since` on right after the place `after`, in their order."""
    await session.execute(
        update(Message)
        .where(Message.conversation_id == conversation_id, Message.seq >= since)
        .values(place=after + (Message.seq - since + 1) / (count + 1.0))
        .execution_options(synchronize_session="fetch")
    )


async def _participants_follow(session: AsyncSession, old: Conversation, new: Conversation) -> list[dict[str, str]]:
    """Gives the new conversation those who write in it, and takes from the old one those who write there no more; the
    latter, to be put back."""
    stay = await _writers(session, old.id)
    go = await _writers(session, new.id)
    rows = await session.scalars(select(Participant).where(Participant.conversation_id == old.id))
    gone = []
    for one in list(rows):
        who = (one.identity_id, one.channel, one.account)
        if who in go:
            session.add(_as_participant(new.id, _kept(one)))
        if who in go and who not in stay:
            gone.append(_kept(one))
            await session.delete(one)
    await session.flush()
    return gone


async def _writers(session: AsyncSession, conversation_id: UUID) -> set[tuple[UUID | None, str, str]]:
    rows = await session.execute(
        select(Message.identity_id, Message.channel, Message.account)
        .where(Message.conversation_id == conversation_id, Message.identity_id.is_not(None))
        .distinct()
    )
    return {(row[0], row[1], row[2]) for row in rows}


async def _participants_return(
    session: AsyncSession, old: Conversation, new: Conversation, gone: list[dict[str, str]]
) -> None:
    there = select(Participant.identity_id, Participant.channel, Participant.account)
    known = {tuple(row) for row in await session.execute(there.where(Participant.conversation_id == old.id))}
    joined = await session.scalars(select(Participant).where(Participant.conversation_id == new.id))
    for kept in [*gone, *(_kept(one) for one in list(joined))]:
        who = (UUID(kept["identity_id"]), kept["channel"], kept["account"])
        if who not in known:
            known.add(who)
            session.add(_as_participant(old.id, kept))
    await session.flush()


def _kept(one: Participant) -> dict[str, str]:
    return {
        "identity_id": str(one.identity_id),
        "channel": one.channel,
        "account": one.account,
        "address": one.address,
        "last_at": one.last_at.isoformat(),
    }


def _as_participant(conversation_id: UUID, kept: dict[str, str]) -> Participant:
    return Participant(
        conversation_id=conversation_id,
        identity_id=UUID(kept["identity_id"]),
        channel=kept["channel"],
        account=kept["account"],
        address=kept["address"],
        last_at=datetime.fromisoformat(kept["last_at"]),
    )


async def _look_back(session: AsyncSession, old: Conversation) -> None:
    """Makes the shortened conversation speak of what is left: where its customer last wrote, and when."""
    last = await session.scalar(
        select(Message).where(Message.conversation_id == old.id).order_by(Message.seq.desc()).limit(1)
    )
    assert last is not None
    old.last_message_at = last.created_at
    old.agent_seen_seq = min(old.agent_seen_seq, old.last_seq)
    old.customer_seen_seq = min(old.customer_seen_seq, old.last_seq)
    if last.author != "customer":
        old.waiting_since = None
    written = await session.scalar(
        select(Message)
        .where(Message.conversation_id == old.id, Message.author == "customer")
        .order_by(Message.seq.desc())
        .limit(1)
    )
    if written is None or written.identity_id is None:
        return
    if old.identity_id != written.identity_id:
        # Whatever was proved, another one did.
        old.proof = "anonymous"
    old.channel, old.account, old.identity_id = written.channel, written.account, written.identity_id
    old.address = await _address(session, old.id, written) or old.address


def _snapshot(old: Conversation) -> dict[str, Any]:
    kept: dict[str, Any] = {name: getattr(old, name) for name in _REMEMBERED}
    kept["identity_id"] = str(old.identity_id)
    kept["waiting_since"] = old.waiting_since.isoformat() if old.waiting_since else None
    return kept


def _restore(old: Conversation, before: dict[str, Any]) -> None:
    for name in _REMEMBERED:
        setattr(old, name, before.get(name, getattr(old, name)))
    old.identity_id = UUID(before["identity_id"])
    waiting = before["waiting_since"]
    old.waiting_since = datetime.fromisoformat(waiting) if waiting and old.owner != NOBODY else None
