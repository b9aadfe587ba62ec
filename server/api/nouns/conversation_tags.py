"""The tags that conversations are sorted by."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.tags import services
from crm_backend.tags.model import ConversationTag
from server.api import ABSENT, Call, In, Noun, Out, Patch, VersionedOut

noun = Noun("conversation-tags", fr="Étiquettes des conversations", en="Tags of conversations")
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=services.LONGEST, strip_whitespace=True),
    Field(examples=["Lost parcel"]),
]
Colour = Annotated[
    Literal["plain", "accent", "waiting", "risk", "late", "done"], Field(description="A meaning, not a shade.")
]


class TagOut(VersionedOut):
    id: UUID
    name: str = Field(examples=["Lost parcel"])
    colour: Colour
    retired: bool = Field(description="Stays where it is, and is put on nothing more.")


class CountedTagOut(TagOut):
    conversations: int = Field(description="How many have it.")


class TagsOut(Out):
    items: list[CountedTagOut]


class TagIn(In):
    name: Name
    colour: Colour = "plain"


class TagPatch(Patch):
    name: Name = ABSENT
    colour: Colour = ABSENT
    retired: bool = ABSENT


class MergeIn(In):
    into: UUID = Field(description="The tag that is left.")


@noun.get(
    "/conversation-tags",
    needs="conversations.read",
    fr="Lister les étiquettes des conversations",
    en="List tags of conversations",
)
async def list_conversation_tags(call: Call) -> TagsOut:
    found = await services.used(call.session, actor=call.actor)
    return TagsOut(
        items=[CountedTagOut(**_tag(each.tag).model_dump(), conversations=each.conversations) for each in found]
    )


@noun.post(
    "/conversation-tags",
    needs="conversations.configure",
    fr="Créer une étiquette de conversation",
    en="Make a tag of conversations",
    status=201,
)
async def add_conversation_tag(call: Call, body: TagIn) -> TagOut:
    return _tag(await services.add(call.session, actor=call.actor, name=body.name, colour=body.colour))


@noun.get(
    "/conversation-tags/{tag_id}",
    needs="conversations.read",
    fr="Lire une étiquette de conversation",
    en="Read a tag of conversations",
)
async def read_conversation_tag(call: Call, tag_id: UUID) -> TagOut:
    return _tag(await services.read(call.session, actor=call.actor, tag_id=tag_id))


@noun.patch(
    "/conversation-tags/{tag_id}",
    needs="conversations.configure",
    fr="Modifier une étiquette de conversation",
    en="Change a tag of conversations",
)
async def change_conversation_tag(call: Call, tag_id: UUID, body: TagPatch) -> TagOut:
    changed = await services.change(
        call.session, actor=call.actor, tag_id=tag_id, changes=body.given(), version=call.version
    )
    return _tag(changed)


@noun.post(
    "/conversation-tags/{tag_id}/merge",
    needs="conversations.configure",
    fr="Fusionner deux étiquettes",
    en="Merge two tags",
    more={
        "fr": "Ce qui portait la première porte la seconde\u00a0: conversations, filtres, macros et règles.",
        "en": "What had the first has the second from then on: conversations, filters, macros and rules.",
    },
)
async def merge_conversation_tags(call: Call, tag_id: UUID, body: MergeIn) -> TagOut:
    return _tag(await services.merge(call.session, actor=call.actor, tag_id=tag_id, into=body.into))


def _tag(row: ConversationTag) -> TagOut:
    return TagOut.model_validate(row)
