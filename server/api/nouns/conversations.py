"""Conversations, their messages, and what customers said of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.conversations.desk import written
from crm_backend.conversations.model import Conversation, Message, Rating
from crm_backend.conversations.reading import records
from crm_backend.conversations.reading.messages import MessageView, shown
from server.api import Call, In, Listing, Moment, Noun, Out, Page, Sorts, Sparse

noun = Noun("conversations", fr="Conversations", en="Conversations")
Author = Literal["customer", "bot", "agent", "system"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ConversationOut(Out):
    id: UUID
    channel: str = Field(examples=["webchat"])
    customer_id: UUID | None
    owner: str = Field(
        description="Who answers: bot, queue:TEAM, agent:ID, or nobody once it is over.", examples=["bot"]
    )
    team: str = Field(examples=["support"])
    subject: str | None
    language: str = Field(examples=["fr"])
    proof: str = Field(description="How far they have proved who they are.", examples=["verified"])
    topic: str | None
    mood: str = Field(examples=["calm"])
    priority: str
    continues_id: UUID | None
    last_seq: int = Field(description="How many messages there are.")
    last_message_at: datetime
    waiting_since: datetime | None
    closed_at: datetime | None
    created_at: datetime


class MessageFileOut(Out):
    id: UUID
    name: str
    media_type: str
    size: int


class MessageOut(Out):
    id: UUID
    seq: int = Field(description="Counts from 1 without gaps, in the order of arrival.")
    author: Author
    agent_id: UUID | None
    name: str | None
    text: str
    language: str | None
    buttons: list[str]
    files: list[MessageFileOut]
    channel: str
    delivery: str | None = Field(examples=["delivered"])
    intent: str | None = Field(description="What the assistant understood.")
    confidence: float | None
    edited: bool
    deleted: bool
    at: datetime


class RatingOut(Out):
    id: UUID
    conversation_id: UUID
    score: int = Field(ge=1, le=5, description="From 1, the worst, to 5.")
    comment: str
    author: Literal["bot", "agent"] = Field(description="Who had answered last.")
    agent_id: UUID | None
    channel: str
    language: str
    created_at: datetime
    changed_at: datetime


class ConversationQuery(Listing):
    customer_id: UUID | None = None
    channel: Name | None = None
    team: Name | None = None
    owner: Name | None = None
    open: bool | None = None
    mood: Literal["calm", "upset"] | None = None
    since: Moment | None = Field(None, description="Of the last message.")
    until: Moment | None = None


class MessageQuery(Listing):
    author: Author | None = None
    after: Annotated[int, Field(ge=0, le=2**31 - 1, description="Only those with a greater `seq`.")] | None = None


class RatingQuery(Listing):
    agent_id: UUID | None = None
    author: Literal["bot", "agent"] | None = None
    channel: Name | None = None
    score: Annotated[int, Field(ge=1, le=5)] | None = None
    since: Moment | None = None
    until: Moment | None = None


class MessageIn(In):
    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    agent_id: UUID | None = Field(None, description="In whose name; without one, the company’s.")
    client_id: UUID | None = Field(None, description="The same again sends nothing.")


CONVERSATION_SORTS = Sorts(
    by=Conversation.id,
    default="-last_message_at",
    last_message_at=Conversation.last_message_at,
    created_at=Conversation.created_at,
)
MESSAGE_SORTS = Sorts(by=Message.id, default="seq", seq=Message.seq)
RATING_SORTS = Sorts(by=Rating.id, default="-created_at", created_at=Rating.created_at)


@noun.get(
    "/conversations", needs="conversations.read", fr="Lister les conversations", en="List conversations",
    sorts=CONVERSATION_SORTS,
)  # fmt: skip
async def list_conversations(call: Call, query: ConversationQuery) -> Page[ConversationOut]:
    filters = _filters(query)
    found = records.conversations(call.actor, is_open=filters.pop("open"), **filters)
    return await call.page(found, query, ConversationOut.model_validate)


@noun.get(
    "/conversations/{conversation_id}", needs="conversations.read", fr="Lire une conversation", en="Read a conversation"
)
async def read_conversation(call: Call, conversation_id: UUID, query: Sparse) -> ConversationOut:
    found = await records.conversation(call.session, conversation_id, actor=call.actor)
    return ConversationOut.model_validate(found)


@noun.get(
    "/conversations/{conversation_id}/messages", needs="conversations.read", fr="Lister les messages",
    en="List messages", sorts=MESSAGE_SORTS,
)  # fmt: skip
async def list_messages(call: Call, conversation_id: UUID, query: MessageQuery) -> Page[MessageOut]:
    await records.conversation(call.session, conversation_id, actor=call.actor)
    rows, cursor = await call.rows(records.messages(call.actor, conversation_id, **_filters(query)), query)
    return Page(_messages(await shown(call.session, [row[0] for row in rows])), cursor)


@noun.post(
    "/conversations/{conversation_id}/messages",
    needs="conversations.write",
    fr="Écrire au client",
    en="Write to the customer",
    more={
        "fr": "Au nom d’un agent, qui prend la conversation s’il ne l’a pas\u00a0; sinon au nom de l’entreprise, "
        "dans une conversation qui n’est pas close.",
        "en": "In the name of an agent, who takes the conversation unless they have it; else of the company, in a "
        "conversation that is not over.",
    },
)
async def write_message(call: Call, conversation_id: UUID, body: MessageIn) -> MessageOut:
    message, _ = await written.write(
        call.session,
        conversation_id,
        actor=call.actor,
        text=body.text,
        agent_id=body.agent_id,
        client_id=body.client_id,
    )
    call.after(partial(call.means.wakes.changed, conversation_id, outgoing=True))
    await call.session.refresh(message, ["files"])
    return _messages(await shown(call.session, [message]))[0]


@noun.get("/ratings", needs="conversations.read", fr="Lister les notes", en="List ratings", sorts=RATING_SORTS)
async def list_ratings(call: Call, query: RatingQuery) -> Page[RatingOut]:
    return await call.page(records.ratings(call.actor, **_filters(query)), query, RatingOut.model_validate)


def _filters(query: Listing) -> dict[str, Any]:
    return {name: getattr(query, name) for name in type(query).model_fields if name not in Listing.model_fields}


def _messages(views: Sequence[MessageView]) -> list[MessageOut]:
    own = ("files", "at")
    names = [name for name in MessageOut.model_fields if name not in own]
    return [
        MessageOut(
            **{name: getattr(view, name) for name in names},
            files=[
                MessageFileOut(id=file.id, name=file.name, media_type=file.media_type, size=file.size)
                for file in view.files
            ],
            at=view.at,
        )
        for view in views
    ]
