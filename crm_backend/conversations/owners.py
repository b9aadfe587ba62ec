"""Who answers: handing over, taking, releasing, closing. Each is compare-and-set on the conversation's version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.attachments import services as attachments
from crm_backend.audit import services as audit
from crm_backend.canned import placeholders
from crm_backend.conversations import asking, by_mail, passport, stream
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.notices import notice
from crm_backend.conversations.schema import (
    BOT,
    NOBODY,
    ContactCard,
    Location,
    Reply,
    agent_owner,
    owner_agent,
    owner_kind,
)
from crm_backend.conversations.texts import clean
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotFound, NotOwner, OwnerChanged
from crm_backend.routing import services as routing


async def hand_over(
    session: AsyncSession, conversation: Conversation, *, reason: str, topic: str | None, now: datetime
) -> None:
    """Moves a locked conversation from the assistant to its team's queue, with its passport."""
    if conversation.owner != BOT:
        return
    conversation.owner = f"queue:{conversation.team}"
    conversation.version += 1
    conversation.waiting_since = now
    if topic:
        conversation.topic = topic
    if reason == "upset":
        conversation.mood = "upset"
    conversation.passport = await passport.build(session, conversation, reason=reason, now=now)
    routing.enter(session, conversation_id=conversation.id, team=conversation.team, reason=reason, now=now)
    audit.record(session, actor="bot", action="handed_over", subject=("conversation", conversation.id), reason=reason)


async def take(session: AsyncSession, *, conversation_id: UUID, agent: Agent, version: int) -> Conversation:
    """The agent becomes the owner, and the customer is told so. Taking what one has already changes nothing.

    Raises OwnerChanged when the version is not the present one, or another agent owns; NotFound, NotAllowed.
    """
    await access.need(session, agent, "conversations.write")
    conversation = await stream.locked(session, conversation_id)
    if conversation.owner == agent_owner(agent.id):
        return conversation
    if conversation.version != version or owner_kind(conversation.owner) not in ("queue", "bot"):
        raise OwnerChanged("taken by somebody else", holder=await _holder(session, conversation))
    await give(session, conversation, agent=agent, now=utc_now())
    audit.record(session, actor=agent_owner(agent.id), action="taken", subject=("conversation", conversation.id))
    return conversation


async def give(session: AsyncSession, conversation: Conversation, *, agent: Agent, now: datetime) -> None:
    """Makes the agent the owner of a locked conversation, whoever had it, and tells the customer."""
    if conversation.passport is None or conversation.owner == BOT:
        conversation.passport = await passport.build(session, conversation, reason="taken", now=now)
    conversation.owner = agent_owner(agent.id)
    conversation.version += 1
    await routing.leave(session, conversation_id=conversation.id, agent_id=agent.id, now=now)
    _tell(session, conversation, notice("joined", conversation.language, name=agent.first_name), now)


async def put_back(
    session: AsyncSession,
    conversation: Conversation,
    *,
    actor: Actor | str,
    reason: str,
    now: datetime,
    team: str | None = None,
) -> None:
    """Puts a locked conversation at the front of its team's queue, or of `team`'s, for somebody else."""
    await routing.leave(session, conversation_id=conversation.id, agent_id=None, now=now)
    conversation.team = team or conversation.team
    conversation.owner = f"queue:{conversation.team}"
    conversation.version += 1
    conversation.waiting_since = conversation.waiting_since or now
    await session.flush()
    routing.enter(
        session,
        conversation_id=conversation.id,
        team=conversation.team,
        reason=reason,
        now=conversation.waiting_since,
        front=True,
    )
    audit.record(session, actor=actor, action="put_back", subject=("conversation", conversation.id), reason=reason)


async def answer(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    agent: Agent,
    client_id: UUID,
    text: str,
    files: Sequence[UUID] = (),
    location: Location | None = None,
    contacts: Sequence[ContactCard] = (),
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
) -> tuple[Message, bool]:
    """Stores what an agent writes and queues it; (message, whether it is new). Repeating a `client_id` stores nothing.

    With `files`, which the agent uploaded before, a place or contacts there need be no words. `cc` and `bcc` get a copy
    where the conversation's channel makes any: that is for the caller to look at. Raises NotOwner unless
    the agent owns the conversation; Empty, TooLong, NotFound, BadInput for a file that is not the agent's, and Invalid
    for a placeholder that nobody filled in.
    """
    words = sayable(clean(text) if text.strip() or not (files or location or contacts) else "")
    conversation = await stream.locked(session, conversation_id)
    external_id = f"agent:{agent.id}:{client_id}"
    known = await session.scalar(
        select(Message).where(
            Message.external_id == external_id,
            # The conversation may have gone on to another channel since.
            or_(Message.channel == conversation.channel, Message.conversation_id == conversation.id),
        )
    )
    if known is not None:
        if known.conversation_id != conversation.id:
            raise NotFound("that message is in another conversation")
        return known, False
    if conversation.owner != agent_owner(agent.id) and not await routing.helps(session, conversation.id, agent.id):
        raise NotOwner("not the owner")
    taken = await attachments.take(session, files, uploaded_by=agent_owner(agent.id)) if files else []
    now = utc_now()
    await by_mail.keep_promise(session, conversation, now)
    conversation.waiting_since = conversation.returned_at = None
    conversation.agent_seen_seq = conversation.last_seq + 1
    message = stream.send(
        session,
        conversation,
        author="agent",
        reply=Reply(text=words, location=location, contacts=list(contacts)),
        now=now,
        agent_id=agent.id,
        external_id=external_id,
        content={"name": agent.first_name} | {name: list(given) for name, given in (("cc", cc), ("bcc", bcc)) if given},
        files=taken,
    )
    await session.flush()
    return message, True


def sayable(words: str) -> str:
    """The same words. Raises Invalid where a canned reply's placeholder still stands in them."""
    if left := [name for name in placeholders.used(words) if name in placeholders.FACTS]:
        raise Invalid("text", "placeholder_left", names=", ".join(left))
    return words


async def release(
    session: AsyncSession, *, conversation_id: UUID, agent: Agent, version: int, note: str = ""
) -> Conversation:
    """Gives the conversation back to the assistant, which goes on from its dialogue state.

    `note`, what the agent did, joins the passport. Raises NotOwner, OwnerChanged, NotFound.
    """
    conversation = await _owned(session, conversation_id, agent, version)
    now = utc_now()
    conversation.owner = BOT
    conversation.version += 1
    conversation.waiting_since = None
    await routing.leave(session, conversation_id=conversation.id, agent_id=None, now=now)
    if note.strip():
        done = {"code": "note", "name": agent.first_name, "text": clean(note, max_length=2_000)}
        current = conversation.passport or {}
        conversation.passport = {**current, "tried": [*current.get("tried", []), done]}
    _tell(session, conversation, notice("released", conversation.language, name=agent.first_name), now)
    audit.record(session, actor=agent_owner(agent.id), action="released", subject=("conversation", conversation.id))
    return conversation


async def close(
    session: AsyncSession, *, conversation_id: UUID, agent: Agent, version: int, ask_in: Collection[str] = ()
) -> Conversation:
    """Ends the conversation; the customer may write again, and then the assistant answers.

    On the channels of `ask_in` customers are asked by a message how it was. Raises NotOwner, OwnerChanged, NotFound.
    """
    conversation = await _owned(session, conversation_id, agent, version)
    await end(session, conversation, actor=agent_owner(agent.id), now=utc_now(), ask_in=ask_in)
    return conversation


async def end(
    session: AsyncSession, conversation: Conversation, *, actor: str, now: datetime, ask_in: Collection[str] = ()
) -> None:
    """Closes a locked conversation, whoever owns it; on the channels of `ask_in` its customer is asked how it was."""
    if conversation.owner == NOBODY:
        return
    conversation.owner = NOBODY
    conversation.version += 1
    conversation.waiting_since = None
    conversation.closed_at = now
    conversation.dialogue_state = None
    await routing.leave(session, conversation_id=conversation.id, agent_id=None, now=now)
    await session.flush()
    if conversation.channel not in ask_in or not await asking.ask(session, conversation, now=now):
        _tell(session, conversation, notice("closed", conversation.language), now)
    audit.record(session, actor=actor, action="closed", subject=("conversation", conversation.id))


async def _owned(session: AsyncSession, conversation_id: UUID, agent: Agent, version: int) -> Conversation:
    conversation = await stream.locked(session, conversation_id)
    if conversation.owner != agent_owner(agent.id):
        raise NotOwner("not the owner")
    if conversation.version != version:
        raise OwnerChanged("changed meanwhile", holder=agent.first_name)
    return conversation


def _tell(session: AsyncSession, conversation: Conversation, text: str, now: datetime) -> None:
    stream.send(session, conversation, author="system", reply=Reply(text=text), now=now)


async def _holder(session: AsyncSession, conversation: Conversation) -> str | None:
    agent_id = owner_agent(conversation.owner)
    agent = await session.get(Agent, agent_id) if agent_id else None
    return agent.first_name if agent else None
