"""Notes: what agents tell each other of a customer."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers import checks
from crm_backend.customers.profiles import locked
from crm_backend.customers.records import Note
from crm_backend.database import expect, utc_now
from crm_backend.errors import NotAllowed, NotFound


async def add(session: AsyncSession, *, actor: Actor, customer_id: UUID, text: str, pinned: bool = False) -> Note:
    """A new note of the actor's. Raises NotFound, Invalid."""
    actor.need("customers.write")
    plain = checks.text("text", text, longest=checks.LONGEST_NOTE, needed=True, lines=True)
    customer = await locked(session, customer_id)
    note = Note(customer_id=customer.id, author=actor.name, text=plain, pinned=pinned, created_at=utc_now())
    session.add(note)
    await session.flush()
    new = {"note": note.id, "pinned": pinned, "text": plain}
    audit.record(session, actor=actor, action="note_added", subject=("customer", customer_id), new=new)
    return note


async def edit(
    session: AsyncSession,
    *,
    actor: Actor,
    note_id: UUID,
    text: str | None = None,
    pinned: bool | None = None,
    version: int | None = None,
) -> Note:
    """Changes the words, which only their author may, or pins it, which everybody may. Raises NotFound, Stale, Invalid,
    NotAllowed."""
    actor.need("customers.write")
    note = await _locked(session, note_id)
    expect(note, version)
    old = {"text": note.text, "pinned": note.pinned}
    if text is not None:
        plain = checks.text("text", text, longest=checks.LONGEST_NOTE, needed=True, lines=True)
        if plain != note.text:
            if note.author != actor.name:
                raise NotAllowed("another's note")
            note.text, note.edited_at, note.edited_by = plain, utc_now(), actor.name
    if pinned is not None and pinned != note.pinned:
        note.pinned = pinned
    new = {"text": note.text, "pinned": note.pinned}
    await session.flush()
    if old != new:
        subject = ("customer", note.customer_id)
        audit.record(session, actor=actor, action="note_edited", subject=subject, old=old, new=new, note=str(note.id))
    return note


async def remove(session: AsyncSession, *, actor: Actor, note_id: UUID, version: int | None = None) -> None:
    """Takes the note away: its author may, and who may configure customers. Raises NotFound, Stale, NotAllowed."""
    actor.need("customers.write")
    note = await _locked(session, note_id)
    expect(note, version)
    if note.author != actor.name and not actor.may("attributes.configure"):
        raise NotAllowed("another's note")
    subject, old = ("customer", note.customer_id), {"note": note.id, "text": note.text}
    await session.delete(note)
    await session.flush()
    audit.record(session, actor=actor, action="note_removed", subject=subject, old=old)


async def _locked(session: AsyncSession, note_id: UUID) -> Note:
    found: Note | None = await session.scalar(
        select(Note).where(Note.id == note_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such note")
    return found
