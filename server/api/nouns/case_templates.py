"""What cases of one sort begin with."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.cases import templates
from server.api import ABSENT, Call, Code, In, Line, Noun, Out, Patch, Sparse, VersionedOut
from server.api.nouns.cases.setting_shapes import Days, Key, given
from server.api.nouns.cases.shapes import BothIn, BothOut, Level, Tags, Team

noun = Noun("case_templates", fr="Modèles de dossiers", en="Case templates")
Kind = Literal["text", "number", "boolean", "date", "choice"]
Subject = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=20_000)]


class SubjectsIn(In):
    fr: Subject = Field("", examples=["Colis abîmé à l’arrivée"])
    en: Subject = Field("", examples=["Parcel damaged on arrival"])


class DescriptionsIn(In):
    fr: Text = ""
    en: Text = ""


class TemplateFieldIn(In):
    key: Key
    names: BothIn
    kind: Kind = "text"
    required: bool = False
    choices: Annotated[list[Line], Field(max_length=50)] = Field(default_factory=list)


class TemplateItemIn(In):
    texts: BothIn
    required: bool = False


class TemplateFieldOut(Out):
    key: str = Field(examples=["carrier"])
    names: BothOut
    kind: Kind
    required: bool
    choices: list[str]


class TemplateItemOut(Out):
    texts: BothOut
    required: bool


class CaseTemplateOut(VersionedOut):
    key: str = Field(examples=["damaged_parcel"])
    names: BothOut
    type_key: str
    category_id: UUID | None
    subjects: BothOut
    descriptions: BothOut
    impact: Level
    urgency: Level
    team: str | None
    tags: list[str]
    fields: list[TemplateFieldOut]
    checklist: list[TemplateItemOut]
    due_days: int | None
    active: bool
    updated_at: datetime


class CaseTemplatesOut(Out):
    items: list[CaseTemplateOut]


class CaseTemplateIn(In):
    key: Key
    names: BothIn
    type_key: Code = Field(examples=["complaint"])
    category_id: UUID | None = None
    subjects: SubjectsIn = SubjectsIn()
    descriptions: DescriptionsIn = DescriptionsIn()
    impact: Level = "medium"
    urgency: Level = "medium"
    team: Team | None = None
    tags: Tags = Field(default_factory=list)
    fields: Annotated[list[TemplateFieldIn], Field(max_length=50)] = Field(default_factory=list)
    checklist: Annotated[list[TemplateItemIn], Field(max_length=50)] = Field(default_factory=list)
    due_days: Days | None = None
    active: bool = True


class CaseTemplatePatch(Patch):
    names: BothIn = ABSENT
    type_key: Code = ABSENT
    category_id: UUID | None = ABSENT
    subjects: SubjectsIn = ABSENT
    descriptions: DescriptionsIn = ABSENT
    impact: Level = ABSENT
    urgency: Level = ABSENT
    team: Team | None = ABSENT
    tags: Tags = ABSENT
    fields: Annotated[list[TemplateFieldIn], Field(max_length=50)] = ABSENT
    checklist: Annotated[list[TemplateItemIn], Field(max_length=50)] = ABSENT
    due_days: Days | None = ABSENT
    active: bool = ABSENT


@noun.get("/case-templates", needs="cases.read", fr="Lister les modèles", en="List templates")
async def list_case_templates(call: Call) -> CaseTemplatesOut:
    found = await templates.all_of(call.session, actor=call.actor)
    return CaseTemplatesOut(items=[CaseTemplateOut.model_validate(each) for each in found])


@noun.post("/case-templates", needs="cases.configure", fr="Ajouter un modèle", en="Add a template", status=201)
async def add_case_template(call: Call, body: CaseTemplateIn) -> CaseTemplateOut:
    told: dict[str, Any] = given(body, without="key")
    return CaseTemplateOut.model_validate(await templates.add(call.session, actor=call.actor, key=body.key, given=told))


@noun.get("/case-templates/{key}", needs="cases.read", fr="Lire un modèle", en="Read a template")
async def read_case_template(call: Call, key: Key, query: Sparse) -> CaseTemplateOut:
    return CaseTemplateOut.model_validate(await templates.one(call.session, key, actor=call.actor))


@noun.patch("/case-templates/{key}", needs="cases.configure", fr="Modifier un modèle", en="Change a template")
async def change_case_template(call: Call, key: Key, body: CaseTemplatePatch) -> CaseTemplateOut:
    changed = await templates.change(call.session, key, actor=call.actor, changes=given(body), version=call.version)
    return CaseTemplateOut.model_validate(changed)


@noun.delete(
    "/case-templates/{key}", needs="cases.configure", fr="Retirer un modèle", en="Remove a template", versioned=True
)
async def remove_case_template(call: Call, key: Key) -> None:
    await templates.remove(call.session, key, actor=call.actor, version=call.version)
