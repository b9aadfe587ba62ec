"""Documents: kept files that belong to a customer rather than to a message."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.attachments import services as attachments
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileRef
from crm_backend.audit import services as audit
from crm_backend.customers import checks
from crm_backend.customers.profiles import locked
from crm_backend.customers.records import Document
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound, NotNow

MOST = 200


@dataclass(frozen=True)
class Filed:
    """A document with its file."""

    document: Document
    file: FileRef


async def add(session: AsyncSession, *, actor: Actor, customer_id: UUID, file_id: UUID, title: str = "") -> Filed:
    """Files one that the actor has uploaded and not sent. Raises NotFound, Invalid, BadInput (no such upload), NotNow
    (`enough_there`)."""
    actor.need("customers.write")
    plain = checks.text("title", title)
    customer = await locked(session, customer_id)
    there = list(await session.scalars(select(Document.id).where(Document.customer_id == customer_id)))
    if len(there) >= MOST:
        raise NotNow("enough_there", most=MOST)
    (file,) = await attachments.take(session, [file_id], uploaded_by=actor.name)
    document = Document(
        id=new_id(),
        customer_id=customer.id,
        attachment_id=file.id,
        title=plain or file.name,
        actor=actor.name,
        created_at=utc_now(),
    )
    file.held_by = f"document:{document.id}"
    session.add(document)
    await session.flush()
    new = {"document": document.id, "kind": file.kind, "size": file.size}
    audit.record(session, actor=actor, action="document_added", subject=("customer", customer_id), new=new)
    return Filed(document, attachments.ref_of(file))


async def remove(session: AsyncSession, *, actor: Actor, document_id: UUID) -> None:
    """Takes it away; its bytes are dropped with the next files that nobody has. Raises NotFound."""
    actor.need("customers.write")
    document = await session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if document is None:
        raise NotFound("no such document")
    file = await session.get(Attachment, document.attachment_id, with_for_update=True, populate_existing=True)
    if file is not None:
        file.held_by = None
    subject = ("customer", document.customer_id)
    await session.delete(document)
    await session.flush()
    audit.record(session, actor=actor, action="document_removed", subject=subject, old={"document": document_id})


async def of_customer(session: AsyncSession, *, actor: Actor, customer_id: UUID) -> list[Filed]:
    """A customer's documents, the newest first."""
    actor.need("customers.read")
    rows = await session.execute(
        select(Document, Attachment)
        .join(Attachment, Attachment.id == Document.attachment_id)
        .where(Document.customer_id == customer_id)
        .order_by(Document.created_at.desc(), Document.id.desc())
    )
    return [Filed(document, attachments.ref_of(file)) for document, file in rows]
