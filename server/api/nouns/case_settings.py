"""How cases are set up: types, statuses, steps, priorities, codes and categories."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from crm_backend.cases import categories, configuring
from crm_backend.cases.settings_model import CaseResolution, CaseStatus, CaseTransition, CaseType
from server.api import Call, Noun
from server.api.nouns.cases.setting_shapes import (
    CaseCategoriesOut,
    CaseCategoryIn,
    CaseCategoryOut,
    CaseCategoryPatch,
    CaseStatusesOut,
    CaseStatusIn,
    CaseStatusOut,
    CaseStatusPatch,
    CaseStepOut,
    CaseStepsIn,
    CaseStepsOut,
    CaseTypeIn,
    CaseTypeOut,
    CaseTypePatch,
    CaseTypesOut,
    Key,
    MatrixIn,
    MatrixOut,
    ResolutionIn,
    ResolutionOut,
    ResolutionPatch,
    ResolutionsOut,
    given,
)

noun = Noun("case_settings", fr="Réglages des dossiers", en="Case settings")


@noun.get("/case-types", needs="cases.read", fr="Lister les types", en="List types")
async def list_case_types(call: Call) -> CaseTypesOut:
    found = await configuring.all_of(call.session, CaseType, actor=call.actor)
    return CaseTypesOut(items=[CaseTypeOut.model_validate(each) for each in found])


@noun.post("/case-types", needs="cases.configure", fr="Ajouter un type", en="Add a type", status=201)
async def add_case_type(call: Call, body: CaseTypeIn) -> CaseTypeOut:
    told = given(body, without="key")
    made = await configuring.add(call.session, CaseType, actor=call.actor, key=body.key, given=told)
    return CaseTypeOut.model_validate(made)


@noun.patch("/case-types/{key}", needs="cases.configure", fr="Modifier un type", en="Change a type")
async def change_case_type(call: Call, key: Key, body: CaseTypePatch) -> CaseTypeOut:
    changed = await configuring.change(
        call.session, CaseType, key, actor=call.actor, changes=given(body), version=call.version
    )
    return CaseTypeOut.model_validate(changed)


@noun.delete("/case-types/{key}", needs="cases.configure", fr="Retirer un type", en="Remove a type", versioned=True)
async def remove_case_type(call: Call, key: Key) -> None:
    await configuring.remove(call.session, CaseType, key, actor=call.actor, version=call.version)


@noun.get("/case-statuses", needs="cases.read", fr="Lister les étapes", en="List statuses")
async def list_case_statuses(call: Call) -> CaseStatusesOut:
    found = await configuring.all_of(call.session, CaseStatus, actor=call.actor)
    return CaseStatusesOut(items=[CaseStatusOut.model_validate(each) for each in found])


@noun.post("/case-statuses", needs="cases.configure", fr="Ajouter une étape", en="Add a status", status=201)
async def add_case_status(call: Call, body: CaseStatusIn) -> CaseStatusOut:
    told = given(body, without="key")
    made = await configuring.add(call.session, CaseStatus, actor=call.actor, key=body.key, given=told)
    return CaseStatusOut.model_validate(made)


@noun.patch("/case-statuses/{key}", needs="cases.configure", fr="Modifier une étape", en="Change a status")
async def change_case_status(call: Call, key: Key, body: CaseStatusPatch) -> CaseStatusOut:
    changed = await configuring.change(
        call.session, CaseStatus, key, actor=call.actor, changes=given(body), version=call.version
    )
    return CaseStatusOut.model_validate(changed)


@noun.delete(
    "/case-statuses/{key}", needs="cases.configure", fr="Retirer une étape", en="Remove a status", versioned=True
)
async def remove_case_status(call: Call, key: Key) -> None:
    await configuring.remove(call.session, CaseStatus, key, actor=call.actor, version=call.version)


@noun.get("/case-resolutions", needs="cases.read", fr="Lister les codes de résolution", en="List resolution codes")
async def list_case_resolutions(call: Call) -> ResolutionsOut:
    found = await configuring.all_of(call.session, CaseResolution, actor=call.actor)
    return ResolutionsOut(items=[ResolutionOut.model_validate(each) for each in found])


@noun.post("/case-resolutions", needs="cases.configure", fr="Ajouter un code", en="Add a code", status=201)
async def add_case_resolution(call: Call, body: ResolutionIn) -> ResolutionOut:
    told = given(body, without="key")
    made = await configuring.add(call.session, CaseResolution, actor=call.actor, key=body.key, given=told)
    return ResolutionOut.model_validate(made)


@noun.patch("/case-resolutions/{key}", needs="cases.configure", fr="Modifier un code", en="Change a code")
async def change_case_resolution(call: Call, key: Key, body: ResolutionPatch) -> ResolutionOut:
    changed = await configuring.change(
        call.session, CaseResolution, key, actor=call.actor, changes=given(body), version=call.version
    )
    return ResolutionOut.model_validate(changed)


@noun.delete(
    "/case-resolutions/{key}", needs="cases.configure", fr="Retirer un code", en="Remove a code", versioned=True
)
async def remove_case_resolution(call: Call, key: Key) -> None:
    await configuring.remove(call.session, CaseResolution, key, actor=call.actor, version=call.version)


@noun.get("/case-steps", needs="cases.read", fr="Lire les transitions communes", en="Read the common steps")
async def read_common_steps(call: Call) -> CaseStepsOut:
    return _steps(await configuring.steps(call.session, actor=call.actor, type_key=None))


@noun.put("/case-steps", needs="cases.configure", fr="Définir les transitions communes", en="Set the common steps")
async def set_common_steps(call: Call, body: CaseStepsIn) -> CaseStepsOut:
    steps = [step.model_dump() for step in body.steps]
    return _steps(await configuring.set_steps(call.session, actor=call.actor, type_key=None, given=steps))


@noun.get("/case-types/{key}/steps", needs="cases.read", fr="Lire les transitions d’un type", en="Read a type’s steps")
async def read_type_steps(call: Call, key: Key) -> CaseStepsOut:
    await configuring.of_key(call.session, CaseType, key, actor=call.actor)
    return _steps(await configuring.steps(call.session, actor=call.actor, type_key=key))


@noun.put(
    "/case-types/{key}/steps",
    needs="cases.configure",
    fr="Définir les transitions d’un type",
    en="Set a type’s steps",
    more={
        "fr": "Un type sans transitions à lui suit les transitions communes.",
        "en": "A type without steps of its own follows the common ones.",
    },
)
async def set_type_steps(call: Call, key: Key, body: CaseStepsIn) -> CaseStepsOut:
    steps = [step.model_dump() for step in body.steps]
    return _steps(await configuring.set_steps(call.session, actor=call.actor, type_key=key, given=steps))


@noun.get("/case-priorities", needs="cases.read", fr="Lire la matrice des priorités", en="Read the priority matrix")
async def read_case_priorities(call: Call) -> MatrixOut:
    return MatrixOut.model_validate({"impact": await configuring.matrix(call.session, actor=call.actor)})


@noun.put(
    "/case-priorities", needs="cases.configure", fr="Définir la matrice des priorités", en="Set the priority matrix"
)
async def set_case_priorities(call: Call, body: MatrixIn) -> MatrixOut:
    matrix = await configuring.set_matrix(call.session, actor=call.actor, given=body.model_dump())
    return MatrixOut.model_validate({"impact": matrix})


@noun.get("/case-categories", needs="cases.read", fr="Lire l’arbre des catégories", en="Read the tree of categories")
async def list_case_categories(call: Call) -> CaseCategoriesOut:
    found = await categories.whole(call.session)
    return CaseCategoriesOut(items=[CaseCategoryOut.model_validate(each) for each in found])


@noun.post("/case-categories", needs="cases.configure", fr="Ajouter une catégorie", en="Add a category", status=201)
async def add_case_category(call: Call, body: CaseCategoryIn) -> CaseCategoryOut:
    made = await categories.add(
        call.session,
        actor=call.actor,
        names=body.names.model_dump(),
        parent_id=body.parent_id,
        position=body.position,
    )
    return CaseCategoryOut.model_validate(made)


@noun.patch(
    "/case-categories/{category_id}",
    needs="cases.configure",
    fr="Modifier ou déplacer une catégorie",
    en="Change or move a category",
)
async def change_case_category(call: Call, category_id: UUID, body: CaseCategoryPatch) -> CaseCategoryOut:
    changed = await categories.change(
        call.session, category_id, actor=call.actor, changes=given(body), version=call.version
    )
    return CaseCategoryOut.model_validate(changed)


@noun.delete(
    "/case-categories/{category_id}",
    needs="cases.configure",
    fr="Retirer une catégorie",
    en="Remove a category",
    versioned=True,
)
async def remove_case_category(call: Call, category_id: UUID) -> None:
    await categories.remove(call.session, category_id, actor=call.actor, version=call.version)


def _steps(found: Sequence[CaseTransition]) -> CaseStepsOut:
    return CaseStepsOut(items=[CaseStepOut.model_validate(step) for step in found])
