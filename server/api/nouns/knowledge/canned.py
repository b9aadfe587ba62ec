"""Canned replies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.canned import placeholders, services
from crm_backend.canned.model import CannedReply
from server.api import ABSENT, Call, In, Listing, Out, Page, Patch, Sorts, Sparse, VersionedOut
from server.api.nouns.knowledge.shared import Language, NamesOut, Tag, Tags, Title, noun

Shortcut = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40), Field(examples=["sorry-late"])
]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=services.TEXT),
    Field(examples=["Hello {customer.first_name}, your parcel is on its way."]),
]
Teams = Annotated[list[Tag], Field(max_length=services.TEAMS, description="Who sees it; everybody when empty.")]


class Titles(In):
    fr: Title | None = None
    en: Title | None = None


class Texts(In):
    fr: Text | None = None
    en: Text | None = None


class ReplyOut(VersionedOut):
    id: UUID
    shortcut: str
    titles: NamesOut
    texts: NamesOut
    tags: list[str]
    teams: list[str]
    archived: bool
    author: str
    created_at: datetime
    updated_at: datetime


class ReplyIn(In):
    shortcut: Shortcut
    titles: Titles
    texts: Texts
    tags: Tags = Field(default_factory=list)
    teams: Teams = Field(default_factory=list)


class ReplyPatch(Patch):
    shortcut: Shortcut = ABSENT
    titles: Titles = ABSENT
    texts: Texts = ABSENT
    tags: Tags = ABSENT
    teams: Teams = ABSENT
    archived: bool = ABSENT


class ReplyQuery(Listing):
    q: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    team: Tag | None = None
    tag: Tag | None = None
    archived: bool = False


REPLY_SORTS = Sorts(
    by=CannedReply.id, default="shortcut", shortcut=CannedReply.shortcut, updated_at=CannedReply.updated_at
)


@noun.get(
    "/canned-replies",
    needs="knowledge.read",
    fr="Lister les réponses types",
    en="List canned replies",
    sorts=REPLY_SORTS,
)
async def list_canned_replies(call: Call, query: ReplyQuery) -> Page[ReplyOut]:
    found = services.replies(call.actor, team=query.team, tag=query.tag, query=query.q, archived=query.archived)
    return await call.page(found, query, ReplyOut.model_validate)


@noun.post(
    "/canned-replies", needs="knowledge.write", fr="Ajouter une réponse type", en="Add a canned reply", status=201
)
async def add_canned_reply(call: Call, body: ReplyIn) -> ReplyOut:
    fields = {name: getattr(body, name) for name in ReplyIn.model_fields}
    return ReplyOut.model_validate(await services.add(call.session, actor=call.actor, fields=_plain(fields)))


@noun.get("/canned-replies/{reply_id}", needs="knowledge.read", fr="Lire une réponse type", en="Read a canned reply")
async def read_canned_reply(call: Call, reply_id: UUID, query: Sparse) -> ReplyOut:
    return ReplyOut.model_validate(await services.read(call.session, actor=call.actor, reply_id=reply_id))


@noun.patch(
    "/canned-replies/{reply_id}", needs="knowledge.write", fr="Modifier une réponse type", en="Change a canned reply"
)
async def change_canned_reply(call: Call, reply_id: UUID, body: ReplyPatch) -> ReplyOut:
    row = await services.change(
        call.session, actor=call.actor, reply_id=reply_id, changes=_plain(body.given()), version=call.version
    )
    return ReplyOut.model_validate(row)


@noun.delete(
    "/canned-replies/{reply_id}",
    needs="knowledge.write",
    fr="Supprimer une réponse type",
    en="Delete a canned reply",
    versioned=True,
)
async def remove_canned_reply(call: Call, reply_id: UUID) -> None:
    await services.remove(call.session, actor=call.actor, reply_id=reply_id, version=call.version)


class RenderIn(In):
    conversation_id: UUID
    language: Language | None = None


class RenderedOut(Out):
    """With `missing` facts it is not to be sent: their placeholders still stand in the text."""

    text: str
    language: Language
    missing: list[str]


@noun.post(
    "/canned-replies/{reply_id}/render",
    needs="conversations.read",
    fr="Remplir une réponse pour une conversation",
    en="Fill a reply in for a conversation",
)
async def render_canned_reply(call: Call, reply_id: UUID, body: RenderIn) -> RenderedOut:
    reply = await services.read(call.session, actor=call.actor, reply_id=reply_id)
    rendered = await services.render(
        call.session,
        actor=call.actor,
        reply=reply,
        conversation_id=body.conversation_id,
        now=datetime.now(call.means.zone),
        language=body.language,
    )
    return RenderedOut.model_validate(rendered)


class PlaceholderOut(Out):
    name: str = Field(examples=["customer.first_name"])
    label: str


class PlaceholdersOut(Out):
    items: list[PlaceholderOut]


@noun.get("/canned-placeholders", needs="knowledge.read", fr="Lister les champs à remplir", en="List placeholders")
async def list_canned_placeholders(call: Call) -> PlaceholdersOut:
    found = [PlaceholderOut(name=name, label=words[call.language]) for name, words in placeholders.FACTS.items()]
    return PlaceholdersOut(items=found)


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """The texts as the services take them: only the languages that are there."""
    return {
        name: {language: text for language, text in value.model_dump().items() if text is not None}
        if isinstance(value, In)
        else value
        for name, value in fields.items()
    }
