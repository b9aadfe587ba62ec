"""The core without a server: what customers write, what the assistant says, and agents, straight into the database."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from crm_backend.agents.model import Agent
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.schema import (
    BotAnswer,
    Button,
    ClaimedTurn,
    Command,
    InboundMessage,
    Received,
    Reply,
    Understanding,
)
from crm_backend.conversations.thinking import answering, turns
from crm_backend.database import Sessions, one_by_one

LEASE = 60.0


def inbound(text: str = "bonjour", *, visitor: str = "marie", external_id: str | None = None, **more: Any) -> Any:
    """A message as the web chat would hand it to the core."""
    values = {"channel": "webchat", "identity_kind": "browser", "identity_value": visitor, "address": visitor} | more
    return InboundMessage(external_id=external_id or str(uuid4()), text=text, **values)


async def write(sessions: Sessions, text: str = "bonjour", **more: Any) -> Received:
    """Stores one message in a transaction of its own."""
    async with sessions() as session, session.begin():
        return await receive(session, inbound(text, **more))


def saying(
    *texts: str,
    buttons: dict[str, str] | None = None,
    do: str | None = None,
    reason: str = "asked",
    state: dict[str, Any] | None = None,
    language: str = "fr",
    intent: str = "greet",
    entities: list[dict[str, Any]] | None = None,
) -> BotAnswer:
    """What the assistant answers; `buttons` by title, under the last reply."""
    offered = [Button(title=title, payload=payload) for title, payload in (buttons or {}).items()]
    replies = [Reply(text=text, buttons=offered if text == texts[-1] else []) for text in texts]
    return BotAnswer(
        replies=replies,
        commands=[Command(do=do, reason=reason)] if do else [],
        state={"slots": {}} if state is None else state,
        language=language,
        understanding=Understanding(intent=intent, confidence=0.9, entities=entities or []),
    )


async def claim(sessions: Sessions, lease_seconds: float = LEASE) -> ClaimedTurn | None:
    """The next turn, leased."""
    async with sessions() as session, session.begin():
        return await turns.claim(session, lease_seconds=lease_seconds)


async def finish(sessions: Sessions, claimed: ClaimedTurn, answer: BotAnswer) -> bool:
    """Stores what the assistant answered, as the loop does."""
    async with one_by_one(sessions) as session:
        if await answering.at_once(session, claimed, answer):
            # Sessions that are lent run within a transaction that the test ends.
            await session.commit()
            return True
    async with sessions() as session, session.begin():
        return await turns.finish(session, claimed, answer)


async def answered(sessions: Sessions, answer: BotAnswer) -> bool:
    """Claims the next turn and answers it."""
    claimed = await claim(sessions)
    assert claimed is not None
    return await finish(sessions, claimed, answer)


async def agent(sessions: Sessions, name: str = "Claire Martin", language: str = "fr", role: str = "agent") -> Agent:
    """An account that cannot sign in: hashing a password takes longer than the rest of a test."""
    async with sessions() as session, session.begin():
        made = Agent(email=f"{uuid4()}@example.com", name=name, language=language, role=role)
        made.password_hash = "none"
        session.add(made)
    return made


async def change(sessions: Sessions, what: str, conversation: UUID, who: Agent, **more: Any) -> Conversation:
    """`take`, `release` or `close` at the present version."""
    async with sessions() as session, session.begin():
        version = more.pop("version", None) or (await session.get_one(Conversation, conversation)).version
        changed: Conversation = await getattr(owners, what)(
            session, conversation_id=conversation, agent=who, version=version, **more
        )
        return changed


async def reply_as(sessions: Sessions, conversation: UUID, who: Agent, text: str, client_id: UUID | None = None) -> Any:
    """An agent writes."""
    async with sessions() as session, session.begin():
        return await owners.answer(
            session, conversation_id=conversation, agent=who, client_id=client_id or uuid4(), text=text
        )


async def conversation(sessions: Sessions, conversation_id: UUID) -> Conversation:
    """As it is stored now."""
    async with sessions() as session:
        return await session.get_one(Conversation, conversation_id)


async def transcript(sessions: Sessions, conversation_id: UUID) -> list[Message]:
    """Every message, in order."""
    async with sessions() as session:
        query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
        return list(await session.scalars(query))


async def turn_states(sessions: Sessions, conversation_id: UUID) -> list[str]:
    """The state of each turn, in order."""
    async with sessions() as session:
        query = select(Turn.state).where(Turn.conversation_id == conversation_id).order_by(Turn.seq)
        return list(await session.scalars(query))
