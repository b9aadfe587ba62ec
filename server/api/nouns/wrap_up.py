"""Wrapping up: reasons for closing a conversation, and what each team is asked when one is over."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.wrap_up import reasons, rules
from crm_backend.wrap_up.model import ClosingReason
from server.api import ABSENT, Call, In, Listing, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut

noun = Noun("wrap_up", fr="Clôture", en="Wrapping up")
READS, SETS = "conversations.read", "routing.configure"
Name = Annotated[str, StringConstraints(min_length=1, max_length=reasons.NAME)]
TeamKey = Annotated[str, StringConstraints(min_length=1, max_length=40), Field(examples=["support"])]
Teams = Annotated[list[TeamKey], Field(max_length=reasons.TEAMS, description="Who is offered it; all when empty.")]
Position = Annotated[int, Field(ge=0, le=reasons.LAST, description="The lower, the further up.")]
Mode = Literal["off", "optional", "required"]


class Names(In):
    fr: Name = Field(examples=["Colis en retard"])
    en: Name = Field(examples=["Late parcel"])


class NamesOut(Out):
    fr: str
    en: str


class ClosingReasonOut(VersionedOut):
    id: UUID
    parent_id: UUID | None
    names: NamesOut
    teams: list[str]
    position: int
    archived: bool
    created_at: datetime


class ClosingReasonIn(In):
    names: Names
    parent_id: UUID | None = None
    teams: Teams = Field(default_factory=list)
    position: Position = 0


class ClosingReasonPatch(Patch):
    names: Names = ABSENT
    parent_id: UUID | None = ABSENT
    teams: Teams = ABSENT
    position: Position = ABSENT
    archived: bool = ABSENT


class ClosingReasonQuery(Listing):
    archived: bool = False


class WrapUpRuleOut(VersionedOut):
    team: str = Field(description="`*` is every team without a rule of its own.", examples=["support"])
    mode: Mode
    seconds: int = Field(description="How long the agent’s room is kept after closing.", examples=[60])


class WrapUpRuleIn(In):
    mode: Mode
    seconds: int = Field(0, ge=0, le=rules.LONGEST_SECONDS)


class WrapUpRulesOut(Out):
    items: list[WrapUpRuleOut]


SORTS = Sorts(
    by=ClosingReason.id, default="position", position=ClosingReason.position, created_at=ClosingReason.created_at
)


@noun.get("/closing-reasons", needs=READS, fr="Lister les motifs", en="List reasons for closing", sorts=SORTS)
async def list_closing_reasons(call: Call, query: ClosingReasonQuery) -> Page[ClosingReasonOut]:
    found = reasons.reasons(call.actor, archived=query.archived)
    return await call.page(found, query, ClosingReasonOut.model_validate)


@noun.post("/closing-reasons", needs=SETS, fr="Ajouter un motif", en="Add a reason for closing", status=201)
async def add_closing_reason(call: Call, body: ClosingReasonIn) -> ClosingReasonOut:
    fields = {name: getattr(body, name) for name in ClosingReasonIn.model_fields}
    return ClosingReasonOut.model_validate(await reasons.add(call.session, actor=call.actor, fields=_plain(fields)))


@noun.get("/closing-reasons/{reason_id}", needs=READS, fr="Lire un motif", en="Read a reason for closing")
async def read_closing_reason(call: Call, reason_id: UUID, query: Sparse) -> ClosingReasonOut:
    return ClosingReasonOut.model_validate(await reasons.read(call.session, reason_id, actor=call.actor))


@noun.patch("/closing-reasons/{reason_id}", needs=SETS, fr="Modifier un motif", en="Change a reason for closing")
async def change_closing_reason(call: Call, reason_id: UUID, body: ClosingReasonPatch) -> ClosingReasonOut:
    changes = _plain(body.given())
    row = await reasons.change(call.session, reason_id, actor=call.actor, changes=changes, version=call.version)
    return ClosingReasonOut.model_validate(row)


@noun.delete(
    "/closing-reasons/{reason_id}", needs=SETS, fr="Supprimer un motif", en="Delete a reason for closing",
    versioned=True,
)  # fmt: skip
async def remove_closing_reason(call: Call, reason_id: UUID) -> None:
    await reasons.remove(call.session, reason_id, actor=call.actor, version=call.version)


@noun.get("/wrap-up-rules", needs=READS, fr="Lister les règles de clôture", en="List rules for wrapping up")
async def list_wrap_up_rules(call: Call) -> WrapUpRulesOut:
    found = await rules.listing(call.session, actor=call.actor)
    return WrapUpRulesOut(items=[WrapUpRuleOut.model_validate(row) for row in found])


@noun.put(
    "/wrap-up-rules/{team}", needs=SETS, fr="Définir la règle d’une équipe", en="Set a team’s rule",
    more={
        "fr": "`*` vaut pour les équipes sans règle propre. Une nouvelle règle se donne avec `*` dans `If-Match`.",
        "en": "`*` is every team without its own. A new rule is given with `*` in `If-Match`.",
    },
)  # fmt: skip
async def set_wrap_up_rule(call: Call, team: TeamKey, body: WrapUpRuleIn) -> WrapUpRuleOut:
    row = await rules.put(call.session, team, actor=call.actor, given=body.model_dump(), version=call.version)
    return WrapUpRuleOut.model_validate(row)


@noun.delete(
    "/wrap-up-rules/{team}", needs=SETS, fr="Supprimer la règle d’une équipe", en="Delete a team’s rule",
    versioned=True,
)  # fmt: skip
async def remove_wrap_up_rule(call: Call, team: TeamKey) -> None:
    await rules.remove(call.session, team, actor=call.actor, version=call.version)


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.model_dump() if isinstance(value, In) else value for name, value in fields.items()}
