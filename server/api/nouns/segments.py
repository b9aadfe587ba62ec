"""Segments: customers whom a saved rule describes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import func

from crm_backend.customers.model import Customer
from crm_backend.segments import fields as asked
from crm_backend.segments import services, taking
from crm_backend.segments.model import Segment
from server.api import ABSENT, Call, File, In, Listing, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut

noun = Noun("segments", fr="Segments", en="Segments")
Name = Annotated[str, StringConstraints(min_length=1, max_length=services.LONGEST_NAME, strip_whitespace=True)]
Description = Annotated[str, StringConstraints(max_length=services.LONGEST_DESCRIPTION)]
Rule = Annotated[
    dict[str, Any],
    Field(
        description="`{all: […]}`, `{any: […]}`, `{not: …}`, or a condition on one of `/segment-fields`.",
        examples=[
            {
                "all": [
                    {"field": "stage", "op": "in", "value": ["new", "active"]},
                    {"field": "spent", "op": "ge", "value": 20000, "currency": "EUR", "within_days": 365},
                ]
            }
        ],
    ),
]
Kind = Literal["number", "money", "text", "choice", "boolean", "date", "set"]


class Labels(Out):
    fr: str | None = None
    en: str | None = None


class FieldOut(Out):
    name: str = Field(examples=["spent"])
    kind: Kind
    labels: Labels
    operators: list[str] = Field(examples=[["eq", "ge", "between"]])
    choices: list[str] = Field(description="The values there are, where these are given.")
    within_days: bool = Field(description="It may be limited to the last days.")
    currency: bool = Field(description="It is an amount, in minor units of a currency that has to be named.")


class SegmentOut(VersionedOut):
    id: UUID
    name: str = Field(examples=["À reconquérir"])
    description: str
    rule: Rule
    count: int | None = Field(None, description="Customers in it now, where `with_count` asked for it.")
    created_at: datetime
    updated_at: datetime


class SegmentIn(In):
    name: Name
    description: Description = ""
    rule: Rule


class SegmentPatch(Patch):
    name: Name = ABSENT
    description: Description = ABSENT
    rule: Rule = ABSENT


class SegmentQuery(Listing):
    with_count: bool = False


class SegmentRead(Sparse):
    with_count: bool = False


class RuleIn(In):
    rule: Rule


class MemberOut(Out):
    id: UUID
    external_id: str | None
    first_name: str
    last_name: str
    language: Literal["fr", "en"]
    created_at: datetime


class PreviewOut(Out):
    count: int
    sample: list[MemberOut] = Field(description="The first ten.")


SEGMENT_SORTS = Sorts(by=Segment.id, default="name", name=func.lower(Segment.name), created_at=Segment.created_at)
MEMBER_SORTS = Sorts(by=Customer.id, default="created_at", created_at=Customer.created_at)


@noun.get(
    "/segment-fields", needs="segments.read", fr="Lister ce que demandent les règles", en="List what rules ask about"
)
async def list_segment_fields(call: Call) -> Page[FieldOut]:
    found = {each.name: each for each in (await services.fields(call.session)).values()}
    return Page([_field(each) for each in found.values()])


@noun.get(
    "/segments", needs="segments.read", fr="Lister les segments", en="List segments", sorts=SEGMENT_SORTS, writes=True
)
async def list_segments(call: Call, query: SegmentQuery) -> Page[SegmentOut]:
    rows, cursor = await call.rows(services.listed(call.actor), query)
    found: list[Segment] = [row[0] for row in rows]
    counts = await services.counts(call.session, call.actor, found) if query.with_count else {}
    known = await services.fields(call.session)
    return Page([_segment(each, known, counts) for each in found], cursor)


@noun.post("/segments", needs="segments.write", fr="Ajouter un segment", en="Add a segment", status=201)
async def add_segment(call: Call, body: SegmentIn) -> SegmentOut:
    made = await services.add(call.session, call.actor, name=body.name, description=body.description, rule=body.rule)
    return _segment(made, await services.fields(call.session), {})


@noun.post("/segments/preview", needs="segments.read", fr="Essayer une règle", en="Try a rule")
async def preview_segment(call: Call, body: RuleIn) -> PreviewOut:
    count, sample = await services.preview(call.session, call.actor, body.rule)
    return PreviewOut(count=count, sample=[MemberOut.model_validate(each) for each in sample])


@noun.get("/segments/{segment_id}", needs="segments.read", fr="Lire un segment", en="Read a segment", writes=True)
async def read_segment(call: Call, segment_id: UUID, query: SegmentRead) -> SegmentOut:
    found = await services.get(call.session, call.actor, segment_id)
    counts = await services.counts(call.session, call.actor, [found]) if query.with_count else {}
    return _segment(found, await services.fields(call.session), counts)


@noun.patch("/segments/{segment_id}", needs="segments.write", fr="Modifier un segment", en="Change a segment")
async def change_segment(call: Call, segment_id: UUID, body: SegmentPatch) -> SegmentOut:
    changed = await services.change(call.session, call.actor, segment_id, version=call.version, **body.given())
    return _segment(changed, await services.fields(call.session), {})


@noun.delete(
    "/segments/{segment_id}", needs="segments.write", fr="Supprimer un segment", en="Delete a segment", versioned=True
)
async def remove_segment(call: Call, segment_id: UUID) -> None:
    await services.remove(call.session, call.actor, segment_id, version=call.version)


@noun.get(
    "/segments/{segment_id}/members", needs="segments.read", fr="Lister les clients d’un segment",
    en="List a segment’s customers", sorts=MEMBER_SORTS, writes=True,
)  # fmt: skip
async def list_segment_members(call: Call, segment_id: UUID, query: Listing) -> Page[MemberOut]:
    segment = await services.get(call.session, call.actor, segment_id)
    statement = services.members(call.actor, await services.rule_of(call.session, segment))
    async with services.patience(call.session):
        return await call.page(statement, query, MemberOut.model_validate)


class CsvQuery(In):
    bom: bool = False


@noun.get(
    "/segments/{segment_id}/members.csv", needs="tables.export", fr="Exporter les clients d’un segment",
    en="Export a segment’s customers", produces="text/csv", writes=True,
    more={
        "fr": "En UTF-8 selon la RFC 4180, avec l’e-mail et le téléphone principaux. Demande aussi `segments.read` et "
        "`customers.read`. Avec `bom=true`, Excel reconnaît les accents.",
        "en": "UTF-8 as in RFC 4180, with the first e-mail address and telephone. Needs `segments.read` and "
        "`customers.read` too. With `bom=true`, Excel reads accents.",
    },
)  # fmt: skip
async def export_segment_members(call: Call, segment_id: UUID, query: CsvQuery) -> File:
    pieces = await taking.members_csv(call.session, call.actor, segment_id, bom=query.bom)
    return File(f"segment-{segment_id}.csv", "text/csv; charset=utf-8", pieces)


@noun.get(
    "/customers/{customer_id}/segments", needs="segments.read", fr="Lister les segments d’un client",
    en="List a customer’s segments",
)  # fmt: skip
async def list_customer_segments(call: Call, customer_id: UUID) -> Page[SegmentOut]:
    found = await services.containing(call.session, call.actor, customer_id)
    known = await services.fields(call.session)
    return Page([_segment(each, known, {}) for each in found])


def _segment(row: Segment, known: Mapping[str, asked.Field], counts: Mapping[UUID, int]) -> SegmentOut:
    return SegmentOut(
        id=row.id,
        name=row.name,
        description=row.description,
        rule=services.shown(row, known),
        count=counts.get(row.id),
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )


def _field(field: asked.Field) -> FieldOut:
    return FieldOut(
        name=field.name,
        kind=field.kind,
        labels=Labels(fr=field.labels.get("fr"), en=field.labels.get("en")),
        operators=list(field.operators),
        choices=list(field.choices),
        within_days=field.within,
        currency=field.kind == "money",
    )
