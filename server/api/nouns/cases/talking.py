"""What is written on a case and said through it, and its history."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from crm_backend.cases import discussion, queries
from crm_backend.cases.model import CaseComment, CaseEvent
from crm_backend.conversations.model import Message
from server.api import Call, Code, In, Listing, Out, Page, Patch, Sorts, VersionedOut
from server.api.nouns.cases.shapes import noun


class CaseCommentOut(VersionedOut):
    id: UUID
    author: str = Field(examples=["agent:018f3b1e-0000-7000-8000-000000000000"])
    agent_id: UUID | None
    body: str
    message_id: UUID | None = Field(description="The message, where it was a reply to the customer.")
    created_at: datetime
    edited_at: datetime | None


class CommentIn(In):
    body: Annotated[str, Field(max_length=20_000)] = ""
    files: Annotated[list[UUID], Field(max_length=20, description="What the agent uploaded for it.")] = Field(
        default_factory=list
    )


class CommentPatch(Patch):
    body: Annotated[str, Field(max_length=20_000)]


class ReplyIn(In):
    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    conversation_id: UUID | None = Field(None, description="Where they wrote last, if left out.")
    then: Code | None = Field(None, description="The status the case goes to.", examples=["waiting_on_customer"])


class CaseEventOut(Out):
    id: UUID
    at: datetime
    actor: str
    action: str = Field(examples=["status_changed"])
    changes: dict[str, Any] = Field(examples=[{"status": {"old": "new", "new": "open"}}])
    details: dict[str, Any]


COMMENT_SORTS = Sorts(by=CaseComment.id, default="created_at", created_at=CaseComment.created_at)
EVENT_SORTS = Sorts(by=CaseEvent.id, default="-seq", seq=CaseEvent.seq)


@noun.get(
    "/cases/{case_id}/comments",
    needs="cases.read",
    fr="Lister les commentaires et réponses",
    en="List comments and replies",
    sorts=COMMENT_SORTS,
)
async def list_case_comments(call: Call, case_id: UUID, query: Listing) -> Page[CaseCommentOut]:
    await queries.one(call.session, case_id, actor=call.actor)
    return await call.page(queries.comments(case_id, actor=call.actor), query, _shown)


@noun.post("/cases/{case_id}/comments", needs="cases.write", fr="Commenter", en="Comment", status=201)
async def comment_case(call: Call, case_id: UUID, body: CommentIn) -> CaseCommentOut:
    made = await discussion.comment(call.session, case_id, actor=call.actor, body=body.body, files=body.files)
    return _shown(made, None)


@noun.patch(
    "/cases/{case_id}/comments/{comment_id}", needs="cases.write", fr="Corriger un commentaire", en="Edit a comment"
)
async def edit_case_comment(call: Call, case_id: UUID, comment_id: UUID, body: CommentPatch) -> CaseCommentOut:
    edited = await discussion.edit(
        call.session, comment_id, case_id=case_id, actor=call.actor, body=body.body, version=call.version
    )
    return _shown(edited, None)


@noun.delete(
    "/cases/{case_id}/comments/{comment_id}",
    needs="cases.write",
    fr="Retirer un commentaire",
    en="Remove a comment",
    versioned=True,
)
async def remove_case_comment(call: Call, case_id: UUID, comment_id: UUID) -> None:
    await discussion.remove(call.session, comment_id, case_id=case_id, actor=call.actor, version=call.version)


@noun.post(
    "/cases/{case_id}/replies",
    needs="cases.write",
    fr="Répondre au client",
    en="Reply to the customer",
    status=201,
    more={
        "fr": "Dans une conversation reliée au dossier\u00a0: l’agent qui répond s’en charge.",
        "en": "In a conversation that is linked to the case: the agent who replies takes it over.",
    },
)
async def reply_through_case(call: Call, case_id: UUID, body: ReplyIn) -> CaseCommentOut:
    made = await discussion.reply(
        call.session,
        case_id,
        actor=call.actor,
        text=body.text,
        conversation_id=body.conversation_id,
        then=body.then,
    )
    message = await call.session.get_one(Message, made.message_id)
    call.after(partial(call.means.wakes.changed, message.conversation_id, outgoing=True))
    return _shown(made, message.text)


@noun.get(
    "/cases/{case_id}/history", needs="cases.read", fr="Lire l’historique", en="Read the history", sorts=EVENT_SORTS
)
async def list_case_history(call: Call, case_id: UUID, query: Listing) -> Page[CaseEventOut]:
    await queries.one(call.session, case_id, actor=call.actor)
    return await call.page(queries.history(case_id, actor=call.actor), query, CaseEventOut.model_validate)


def _shown(comment: CaseComment, said: str | None) -> CaseCommentOut:
    return CaseCommentOut(
        id=comment.id,
        version=comment.version,
        author=comment.author,
        agent_id=comment.agent_id,
        body=said if said is not None else comment.body,
        message_id=comment.message_id,
        created_at=comment.created_at,
        edited_at=comment.edited_at,
    )
