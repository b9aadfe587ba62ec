"""What a case hangs together with: conversations, orders, other cases, people, files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from pydantic import Field

from crm_backend.attachments.schema import FileRef
from crm_backend.cases import links, people, queries
from server.api import Call, In, Out, Upload
from server.api.nouns.cases.shapes import CaseOut, Priority, Stage, noun


class LinkedCaseOut(Out):
    id: UUID
    number: str = Field(examples=["C-2026-000124"])
    subject: str
    status: str
    stage: Stage
    priority: Priority


class LinkedConversationOut(Out):
    id: UUID
    channel: str = Field(examples=["webchat"])
    subject: str | None
    last_message_at: datetime


class LinkedOrderOut(Out):
    id: UUID
    number: str = Field(examples=["FR-1042"])
    status: str


class WatcherOut(Out):
    id: UUID
    name: str


class CaseLinksOut(Out):
    conversations: list[LinkedConversationOut]
    orders: list[LinkedOrderOut]
    related: list[LinkedCaseOut]
    children: list[LinkedCaseOut]
    duplicates: list[LinkedCaseOut]
    watchers: list[WatcherOut]


class CaseFileOut(Out):
    id: UUID
    name: str
    media_type: str = Field(examples=["image/jpeg"])
    size: int
    path: str | None = Field(description="Where it can be read for an hour.")
    comment_id: UUID | None = Field(description="The comment it came with.")


class CaseFilesOut(Out):
    items: list[CaseFileOut]


class ParentIn(In):
    parent_id: UUID | None


class DuplicateIn(In):
    duplicate_of_id: UUID | None


@noun.get("/cases/{case_id}/links", needs="cases.read", fr="Lire les liens", en="Read its links")
async def read_case_links(call: Call, case_id: UUID) -> CaseLinksOut:
    return await _links(call, case_id)


@noun.put(
    "/cases/{case_id}/conversations/{conversation_id}",
    needs="cases.write",
    fr="Relier une conversation",
    en="Link a conversation",
)
async def link_case_conversation(call: Call, case_id: UUID, conversation_id: UUID) -> CaseLinksOut:
    await links.link_conversation(call.session, case_id, actor=call.actor, conversation_id=conversation_id)
    return await _links(call, case_id)


@noun.delete(
    "/cases/{case_id}/conversations/{conversation_id}",
    needs="cases.write",
    fr="Délier une conversation",
    en="Unlink a conversation",
)
async def unlink_case_conversation(call: Call, case_id: UUID, conversation_id: UUID) -> None:
    await links.unlink(call.session, case_id, actor=call.actor, kind="conversation", other_id=conversation_id)


@noun.put("/cases/{case_id}/orders/{order_id}", needs="cases.write", fr="Relier une commande", en="Link an order")
async def link_case_order(call: Call, case_id: UUID, order_id: UUID) -> CaseLinksOut:
    await links.link_order(call.session, case_id, actor=call.actor, order_id=order_id)
    return await _links(call, case_id)


@noun.delete("/cases/{case_id}/orders/{order_id}", needs="cases.write", fr="Délier une commande", en="Unlink an order")
async def unlink_case_order(call: Call, case_id: UUID, order_id: UUID) -> None:
    await links.unlink(call.session, case_id, actor=call.actor, kind="order", other_id=order_id)


@noun.put("/cases/{case_id}/related/{other_id}", needs="cases.write", fr="Relier deux dossiers", en="Relate two cases")
async def relate_cases(call: Call, case_id: UUID, other_id: UUID) -> CaseLinksOut:
    await links.relate(call.session, case_id, actor=call.actor, other_id=other_id)
    return await _links(call, case_id)


@noun.delete(
    "/cases/{case_id}/related/{other_id}", needs="cases.write", fr="Délier deux dossiers", en="Unrelate two cases"
)
async def unrelate_cases(call: Call, case_id: UUID, other_id: UUID) -> None:
    await links.unlink(call.session, case_id, actor=call.actor, kind="related", other_id=other_id)


@noun.put(
    "/cases/{case_id}/parent", needs="cases.write", fr="Rattacher à un dossier", en="Make it a part of another case"
)
async def set_case_parent(call: Call, case_id: UUID, body: ParentIn) -> CaseOut:
    case = await links.put_under(
        call.session, case_id, actor=call.actor, parent_id=body.parent_id, version=call.version
    )
    return CaseOut.model_validate(case)


@noun.put(
    "/cases/{case_id}/duplicate-of",
    needs="cases.write",
    fr="Marquer comme doublon",
    en="Mark as a duplicate",
    more={
        "fr": "Un doublon se termine avec l’original, tout de suite si celui-ci est déjà terminé.",
        "en": "A duplicate ends with its original, at once where that is over already.",
    },
)
async def set_case_duplicate(call: Call, case_id: UUID, body: DuplicateIn) -> CaseOut:
    case = await links.mark_duplicate(
        call.session, case_id, actor=call.actor, original_id=body.duplicate_of_id, version=call.version
    )
    return CaseOut.model_validate(case)


@noun.put("/cases/{case_id}/watchers/{agent_id}", needs="cases.write", fr="Faire suivre", en="Have an agent watch")
async def watch_case(call: Call, case_id: UUID, agent_id: UUID) -> CaseLinksOut:
    await people.watch(call.session, case_id, actor=call.actor, agent_id=agent_id)
    return await _links(call, case_id)


@noun.delete("/cases/{case_id}/watchers/{agent_id}", needs="cases.write", fr="Ne plus faire suivre", en="Stop watching")
async def unwatch_case(call: Call, case_id: UUID, agent_id: UUID) -> None:
    await people.unwatch(call.session, case_id, actor=call.actor, agent_id=agent_id)


@noun.get("/cases/{case_id}/files", needs="cases.read", fr="Lister les fichiers", en="List its files")
async def list_case_files(call: Call, case_id: UUID) -> CaseFilesOut:
    await queries.one(call.session, case_id, actor=call.actor)
    found = await people.files(call.session, case_id, actor=call.actor)
    return CaseFilesOut(items=[_file(call, each, comment_id) for each, comment_id in found])


@noun.post("/cases/{case_id}/files", needs="cases.write", fr="Joindre un fichier", en="Attach a file", status=201)
async def attach_case_file(call: Call, case_id: UUID, upload: Upload) -> CaseFileOut:
    await queries.one(call.session, case_id, actor=call.actor)
    kept = await call.means.files.keep(
        _whole(upload.content), name=upload.name, declared_type=upload.content_type, uploaded_by=call.actor.name
    )
    return _file(call, await people.attach(call.session, case_id, actor=call.actor, file_id=kept.id))


@noun.put("/cases/{case_id}/files/{file_id}", needs="cases.write", fr="Garder un fichier", en="Keep an uploaded file")
async def keep_case_file(call: Call, case_id: UUID, file_id: UUID) -> CaseFileOut:
    return _file(call, await people.attach(call.session, case_id, actor=call.actor, file_id=file_id))


@noun.delete("/cases/{case_id}/files/{file_id}", needs="cases.write", fr="Retirer un fichier", en="Remove a file")
async def detach_case_file(call: Call, case_id: UUID, file_id: UUID) -> None:
    await people.detach(call.session, case_id, actor=call.actor, file_id=file_id)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _file(call: Call, file: FileRef, comment_id: UUID | None = None) -> CaseFileOut:
    path = call.means.files.path(file.id) if file.state == "kept" else None
    told = {"id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size}
    return CaseFileOut.model_validate({**told, "path": path, "comment_id": comment_id})


async def _links(call: Call, case_id: UUID) -> CaseLinksOut:
    case = await queries.one(call.session, case_id, actor=call.actor)
    return CaseLinksOut.model_validate(await queries.hanging(call.session, case, actor=call.actor))
