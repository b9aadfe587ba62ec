"""The company's own attributes of customers, and the tags in use."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from crm_backend.customers import attributes, tags
from server.api import ABSENT, Call, Code, In, Line, Out, Page, Patch, VersionedOut
from server.api.nouns.customers.noun import noun

Kind = Literal["text", "number", "date", "boolean", "choice", "url"]
Position = Annotated[int, Field(ge=0, le=10_000)]


class Labels(In):
    fr: Line = Field(examples=["Pointure"])
    en: Line = Field(examples=["Shoe size"])


class LabelsOut(Out):
    fr: str
    en: str


class Choice(In):
    value: Code
    labels: Labels


class ChoiceOut(Out):
    value: str
    labels: LabelsOut


class Limits(In):
    longest: Annotated[int, Field(ge=1, le=2_000)] | None = None
    least: int | float | str | None = None
    most: int | float | str | None = None
    whole: bool | None = None


class LimitsOut(Out):
    longest: int | None = None
    least: int | float | str | None = None
    most: int | float | str | None = None
    whole: bool | None = None


class AttributeOut(VersionedOut):
    id: UUID
    key: str = Field(examples=["shoe_size"])
    kind: Kind
    labels: LabelsOut
    required: bool
    is_unique: bool
    choices: list[ChoiceOut]
    limits: LimitsOut
    position: int


class AttributeIn(In):
    key: Code
    kind: Kind
    labels: Labels
    required: bool = False
    is_unique: bool = False
    choices: list[Choice] = Field(default_factory=list, max_length=attributes.MOST_CHOICES)
    limits: Limits = Field(default_factory=Limits)
    position: Position = 0


class AttributePatch(Patch):
    key: Code = ABSENT
    labels: Labels = ABSENT
    required: bool = ABSENT
    is_unique: bool = ABSENT
    choices: list[Choice] = Field(default=ABSENT, max_length=attributes.MOST_CHOICES)
    limits: Limits = ABSENT
    position: Position = ABSENT


class RemoveQuery(In):
    values_too: bool = Field(False, description="Also what customers have there.")


@noun.get("/attributes", needs="customers.read", fr="Lister les attributs", en="List attributes")
async def list_attributes(call: Call) -> Page[AttributeOut]:
    found = await attributes.definitions(call.session, actor=call.actor)
    return Page([AttributeOut.model_validate(each) for each in found])


@noun.post("/attributes", needs="attributes.configure", fr="Définir un attribut", en="Define an attribute", status=201)
async def define_attribute(call: Call, body: AttributeIn) -> AttributeOut:
    made = await attributes.define(call.session, actor=call.actor, values=_plain(body.model_dump(exclude_unset=True)))
    return AttributeOut.model_validate(made)


@noun.patch(
    "/attributes/{attribute_id}", needs="attributes.configure", fr="Modifier un attribut", en="Change an attribute"
)
async def change_attribute(call: Call, attribute_id: UUID, body: AttributePatch) -> AttributeOut:
    changed = await attributes.redefine(
        call.session,
        actor=call.actor,
        definition_id=attribute_id,
        values=_plain(body.model_dump(exclude_unset=True)),
        version=call.version,
    )
    return AttributeOut.model_validate(changed)


@noun.delete(
    "/attributes/{attribute_id}",
    needs="attributes.configure",
    fr="Retirer un attribut",
    en="Remove an attribute",
    versioned=True,
)
async def remove_attribute(call: Call, attribute_id: UUID, query: RemoveQuery) -> None:
    await attributes.remove(
        call.session,
        actor=call.actor,
        definition_id=attribute_id,
        version=call.version,
        values_too=query.values_too,
    )


class TagOut(Out):
    id: UUID
    name: str
    customers: int


class TagIn(In):
    name: Annotated[str, Field(min_length=1, max_length=tags.LONGEST)]


@noun.get("/tags", needs="customers.read", fr="Lister les étiquettes", en="List tags")
async def list_tags(call: Call) -> Page[TagOut]:
    return Page([_tag(each) for each in await tags.used(call.session, actor=call.actor)])


@noun.post("/tags/{tag_id}/rename", needs="attributes.configure", fr="Renommer une étiquette", en="Rename a tag")
async def rename_tag(call: Call, tag_id: UUID, body: TagIn) -> Page[TagOut]:
    await tags.rename(call.session, actor=call.actor, tag_id=tag_id, name=body.name)
    return await list_tags(call)


@noun.delete("/tags/{tag_id}", needs="attributes.configure", fr="Retirer une étiquette", en="Remove a tag")
async def remove_tag(call: Call, tag_id: UUID) -> None:
    await tags.remove(call.session, actor=call.actor, tag_id=tag_id)


def _tag(used: tags.Used) -> TagOut:
    return TagOut(id=used.tag.id, name=used.tag.name, customers=used.customers)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    if "limits" in values:
        values["limits"] = {name: value for name, value in values["limits"].items() if value is not None}
    return values
