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
from crm_backend.cases import promising
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import asking, deeds, news, overlap, passport
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.notices import notice
from crm_backend.conversations.reading import marks
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
from crm_backend.conversations.sending import by_mail
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotFound, NotOwner, OwnerChanged
from crm_backend.repeats import services as repeats
from crm_backend.routing import services as routing
from crm_backend.texts import clean
from crm_backend.wrap_up import beginning as wrapping


async def hand_over(
    session: AsyncSession, conversation: Conversation, *, reason: str, topic: str | None, now: datetime
) -> None:
    """Moves a locked conversation from the assistant to its team's queue, with its passport; nothing for one that the
    assistant has no more."""
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
    await take_up(session, conversation, agent=agent, now=utc_now())
    return conversation


async def take_up(session: AsyncSession, conversation: Conversation, *, agent: Agent, now: datetime) -> None:
    """An agent who may answer takes a locked conversation that no agent has; one from the archive is open again."""
    await give(session, conversation, agent=agent, now=now)
    audit.record(session, actor=agent_owner(agent.id), action="taken", subject=("conversation", conversation.id))


async def give(session: AsyncSession, conversation: Conversation, *, agent: Agent, now: datetime) -> None:
    """Makes the agent the owner of a locked conversation, whoever had it, and tells the customer."""
    if conversation.passport is None or conversation.owner in (BOT, NOBODY):
        conversation.passport = await passport.build(session, conversation, reason="taken", now=now)
    conversation.owner, conversation.closed_at = agent_owner(agent.id), None
    conversation.version += 1
    await routing.leave(session, conversation_id=conversation.id, agent_id=agent.id, now=now)
    await promising.taken(session, conversation.id, agent_id=agent.id, now=now)
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


async def stop_waiting(session: AsyncSession, conversation: Conversation, *, now: datetime) -> None:
    """Takes a locked conversation out of its queue, because its customer waits for something else now; the assistant
    has it again. Nothing for one that nobody waits in."""
    if owner_kind(conversation.owner) != "queue":
        return
    conversation.owner = BOT
    conversation.version += 1
    conversation.waiting_since = None
    await routing.leave(session, conversation_id=conversation.id, agent_id=None, now=now)
    audit.record(session, actor="customer", action="stopped_waiting", subject=("conversation", conversation.id))


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
    seen: int | None = None,
) -> tuple[Message, bool]:
    """Stores what an agent writes and queues it; (message, whether it is new). Repeating a `client_id` stores nothing.

    With `files`, which the agent uploaded before, a place or contacts there need be no words. `cc` and `bcc` get a copy
    where the conversation's channel makes any: that is for the caller to look at. Raises NotOwner unless
    the agent owns the conversation; Empty, TooLong, NotFound, BadInput for a file that is not the agent's, and Invalid
    for a placeholder that nobody filled in. With `seen`, the last message the agent had before their eyes, it raises
    NotNow (`answered_meanwhile`) when a colleague has answered since: nobody is answered twice unawares.
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
    if seen is not None:
        await overlap.refuse(session, conversation, agent=agent, seen=seen)
    taken = await attachments.take(session, files, uploaded_by=agent_owner(agent.id)) if files else []
    now = utc_now()
    await by_mail.keep_promise(session, conversation, now)
    conversation.waiting_since = conversation.returned_at = None
    conversation.agent_seen_seq = conversation.last_seq + 1
    plain, marked = marks.read(words)
    message = stream.send(
        session,
        conversation,
        author="agent",
        reply=Reply(text=plain, marks=marked, location=location, contacts=list(contacts)),
        now=now,
        agent_id=agent.id,
        external_id=external_id,
        content={"name": agent.first_name} | {name: list(given) for name, given in (("cc", cc), ("bcc", bcc)) if given},
        files=taken,
    )
    await session.flush()
    await repeats.note(session, conversation, message, agent=agent)
    return message, True


def sayable(words: str) -> str:
    """The same words. Raises Invalid where a canned reply's placeholder still stands in them."""
    if left := [name for name in placeholders.used(words) if name in placeholders.FACTS]:
        raise Invalid("text", "placeholder_left", names=", ".join(left))
    return words


async def release(
    session: AsyncSession, *, conversation_id: UUID, agent: Agent, version: int, note: str = ""
) -> Conversation:
    """Gives the conversation back to the assistant, which goes on from its dialogue state and tells the customer what
    was done for them.

    That joins the passport, and so does `note`, what the agent says of it. Raises NotOwner, OwnerChanged, NotFound.
    """
    conversation = await overlap.owned(session, conversation_id, agent, version)
    now = utc_now()
    conversation.owner = BOT
    conversation.version += 1
    conversation.waiting_since = None
    done = await deeds.added(session, conversation, agent, now=now)
    await routing.leave(session, conversation_id=conversation.id, agent_id=None, now=now)
    if note.strip():
        said = {"code": "note", "name": agent.first_name, "text": clean(note, max_length=2_000)}
        current = conversation.passport or {}
        conversation.passport = {**current, "tried": [*current.get("tried", []), said]}
    _greet_again(session, conversation, agent, done, now)
    audit.record(session, actor=agent_owner(agent.id), action="released", subject=("conversation", conversation.id))
    return conversation


async def close(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    agent: Agent,
    version: int,
    ask_in: Collection[str] = (),
    seen: int | None = None,
) -> Conversation:
    """Ends the conversation, and begins its wrap-up; the customer may write again, and then the assistant answers.

    On the channels of `ask_in` customers are asked by a message how it was. Raises NotOwner, OwnerChanged, NotFound,
    and with `seen`, the last message the agent had before their eyes, NotNow where the customer has written since.
    """
    conversation = await overlap.owned(session, conversation_id, agent, version)
    if seen is not None:
        await overlap.refuse_unread(session, conversation, seen=seen)
    now = utc_now()
    await end(session, conversation, actor=agent_owner(agent.id), now=now, ask_in=ask_in)
    await wrapping.begin(session, conversation, agent=agent, now=now)
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
    asked = conversation.channel in ask_in and await asking.ask(
        session, conversation, now=now, by_default=asking.asked_by_default(ask_in, conversation.channel)
    )
    if not asked:
        _tell(session, conversation, notice("closed", conversation.language), now)
    audit.record(session, actor=actor, action="closed", subject=("conversation", conversation.id))


def _greet_again(
    session: AsyncSession, conversation: Conversation, agent: Agent, done: Sequence[deeds.Deed], now: datetime
) -> None:
    """The first words after a person: what they did, where that may be told. "It" is then the order they did it to."""
    name, language = agent.first_name, conversation.language
    done = [each for each in done if not each.hidden]
    if not done or not deeds.may_be_told(conversation):
        _tell(session, conversation, notice("released", language, name=name), now)
        return
    text = notice("released_done", language, name=name, done=deeds.in_words(done, language))
    told = stream.send(session, conversation, author="system", reply=Reply(text=text), now=now)
    orders = [each.number for each in done if not each.code.startswith("case_")]
    if orders and conversation.customer_id is not None:
        news.note(conversation, number=orders[-1], seq=told.seq, customer_id=conversation.customer_id)


def _tell(session: AsyncSession, conversation: Conversation, text: str, now: datetime) -> None:
    stream.send(session, conversation, author="system", reply=Reply(text=text), now=now)


async def _holder(session: AsyncSession, conversation: Conversation) -> str | None:
    agent_id = owner_agent(conversation.owner)
    agent = await session.get(Agent, agent_id) if agent_id else None
    return agent.first_name if agent else None
