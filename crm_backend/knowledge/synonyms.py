"""Words that customers use for one another: a question with one finds the articles that have the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.audit.services import record
from crm_backend.database import expect, new_id
from crm_backend.errors import Invalid, NotFound
from crm_backend.knowledge import wording
from crm_backend.knowledge.index_model import Synonym

MOST_TERMS, LONGEST = 20, 60
_STEMS = text("select tsvector_to_array(to_tsvector(cast(:configuration as regconfig), :term))")


def groups(actor: Actor, *, language: str | None = None) -> Select[tuple[Synonym]]:
    """The groups of synonyms, to be sorted and paged. Needs knowledge.read."""
    actor.need("knowledge.read")
    return select(Synonym) if language is None else select(Synonym).where(Synonym.language == language)


async def add(session: AsyncSession, *, actor: Actor, language: str, terms: Any) -> Synonym:
    """Terms of one language that mean the same, two at least. They count from the next search on. Needs
    knowledge.write. Raises Invalid."""
    actor.need("knowledge.write")
    row = Synonym(id=new_id(), language=values.language_of("language", language))
    await _set(session, row, terms)
    session.add(row)
    await session.flush()
    _note(session, actor, "created", row, new=list(row.terms))
    return row


async def change(
    session: AsyncSession, *, actor: Actor, synonym_id: UUID, terms: Any, version: int | None = None
) -> Synonym:
    """Other terms for a group. Needs knowledge.write. Raises NotFound, Stale, Invalid."""
    actor.need("knowledge.write")
    row = await _locked(session, synonym_id, version)
    old = list(row.terms)
    await _set(session, row, terms)
    await session.flush()
    _note(session, actor, "changed", row, old=old, new=list(row.terms))
    return row


async def remove(session: AsyncSession, *, actor: Actor, synonym_id: UUID, version: int | None = None) -> None:
    """Forgets a group. Needs knowledge.write. Raises NotFound, Stale."""
    actor.need("knowledge.write")
    row = await _locked(session, synonym_id, version)
    _note(session, actor, "deleted", row, old=list(row.terms))
    await session.delete(row)
    await session.flush()


async def _set(session: AsyncSession, row: Synonym, terms: Any) -> None:
    kept = values.list_of("terms", terms, most=MOST_TERMS, length=LONGEST)
    if len(kept) < 2:
        raise Invalid("terms", "too_short", least=2)
    stems = []
    for place, term in enumerate(kept):
        found = await session.scalar(
            _STEMS, {"configuration": f"relais_{row.language}", "term": wording.straight(term)}
        )
        if not found:
            raise Invalid(f"terms.{place}", "no_stem")
        stems.append(list(found))
    row.terms, row.lexemes = kept, stems


async def _locked(session: AsyncSession, synonym_id: UUID, version: int | None) -> Synonym:
    row = await session.get(Synonym, synonym_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no such synonyms")
    expect(row, version)
    return row


def _note(session: AsyncSession, actor: Actor, action: str, row: Synonym, **terms: list[str]) -> None:
    told: dict[str, Any] = {name: {"terms": value} for name, value in terms.items()}
    record(session, actor=actor, action=action, subject=("synonym", row.id), plain=("terms",), **told)
