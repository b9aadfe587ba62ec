"""The steps of a case, its term, and its checklist."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from crm_backend.cases import checklist, queries, services, workflow
from server.api import ABSENT, Call, Code, In, Out, Patch
from server.api.nouns.cases.shapes import BothIn, BothOut, CaseOut, Stage, noun

Reason = Annotated[str, Field(max_length=4_000)]


class StepOut(Out):
    to: str = Field(examples=["resolved"])
    names: BothOut
    stage: Stage
    needs: list[str] = Field(examples=[["resolution_code", "checklist"]])
    missing: list[str] = Field(description="Of what it needs, what has to be done before.")
    permitted: bool


class StepsOut(Out):
    items: list[StepOut]


class MoveIn(In):
    to: Code = Field(examples=["resolved"])
    reason: Reason = ""
    resolution_code: Code | None = None
    resolution_summary: Reason = ""


class ExtendIn(In):
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


class CaseItemOut(Out):
    id: UUID
    position: int
    texts: BothOut
    required: bool
    done_at: datetime | None
    done_by: str | None = Field(examples=["agent:018f3b1e-0000-7000-8000-000000000000"])


class ChecklistOut(Out):
    items: list[CaseItemOut]


class CaseItemIn(In):
    texts: BothIn
    required: bool = False


class CaseItemPatch(Patch):
    texts: BothIn = ABSENT
    required: bool = ABSENT
    position: Annotated[int, Field(ge=0, le=10_000)] = ABSENT
    done: bool = ABSENT


@noun.get("/cases/{case_id}/steps", needs="cases.read", fr="Étapes possibles", en="Steps it may take")
async def list_case_steps(call: Call, case_id: UUID) -> StepsOut:
    case = await queries.one(call.session, case_id, actor=call.actor)
    found = await workflow.steps(call.session, case, actor=call.actor)
    return StepsOut(items=[StepOut.model_validate(step) for step in found])


@noun.post("/cases/{case_id}/move", needs="cases.write", fr="Changer d’étape", en="Take a step")
async def move_case(call: Call, case_id: UUID, body: MoveIn) -> CaseOut:
    moved = await workflow.move(
        call.session,
        case_id,
        actor=call.actor,
        to=body.to,
        reason=body.reason,
        resolution=body.resolution_code,
        summary=body.resolution_summary,
        version=call.version,
    )
    return CaseOut.model_validate(moved)


@noun.post(
    "/cases/{case_id}/extend",
    needs="cases.write",
    fr="Prolonger le délai légal",
    en="Extend the term set by law",
    more={
        "fr": "Une fois, pendant le premier délai\u00a0; dites-le au client et pourquoi (RGPD, art. 12, § 3).",
        "en": "Once, during the first term; tell the customer so, and why (GDPR, art. 12(3)).",
    },
)
async def extend_case(call: Call, case_id: UUID, body: ExtendIn) -> CaseOut:
    extended = await services.extend_due(
        call.session, case_id, actor=call.actor, reason=body.reason, version=call.version
    )
    return CaseOut.model_validate(extended)


@noun.get("/cases/{case_id}/checklist", needs="cases.read", fr="Lire la liste de contrôle", en="Read the checklist")
async def read_checklist(call: Call, case_id: UUID) -> ChecklistOut:
    await queries.one(call.session, case_id, actor=call.actor)
    found = await checklist.items(call.session, case_id, actor=call.actor)
    return ChecklistOut(items=[CaseItemOut.model_validate(item) for item in found])


@noun.post("/cases/{case_id}/checklist", needs="cases.write", fr="Ajouter un point", en="Add an item", status=201)
async def add_checklist_item(call: Call, case_id: UUID, body: CaseItemIn) -> CaseItemOut:
    made = await checklist.add(
        call.session, case_id, actor=call.actor, texts=body.texts.model_dump(), required=body.required
    )
    return CaseItemOut.model_validate(made)


@noun.patch("/cases/{case_id}/checklist/{item_id}", needs="cases.write", fr="Modifier un point", en="Change an item")
async def change_checklist_item(call: Call, case_id: UUID, item_id: UUID, body: CaseItemPatch) -> CaseItemOut:
    changes = body.given()
    if "texts" in changes:
        changes["texts"] = body.texts.model_dump()
    changed = await checklist.change(call.session, case_id, item_id, actor=call.actor, changes=changes)
    return CaseItemOut.model_validate(changed)


@noun.delete("/cases/{case_id}/checklist/{item_id}", needs="cases.write", fr="Retirer un point", en="Remove an item")
async def remove_checklist_item(call: Call, case_id: UUID, item_id: UUID) -> None:
    await checklist.remove(call.session, case_id, item_id, actor=call.actor)
