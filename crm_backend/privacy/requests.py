"""What customers ask for of their data: a request that people answer. Nothing is erased by asking."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases import queries, services
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.customers.profiles import locked

TYPE, MONTHS = "privacy_request", 1
"""The type of case, and the months in which the law wants an answer: GDPR, art. 12(3)."""
COPY, ERASE = "copy", "erase"
TAGS: Final = {COPY: "data-copy", ERASE: "data-erasure"}
SUBJECTS: Final = {
    COPY: {"fr": "Demande de copie des données", "en": "Request for a copy of their data"},
    ERASE: {"fr": "Demande d’effacement des données", "en": "Request for erasure"},
}
_SIGNED_IN: Final = {
    COPY: {
        "fr": "Copie des données personnelles (RGPD, art. 15), demandée dans l’espace client.",
        "en": "Copy of personal data (GDPR, art. 15), asked for on the customers’ pages.",
    },
    ERASE: {
        "fr": "Effacement des données personnelles (RGPD, art. 17), demandé dans l’espace client.",
        "en": "Erasure of personal data (GDPR, art. 17), asked for on the customers’ pages.",
    },
}


async def going(session: AsyncSession, customer_id: UUID, what: str) -> Case | None:
    """The request for this that is not answered yet. For whoever has checked that it is told to nobody else."""
    return await queries.open_of(session, customer_id, tag=TAGS[what])


async def ask(session: AsyncSession, customer_id: UUID, what: str, *, actor: Actor, language: str) -> Case:
    """Opens the request of a customer who is signed in (`actor`); the one that is open, however often they ask. Raises
    NotFound, NotNow."""
    # Two who ask at once are heard one after the other.
    await locked(session, customer_id)
    if (known := await going(session, customer_id, what)) is not None:
        return known
    new = NewCase(
        type_key=TYPE,
        subject=SUBJECTS[what][language],
        description=_SIGNED_IN[what][language],
        customer_id=customer_id,
        language=language,
        tags=[TAGS[what]],
    )
    taking_down = replace(actor, permissions=frozenset({"cases.read", "cases.write"}))
    return await services.open_case(session, new, actor=taking_down)
