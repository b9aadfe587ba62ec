"""The shapes that the settings of cases come and go in."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from server.api import ABSENT, Code, In, Out, Patch, VersionedOut
from server.api.nouns.cases.shapes import BothIn, BothOut, Level, Priority, Stage, Team

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["complaint"])]
Position = Annotated[int, Field(ge=0, le=10_000)]
Months = Annotated[int, Field(ge=1, le=120)]
Days = Annotated[int, Field(ge=0, le=3650)]
Need = Literal["reason", "resolution_code", "resolution_summary", "agent", "category", "checklist", "children"]


class CaseTypeOut(VersionedOut):
    key: str = Field(examples=["complaint"])
    names: BothOut
    position: int
    active: bool
    team: str
    due_months: int | None = Field(description="A term set by law.")
    extend_months: int | None = Field(description="How much longer it may be made, once.")
    customers_see: bool = Field(description="Whether customers find theirs among their requests.")
    acknowledge: bool = Field(description="Whether the customer gets a mail when it is opened.")
    close_after_days: int | None = Field(description="Days without a word after which a resolved one closes.")


class CaseTypesOut(Out):
    items: list[CaseTypeOut]


class CaseTypeIn(In):
    key: Key
    names: BothIn
    position: Position = 0
    active: bool = True
    team: Team = "support"
    due_months: Months | None = None
    extend_months: Months | None = None
    customers_see: bool = True
    acknowledge: bool = True
    close_after_days: Days | None = 7


class CaseTypePatch(Patch):
    names: BothIn = ABSENT
    position: Position = ABSENT
    active: bool = ABSENT
    team: Team = ABSENT
    due_months: Months | None = ABSENT
    extend_months: Months | None = ABSENT
    customers_see: bool = ABSENT
    acknowledge: bool = ABSENT
    close_after_days: Days | None = ABSENT


class CaseStatusOut(VersionedOut):
    key: str = Field(examples=["waiting_on_customer"])
    names: BothOut
    stage: Stage
    position: int


class CaseStatusesOut(Out):
    items: list[CaseStatusOut]


class CaseStatusIn(In):
    key: Key
    names: BothIn
    stage: Stage
    position: Position = 0


class CaseStatusPatch(Patch):
    names: BothIn = ABSENT
    stage: Stage = ABSENT
    position: Position = ABSENT


class ResolutionOut(VersionedOut):
    key: str = Field(examples=["solved"])
    names: BothOut
    position: int
    active: bool


class ResolutionsOut(Out):
    items: list[ResolutionOut]


class ResolutionIn(In):
    key: Key
    names: BothIn
    position: Position = 0
    active: bool = True


class ResolutionPatch(Patch):
    names: BothIn = ABSENT
    position: Position = ABSENT
    active: bool = ABSENT


class CaseStepIn(In):
    from_status: Code = Field(examples=["open"])
    to_status: Code = Field(examples=["resolved"])
    needs: Annotated[list[Need], Field(max_length=7)] = Field(default_factory=list)
    permission: Annotated[str, Field(max_length=60)] = "cases.write"


class CaseStepOut(Out):
    from_status: str = Field(examples=["open"])
    to_status: str = Field(examples=["resolved"])
    needs: list[str]
    permission: str


class CaseStepsIn(In):
    steps: Annotated[list[CaseStepIn], Field(max_length=500)]


class CaseStepsOut(Out):
    items: list[CaseStepOut]


class UrgencyRow(In):
    low: Priority
    medium: Priority
    high: Priority


class MatrixIn(In):
    low: UrgencyRow
    medium: UrgencyRow
    high: UrgencyRow


class MatrixOut(Out):
    impact: dict[Level, dict[Level, Priority]] = Field(description="By impact, then by urgency.")


class CaseCategoryOut(VersionedOut):
    id: UUID
    parent_id: UUID | None
    names: BothOut
    position: int
    active: bool


class CaseCategoriesOut(Out):
    items: list[CaseCategoryOut]


class CaseCategoryIn(In):
    names: BothIn
    parent_id: UUID | None = None
    position: Position = 0


class CaseCategoryPatch(Patch):
    names: BothIn = ABSENT
    parent_id: UUID | None = ABSENT
    position: Position = ABSENT
    active: bool = ABSENT


def given(body: In, *, without: str = "") -> dict[str, object]:
    """What a body says, nested shapes as plain values."""
    said = body.model_fields_set if isinstance(body, Patch) else set(type(body).model_fields)
    return {name: value for name, value in body.model_dump().items() if name in said and name != without}
