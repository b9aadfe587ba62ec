"""The audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.audit import queries
from crm_backend.audit.model import AuditEntry
from server.api import Call, Listing, Moment, Noun, Out, Page, Sorts, Sparse

noun = Noun("audit", fr="Journal d’audit", en="Audit log")
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class EntryOut(Out):
    id: UUID
    created_at: datetime
    actor: str = Field(examples=["agent:0191f2a4-7e1c-7c3a-9d51-3f2b8f0c6a10"])
    origin: str = Field(description="Where it was asked from.", examples=["api"])
    action: str = Field(examples=["changed"])
    subject_kind: str = Field(examples=["agent"])
    subject_id: str
    old: dict[str, Any] | None = Field(examples=[{"role": "agent"}])
    new: dict[str, Any] | None = Field(examples=[{"role": "supervisor"}])
    details: dict[str, Any]
    position: int | None = Field(description="Its place in the chain; null until it is sealed, a moment later.")
    hash: str | None = Field(description="SHA-256 over the entry and the hash of the one before it.")


class EntryQuery(Listing):
    actor: Word | None = None
    action: Word | None = None
    subject_kind: Word | None = None
    subject_id: Word | None = None
    since: Moment | None = None
    until: Moment | None = None


class HeadOut(Out):
    position: int = Field(description="0 when nothing was sealed yet.", examples=[1234])
    hash: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])


# By identifier, which sorts by time and is unique: the one index serves every page.
ENTRY_SORTS = Sorts(by=AuditEntry.id, default="-id", id=AuditEntry.id)


@noun.get(
    "/audit/entries",
    needs="audit.read",
    fr="Lire le journal d’audit",
    en="Read the audit log",
    sorts=ENTRY_SORTS,
    more={
        "fr": 'Des données personnelles, il ne garde que leur présence\u00a0: {"personal": true}.',
        "en": 'Of personal data it keeps only that they were there: {"personal": true}.',
    },
)
async def list_audit_entries(call: Call, query: EntryQuery) -> Page[EntryOut]:
    found = queries.entries(
        call.actor,
        actor=query.actor,
        action=query.action,
        subject_kind=query.subject_kind,
        subject_id=query.subject_id,
        since=query.since,
        until=query.until,
    )
    return await call.page(found, query, EntryOut.model_validate)


@noun.get("/audit/entries/{entry_id}", needs="audit.read", fr="Lire une entrée", en="Read an entry")
async def read_audit_entry(call: Call, entry_id: UUID, query: Sparse) -> EntryOut:
    return EntryOut.model_validate(await queries.entry(call.session, entry_id, reader=call.actor))


@noun.get(
    "/audit/head",
    needs="audit.read",
    fr="Lire la tête de la chaîne",
    en="Read the head of the chain",
    more={
        "fr": "Conservée ailleurs, elle prouve plus tard que rien n’a été refait\u00a0: "
        "`./relais audit verify --head POSITION:HASH`.",
        "en": "Kept elsewhere, it proves later that nothing was made anew: "
        "`./relais audit verify --head POSITION:HASH`.",
    },
)
async def read_audit_head(call: Call) -> HeadOut:
    head = await queries.chain_head(call.session, reader=call.actor)
    return HeadOut(position=head.position, hash=head.hash)
