"""What programs write in conversations: in the name of an agent, who takes it over by that, or of the company."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Message
from crm_backend.conversations.schema import NOBODY, Reply, owner_agent, owner_kind
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotNow
from crm_backend.texts import clean


async def write(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    actor: Actor,
    text: str,
    agent_id: UUID | None = None,
    client_id: UUID | None = None,
    now: datetime | None = None,
) -> tuple[Message, bool]:
    """Says something to the customer; (message, whether it is new).

    An agent writes for themselves, a program in the name of the agent it gives, who takes the conversation by it, from
    the assistant, its queue or the archive; without one it is the company that speaks, and who answers stays as it is.
    Repeating a `client_id` of an agent sends nothing. Raises NotAllowed, NotFound, Invalid (no such agent at work, or
    another than the one who asks), NotOwner and OwnerChanged (another agent has it), Empty, TooLong, and NotNow where
    the company would speak in a conversation that is over.
    """
    actor.need("conversations.read", "conversations.write")
    own = owner_agent(actor.name)
    if own is not None and agent_id not in (None, own):
        # One is not somebody else by saying so; a key is what its scopes say, and the log has its name.
        raise Invalid("agent_id", "conversation_other_agent")
    if (whose := own or agent_id) is None:
        return await _by_company(session, conversation_id, actor=actor, text=text, now=now or utc_now()), True
    agent = await session.get(Agent, whose)
    if agent is None or not agent.active:
        raise Invalid("agent_id", "conversation_no_agent")
    message, new = await by_agent(session, conversation_id, agent=agent, text=text, client_id=client_id or new_id())
    if new and own is None:
        _note(session, message, actor, in_the_name_of=str(agent.id))
    return message, new


async def by_agent(
    session: AsyncSession, conversation_id: UUID, *, agent: Agent, text: str, client_id: UUID
) -> tuple[Message, bool]:
    """Has an agent answer, who takes the conversation first unless another one has it. Raises NotAllowed, where they
    may not answer, and as `owners.answer`."""
    await access.need(session, agent, "conversations.write")
    conversation = await stream.locked(session, conversation_id)
    if owner_kind(conversation.owner) != "agent":
        await owners.take_up(session, conversation, agent=agent, now=utc_now())
        await session.flush()
    return await owners.answer(session, conversation_id=conversation.id, agent=agent, client_id=client_id, text=text)


async def _by_company(
    session: AsyncSession, conversation_id: UUID, *, actor: Actor, text: str, now: datetime
) -> Message:
    words = clean(text)
    conversation = await stream.locked(session, conversation_id)
    if conversation.owner == NOBODY:
        raise NotNow("conversation_over")
    message = stream.send(session, conversation, author="system", reply=Reply(text=words), now=now)
    await session.flush()
    _note(session, message, actor)
    return message


def _note(session: AsyncSession, message: Message, actor: Actor, *, in_the_name_of: str | None = None) -> None:
    subject, told = ("conversation", message.conversation_id), str(message.id)
    audit.record(
        session, actor=actor, action="written", subject=subject, message_id=told, in_the_name_of=in_the_name_of
    )
