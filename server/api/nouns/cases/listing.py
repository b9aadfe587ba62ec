"""Cases in lists, one by one, opened and changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, func, literal_column, select

from crm_backend.cases import opening, queries, services
from crm_backend.cases.model import DUE_ORDER, Case
from crm_backend.cases.schema import Filters, NewCase
from crm_backend.service_levels.model import CaseClock
from server.api import Call, Page, Sorts, Sparse
from server.api.nouns.cases.shapes import CaseCountsOut, CaseFilters, CaseIn, CaseOut, CasePatch, CaseQuery, noun

_NEVER = literal_column("'9999-12-31 00:00:00+00'::timestamp with time zone", DateTime(timezone=True))
_SOONEST = (
    select(func.min(CaseClock.due_at))
    .where(CaseClock.case_id == Case.id, CaseClock.state == "running")
    .correlate(Case)
    .scalar_subquery()
)
CASE_SORTS = Sorts(
    by=Case.id,
    default="-created_at",
    created_at=Case.created_at,
    updated_at=Case.updated_at,
    priority=Case.priority_rank,
    due_at=literal_column(DUE_ORDER, DateTime(timezone=True)),
    promise=func.coalesce(_SOONEST, _NEVER),
)
"""By priority the most pressing come first; without a due date cases come last, and by promise those without a clock
that runs."""


def filters_of(query: CaseFilters) -> Filters:
    """What a list's query asks for."""
    return Filters(**{name: getattr(query, name) for name in CaseFilters.model_fields})


@noun.get("/cases/counts", needs="cases.read", fr="Compter les dossiers", en="Count cases")
async def count_cases(call: Call, query: CaseFilters) -> CaseCountsOut:
    counted = await queries.counts(call.session, filters_of(query), actor=call.actor, now=_now(call))
    return CaseCountsOut(total=counted.total, by_status=counted.by_status, by_team=counted.by_team)


@noun.get("/cases", needs="cases.read", fr="Lister les dossiers", en="List cases", sorts=CASE_SORTS)
async def list_cases(call: Call, query: CaseQuery) -> Page[CaseOut]:
    found = await queries.filtered(call.session, filters_of(query), actor=call.actor, now=_now(call))
    return await call.page(found, query, CaseOut.model_validate)


@noun.post(
    "/cases",
    needs="cases.write",
    fr="Ouvrir un dossier",
    en="Open a case",
    status=201,
    more={
        "fr": "À partir d’un modèle, d’une conversation ou de rien. Le client reçoit un e-mail si le type le veut.",
        "en": "From a template, a conversation or nothing. The customer gets a mail if the type wants it.",
    },
)
async def open_case(call: Call, body: CaseIn) -> CaseOut:
    new = NewCase(**{name: getattr(body, name) for name in CaseIn.model_fields})
    if new.conversation_id is not None:
        case = await opening.open_from_conversation(call.session, new.conversation_id, actor=call.actor, new=new)
    else:
        case = await services.open_case(call.session, new, actor=call.actor)
    return CaseOut.model_validate(case)


@noun.get("/cases/{case_id}", needs="cases.read", fr="Lire un dossier", en="Read a case")
async def read_case(call: Call, case_id: UUID, query: Sparse) -> CaseOut:
    return CaseOut.model_validate(await queries.one(call.session, case_id, actor=call.actor))


@noun.patch("/cases/{case_id}", needs="cases.write", fr="Modifier un dossier", en="Change a case")
async def change_case(call: Call, case_id: UUID, body: CasePatch) -> CaseOut:
    changed = await services.change(call.session, case_id, actor=call.actor, version=call.version, changes=body.given())
    return CaseOut.model_validate(changed)


def _now(call: Call) -> datetime:
    return datetime.now(call.means.zone)
