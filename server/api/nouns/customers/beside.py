"""Notes, documents and groups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import select

from crm_backend.customers import checks, documents, groups, notes
from crm_backend.customers.records import Group, Note
from crm_backend.errors import NotFound
from server.api import (
    ABSENT,
    Call,
    External,
    In,
    Line,
    Listing,
    Out,
    Page,
    Patch,
    Sorts,
    Sparse,
    Upload,
    VersionedOut,
)
from server.api.nouns.customers.noun import noun

Body = Annotated[str, StringConstraints(min_length=1, max_length=checks.LONGEST_NOTE)]


class NoteOut(VersionedOut):
    id: UUID
    customer_id: UUID
    author: str = Field(examples=["agent:0199f3c0-0000-7000-8000-000000000000"])
    text: str
    pinned: bool
    created_at: datetime
    edited_at: datetime | None
    edited_by: str | None


class NoteIn(In):
    text: Body
    pinned: bool = False


class NotePatch(Patch):
    text: Body = ABSENT
    pinned: bool = ABSENT


NOTE_SORTS = Sorts(by=Note.id, default="-created_at", created_at=Note.created_at)
GROUP_SORTS = Sorts(by=Group.id, default="-created_at", created_at=Group.created_at, name=Group.name)


@noun.get(
    "/customers/{customer_id}/notes", needs="customers.read", fr="Lister les notes", en="List notes", sorts=NOTE_SORTS
)
async def list_notes(call: Call, customer_id: UUID, query: Listing) -> Page[NoteOut]:
    return await call.page(select(Note).where(Note.customer_id == customer_id), query, NoteOut.model_validate)


@noun.post(
    "/customers/{customer_id}/notes", needs="customers.write", fr="Ajouter une note", en="Add a note", status=201
)
async def add_note(call: Call, customer_id: UUID, body: NoteIn) -> NoteOut:
    made = await notes.add(call.session, actor=call.actor, customer_id=customer_id, text=body.text, pinned=body.pinned)
    return NoteOut.model_validate(made)


@noun.patch("/notes/{note_id}", needs="customers.write", fr="Modifier une note", en="Change a note")
async def change_note(call: Call, note_id: UUID, body: NotePatch) -> NoteOut:
    changed = await notes.edit(call.session, actor=call.actor, note_id=note_id, version=call.version, **body.given())
    return NoteOut.model_validate(changed)


@noun.delete("/notes/{note_id}", needs="customers.write", fr="Retirer une note", en="Remove a note", versioned=True)
async def remove_note(call: Call, note_id: UUID) -> None:
    await notes.remove(call.session, actor=call.actor, note_id=note_id, version=call.version)


class DocumentOut(Out):
    id: UUID
    customer_id: UUID
    file_id: UUID
    title: str
    name: str
    media_type: str
    size: int
    actor: str
    created_at: datetime


def _document(filed: documents.Filed) -> DocumentOut:
    own, file = filed.document, filed.file
    return DocumentOut(
        id=own.id,
        customer_id=own.customer_id,
        file_id=own.attachment_id,
        title=own.title,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        actor=own.actor,
        created_at=own.created_at,
    )


@noun.get("/customers/{customer_id}/documents", needs="customers.read", fr="Lister les documents", en="List documents")
async def list_customer_documents(call: Call, customer_id: UUID) -> Page[DocumentOut]:
    found = await documents.of_customer(call.session, actor=call.actor, customer_id=customer_id)
    return Page([_document(each) for each in found])


@noun.post(
    "/customers/{customer_id}/documents",
    needs="customers.write",
    fr="Ajouter un document",
    en="Add a document",
    status=201,
)
async def add_customer_document(call: Call, customer_id: UUID, upload: Upload) -> DocumentOut:
    kept = await call.means.files.keep(
        upload.in_pieces(), name=upload.name, declared_type=upload.content_type, uploaded_by=call.actor.name
    )
    return _document(await documents.add(call.session, actor=call.actor, customer_id=customer_id, file_id=kept.id))


@noun.delete("/documents/{document_id}", needs="customers.write", fr="Retirer un document", en="Remove a document")
async def remove_customer_document(call: Call, document_id: UUID) -> None:
    await documents.remove(call.session, actor=call.actor, document_id=document_id)


class GroupOut(VersionedOut):
    id: UUID
    kind: Literal["household", "company"]
    name: str
    external_id: str | None
    created_at: datetime


class GroupIn(In):
    kind: Literal["household", "company"]
    name: Line
    external_id: External | None = None


class GroupPatch(Patch):
    name: Line = ABSENT
    external_id: External | None = ABSENT


class GroupQuery(Listing):
    kind: Literal["household", "company"] | None = None


class MemberOut(Out):
    customer_id: UUID
    name: str
    role: str
    since: datetime


class MemberIn(In):
    customer_id: UUID
    role: Annotated[str, StringConstraints(max_length=40), Field(examples=["contact"])]


@noun.get("/groups", needs="customers.read", fr="Lister les groupes", en="List groups", sorts=GROUP_SORTS)
async def list_groups(call: Call, query: GroupQuery) -> Page[GroupOut]:
    found = select(Group)
    if query.kind is not None:
        found = found.where(Group.kind == query.kind)
    return await call.page(found, query, GroupOut.model_validate)


@noun.post("/groups", needs="customers.write", fr="Ajouter un groupe", en="Add a group", status=201)
async def add_group(call: Call, body: GroupIn) -> GroupOut:
    values = {name: getattr(body, name) for name in GroupIn.model_fields}
    return GroupOut.model_validate(await groups.create(call.session, actor=call.actor, values=values))


@noun.get("/groups/{group_id}", needs="customers.read", fr="Lire un groupe", en="Read a group")
async def read_group(call: Call, group_id: UUID, query: Sparse) -> GroupOut:
    found = await call.session.get(Group, group_id)
    if found is None:
        raise NotFound("no such group")
    return GroupOut.model_validate(found)


@noun.patch("/groups/{group_id}", needs="customers.write", fr="Modifier un groupe", en="Change a group")
async def change_group(call: Call, group_id: UUID, body: GroupPatch) -> GroupOut:
    changed = await groups.change(
        call.session, actor=call.actor, group_id=group_id, values=body.given(), version=call.version
    )
    return GroupOut.model_validate(changed)


@noun.delete(
    "/groups/{group_id}", needs="customers.write", fr="Dissoudre un groupe", en="Dissolve a group", versioned=True
)
async def remove_group(call: Call, group_id: UUID) -> None:
    await groups.remove(call.session, actor=call.actor, group_id=group_id, version=call.version)


@noun.get("/groups/{group_id}/members", needs="customers.read", fr="Lister les membres", en="List members")
async def list_members(call: Call, group_id: UUID) -> Page[MemberOut]:
    places = await groups.members(call.session, actor=call.actor, group_id=group_id)
    return Page([_member(place) for place in places])


@noun.post(
    "/groups/{group_id}/members",
    needs="customers.write",
    fr="Ajouter un membre, ou changer son rôle",
    en="Add a member, or change their role",
)
async def add_member(call: Call, group_id: UUID, body: MemberIn) -> Page[MemberOut]:
    await groups.join(call.session, actor=call.actor, group_id=group_id, customer_id=body.customer_id, role=body.role)
    return await list_members(call, group_id)


@noun.delete(
    "/groups/{group_id}/members/{customer_id}", needs="customers.write", fr="Retirer un membre", en="Remove a member"
)
async def remove_member(call: Call, group_id: UUID, customer_id: UUID) -> None:
    await groups.leave(call.session, actor=call.actor, group_id=group_id, customer_id=customer_id)


def _member(place: groups.Place) -> MemberOut:
    member = place.member
    return MemberOut(customer_id=member.customer_id, name=place.name, role=member.role, since=member.since)
