"""The loyalty programme, its levels and its members."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from crm_backend.database import utc_now
from crm_backend.errors import NotFound
from crm_backend.loyalty import adjusting, points, services
from crm_backend.loyalty.model import LoyaltyLevel, LoyaltyMember, LoyaltyProgramme
from server.api import ABSENT, Call, Code, Currency, In, Line, Listing, Noun, Out, Page, Patch, Sorts, VersionedOut

noun = Noun("loyalty", fr="Fidélité", en="Loyalty")
Points = Annotated[int, Field(ge=-services.MOST_POINTS, le=services.MOST_POINTS, examples=[50])]
From = Annotated[int, Field(ge=0, le=services.MOST_POINTS, examples=[300])]
Rates = Annotated[
    dict[Currency, Annotated[int, Field(ge=0, le=1000)]], Field(max_length=50, examples=[{"EUR": 1, "GBP": 1}])
]
Lines = Annotated[list[Line], Field(max_length=services.MOST_ADVANTAGES)]


class BothIn(In):
    fr: Line
    en: Line


class LinesIn(In):
    fr: Lines
    en: Lines


class ProgrammeOut(VersionedOut):
    enabled: bool
    names: dict[str, str]
    points_per_unit: dict[str, int] = Field(description="Points for each whole unit of a currency.")
    months: int = Field(description="Whose points the levels go by.", examples=[12])
    pending_days: int = Field(description="From delivery until points are the member’s.", examples=[30])
    updated_at: datetime


class ProgrammePatch(Patch):
    enabled: bool = ABSENT
    names: BothIn = ABSENT
    points_per_unit: Rates = ABSENT
    months: Annotated[int, Field(ge=1, le=60)] = ABSENT
    pending_days: Annotated[int, Field(ge=0, le=365)] = ABSENT


class LevelOut(VersionedOut):
    id: UUID
    key: str = Field(examples=["silver"])
    names: dict[str, str]
    from_points: int
    advantages: dict[str, list[str]]
    created_at: datetime
    updated_at: datetime


class LevelIn(In):
    key: Code
    names: BothIn
    from_points: From
    advantages: LinesIn


class LevelPatch(Patch):
    names: BothIn = ABSENT
    from_points: From = ABSENT
    advantages: LinesIn = ABSENT


class MemberOut(VersionedOut):
    id: UUID
    customer_id: UUID
    joined_at: datetime
    left_at: datetime | None
    created_at: datetime
    updated_at: datetime


class MemberIn(In):
    customer_id: UUID


class MemberQuery(Listing):
    customer_id: UUID | None = None


class ToldLevelOut(Out):
    key: str
    names: dict[str, str]
    from_points: int
    advantages: dict[str, list[str]]


class EntryOut(Out):
    at: datetime
    kind: Literal["order", "refund", "bonus", "correction", "spent"]
    points: int
    balance: int
    order_id: UUID | None
    number: str | None
    reason: str


class StandingOut(Out):
    customer_id: UUID
    joined_at: datetime
    balance: int = Field(description="Points that can be spent.")
    pending: int = Field(description="Points of orders that are on their way, or came not long ago.")
    counted: int = Field(description="Points of the last months, by which the level goes.")
    level: ToldLevelOut | None
    next: ToldLevelOut | None
    missing: int | None = Field(description="Points to the next level.")
    history: list[EntryOut]


class AdjustmentIn(In):
    kind: Literal["bonus", "correction", "spent"]
    points: Points
    reason: Line


class AdjustmentOut(Out):
    id: UUID
    customer_id: UUID
    kind: str
    points: int
    reason: str
    actor: str
    created_at: datetime


MEMBER_SORTS = Sorts(by=LoyaltyMember.id, default="-created_at", created_at=LoyaltyMember.created_at)


@noun.get("/loyalty-programme", needs="customers.read", fr="Lire le programme", en="Read the programme")
async def read_loyalty_programme(call: Call) -> ProgrammeOut:
    return _programme(await services.programme(call.session))


@noun.patch("/loyalty-programme", needs="policies.configure", fr="Modifier le programme", en="Change the programme")
async def change_loyalty_programme(call: Call, body: ProgrammePatch) -> ProgrammeOut:
    given = {name: _plain(value) for name, value in body.given().items()}
    return _programme(await services.change_programme(call.session, actor=call.actor, version=call.version, **given))


@noun.get("/loyalty-levels", needs="customers.read", fr="Lister les niveaux", en="List levels")
async def list_loyalty_levels(call: Call) -> Page[LevelOut]:
    return Page([LevelOut.model_validate(row) for row in await services.levels(call.session)])


@noun.post("/loyalty-levels", needs="policies.configure", fr="Ajouter un niveau", en="Add a level", status=201)
async def add_loyalty_level(call: Call, body: LevelIn) -> LevelOut:
    made = await services.add_level(
        call.session,
        actor=call.actor,
        key=body.key,
        names=body.names.model_dump(),
        from_points=body.from_points,
        advantages=body.advantages.model_dump(),
    )
    return _level(made)


@noun.get("/loyalty-levels/{level_id}", needs="customers.read", fr="Lire un niveau", en="Read a level")
async def read_loyalty_level(call: Call, level_id: UUID) -> LevelOut:
    found = next((row for row in await services.levels(call.session) if row.id == level_id), None)
    if found is None:
        raise NotFound("no such level")
    return _level(found)


@noun.patch("/loyalty-levels/{level_id}", needs="policies.configure", fr="Modifier un niveau", en="Change a level")
async def change_loyalty_level(call: Call, level_id: UUID, body: LevelPatch) -> LevelOut:
    given = {name: _plain(value) for name, value in body.given().items()}
    changed = await services.change_level(call.session, level_id, actor=call.actor, version=call.version, **given)
    return _level(changed)


@noun.delete(
    "/loyalty-levels/{level_id}", needs="policies.configure", fr="Supprimer un niveau", en="Delete a level",
    versioned=True,
)  # fmt: skip
async def remove_loyalty_level(call: Call, level_id: UUID) -> None:
    await services.remove_level(call.session, level_id, actor=call.actor, version=call.version)


@noun.get("/loyalty-members", needs="customers.read", fr="Lister les membres", en="List members", sorts=MEMBER_SORTS)
async def list_loyalty_members(call: Call, query: MemberQuery) -> Page[MemberOut]:
    found = services.members(call.actor, customer_id=query.customer_id)
    return await call.page(found, query, MemberOut.model_validate)


@noun.post("/loyalty-members", needs="customers.write", fr="Inscrire un client", en="Have a customer join")
async def join_loyalty(call: Call, body: MemberIn) -> MemberOut:
    return MemberOut.model_validate(await services.join(call.session, body.customer_id, actor=call.actor))


@noun.post("/customers/{customer_id}/loyalty/leave", needs="customers.write", fr="Quitter", en="Leave")
async def leave_loyalty(call: Call, customer_id: UUID) -> MemberOut:
    return MemberOut.model_validate(await services.leave(call.session, customer_id, actor=call.actor))


@noun.get(
    "/customers/{customer_id}/loyalty", needs="customers.read", fr="Lire points et niveau", en="Read points and level",
)  # fmt: skip
async def read_loyalty(call: Call, customer_id: UUID) -> StandingOut:
    found = await points.status_of(call.session, customer_id, now=utc_now())
    if found is None:
        raise NotFound("no member")
    return StandingOut(
        customer_id=customer_id,
        joined_at=found.joined_at,
        balance=found.balance,
        pending=found.pending,
        counted=found.counted,
        level=_told(found.level),
        next=_told(found.next),
        missing=found.missing,
        history=[
            EntryOut.model_validate(entry) for entry in await points.history(call.session, customer_id, now=utc_now())
        ],
    )


@noun.post(
    "/customers/{customer_id}/loyalty/adjustments", needs="orders.refund", fr="Ajuster les points", en="Adjust points"
)
async def adjust_loyalty(call: Call, customer_id: UUID, body: AdjustmentIn) -> AdjustmentOut:
    values = {name: getattr(body, name) for name in AdjustmentIn.model_fields}
    made = await adjusting.adjust(call.session, customer_id, actor=call.actor, **values)
    return AdjustmentOut.model_validate(made)


def _plain(value: object) -> object:
    return value.model_dump() if isinstance(value, BothIn | LinesIn) else value


def _programme(row: LoyaltyProgramme) -> ProgrammeOut:
    return ProgrammeOut.model_validate(row)


def _level(row: LoyaltyLevel) -> LevelOut:
    return LevelOut.model_validate(row)


def _told(level: points.Level | None) -> ToldLevelOut | None:
    return ToldLevelOut.model_validate(level) if level is not None else None
