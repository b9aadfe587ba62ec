"""Suggested duplicates, merges and their undoing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import or_, select

from crm_backend.customers import duplicates, merging, undoing
from crm_backend.customers.merges import DuplicatePair, Merge
from crm_backend.errors import NotFound
from server.api import Call, In, Listing, Out, Page, Sorts, Sparse
from server.api.nouns.customers.noun import noun

Choices = Annotated[
    dict[Annotated[str, StringConstraints(max_length=80)], Literal["kept", "gone"]],
    Field(max_length=200, examples=[{"last_name": "gone"}]),
]


class PieceOut(Out):
    kind: str = Field(examples=["email"])
    likeness: int | None = None
    against: bool = False


class DuplicateOut(Out):
    id: UUID
    customers: list[UUID]
    names: list[str]
    score: int
    evidence: list[PieceOut]
    found_at: datetime
    dismissed_at: datetime | None
    dismissed_by: str | None


class DuplicateQuery(Listing):
    customer_id: UUID | None = None
    dismissed: bool = False


DUPLICATE_SORTS = Sorts(by=DuplicatePair.id, default="-score", score=DuplicatePair.score)
MERGE_SORTS = Sorts(by=Merge.id, default="-created_at", created_at=Merge.created_at)


@noun.get(
    "/duplicates",
    needs="customers.read",
    fr="Lister les doublons possibles",
    en="List possible duplicates",
    sorts=DUPLICATE_SORTS,
)
async def list_duplicates(call: Call, query: DuplicateQuery) -> Page[DuplicateOut]:
    found = duplicates.suggestions(call.actor, customer_id=query.customer_id, dismissed=query.dismissed)
    rows, cursor = await call.rows(found, query)
    pairs: list[DuplicatePair] = [row if isinstance(row, DuplicatePair) else row[0] for row in rows]
    names = await duplicates.names_of(call.session, [each for pair in pairs for each in (pair.low_id, pair.high_id)])
    return Page([_pair(pair, names) for pair in pairs], cursor)


@noun.post("/duplicates/{pair_id}/dismiss", needs="customers.merge", fr="Écarter un doublon", en="Dismiss a duplicate")
async def dismiss_duplicate(call: Call, pair_id: UUID) -> DuplicateOut:
    return await _named(call, await duplicates.dismiss(call.session, actor=call.actor, pair_id=pair_id))


@noun.post(
    "/duplicates/{pair_id}/suggest",
    needs="customers.merge",
    fr="Proposer de nouveau un doublon écarté",
    en="Suggest a dismissed duplicate again",
)
async def suggest_duplicate(call: Call, pair_id: UUID) -> DuplicateOut:
    return await _named(call, await duplicates.dismiss(call.session, actor=call.actor, pair_id=pair_id, again=True))


class MergeIn(In):
    gone_id: UUID = Field(description="Who becomes a part of the customer in the path.")
    choices: Choices = Field(default_factory=dict, description="Whose value stays, by field.")


class FieldOut(Out):
    name: str
    kept: Any
    gone: Any
    wins: Literal["kept", "gone"]


class PreviewOut(Out):
    fields: list[FieldOut]
    moved: dict[str, int]
    conversations_left: int = Field(description="Written by somebody else: they go over to nobody.")


class MergeOut(Out):
    id: UUID
    kept_id: UUID
    into_id: UUID
    gone_id: UUID
    actor: str
    evidence: list[PieceOut]
    moved: dict[str, int]
    created_at: datetime
    undone_at: datetime | None
    undone_by: str | None
    outcome: dict[str, Any] | None


@noun.post(
    "/customers/{customer_id}/merge-preview",
    needs="customers.merge",
    fr="Prévoir une fusion",
    en="See what a merge would do",
)
async def preview_merge(call: Call, customer_id: UUID, body: MergeIn) -> PreviewOut:
    found = await merging.preview(
        call.session, actor=call.actor, kept_id=customer_id, gone_id=body.gone_id, choices=body.choices
    )
    return PreviewOut.model_validate(found)


@noun.post(
    "/customers/{customer_id}/merge",
    needs="customers.merge",
    fr="Fusionner deux clients",
    en="Merge two customers",
)
async def merge_customers(call: Call, customer_id: UUID, body: MergeIn) -> MergeOut:
    made = await merging.merge(
        call.session,
        actor=call.actor,
        kept_id=customer_id,
        gone_id=body.gone_id,
        choices=body.choices,
        version=call.version,
    )
    return MergeOut.model_validate(made)


class MergeQuery(Listing):
    customer_id: UUID | None = None


@noun.get("/merges", needs="customers.read", fr="Lister les fusions", en="List merges", sorts=MERGE_SORTS)
async def list_merges(call: Call, query: MergeQuery) -> Page[MergeOut]:
    found = select(Merge)
    if query.customer_id is not None:
        found = found.where(or_(Merge.kept_id == query.customer_id, Merge.gone_id == query.customer_id))
    return await call.page(found, query, MergeOut.model_validate)


@noun.get("/merges/{merge_id}", needs="customers.read", fr="Lire une fusion", en="Read a merge")
async def read_merge(call: Call, merge_id: UUID, query: Sparse) -> MergeOut:
    found = await call.session.get(Merge, merge_id)
    if found is None:
        raise NotFound("no such merge")
    return MergeOut.model_validate(found)


@noun.post("/merges/{merge_id}/undo", needs="customers.merge", fr="Annuler une fusion", en="Undo a merge")
async def undo_merge(call: Call, merge_id: UUID) -> MergeOut:
    return MergeOut.model_validate(await undoing.undo(call.session, actor=call.actor, merge_id=merge_id))


async def _named(call: Call, pair: DuplicatePair) -> DuplicateOut:
    return _pair(pair, await duplicates.names_of(call.session, [pair.low_id, pair.high_id]))


def _pair(pair: DuplicatePair, names: dict[UUID, str]) -> DuplicateOut:
    both = [pair.low_id, pair.high_id]
    return DuplicateOut(
        id=pair.id,
        customers=both,
        names=[names.get(each, "") for each in both],
        score=pair.score,
        evidence=[PieceOut(**piece) for piece in pair.evidence],
        found_at=pair.found_at,
        dismissed_at=pair.dismissed_at,
        dismissed_by=pair.dismissed_by,
    )
