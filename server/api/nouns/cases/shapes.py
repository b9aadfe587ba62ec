"""The shapes that cases come and go in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.cases.values import LARGEST, LONGEST_TAG, MOST_FIELDS, MOST_TAGS
from server.api import ABSENT, Code, In, Line, Listing, Moment, Noun, Out, Patch, VersionedOut, Words

noun = Noun("cases", fr="Dossiers", en="Cases")
Level = Literal["low", "medium", "high"]
Priority = Literal["urgent", "high", "normal", "low"]
Stage = Literal["active", "waiting_customer", "waiting_other", "resolved", "closed"]
Language = Literal["fr", "en"]
Team = Annotated[str, StringConstraints(min_length=1, max_length=40), Field(examples=["support"])]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TAG), Field(examples=["transport"])]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]
Value = (
    Annotated[str, StringConstraints(max_length=2_000)]
    | Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
    | Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
    | bool
    | None
)
Fields = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=40)], Value],
    Field(max_length=MOST_FIELDS, description="What the template asks for.", examples=[{"carrier": "Colissimo"}]),
]
Several = Annotated[list[Code], Field(max_length=20)]


class BothIn(In):
    fr: Line = Field(examples=["Colis abîmé"])
    en: Line = Field(examples=["Damaged parcel"])


class BothOut(Out):
    fr: str = Field("", examples=["Colis abîmé"])
    en: str = Field("", examples=["Damaged parcel"])


class CaseOut(VersionedOut):
    id: UUID
    number: str = Field(examples=["C-2026-000123"])
    type_key: str = Field(examples=["complaint"])
    category_id: UUID | None
    subject: str
    description: str
    customer_id: UUID | None
    language: Language
    channel: str | None = Field(description="Where it came from.", examples=["webchat"])
    status: str = Field(examples=["open"])
    stage: Stage = Field(description="What the status means, whatever a company calls it.")
    impact: Level
    urgency: Level
    priority: Priority = Field(description="From impact and urgency, by the matrix.")
    team: str = Field(examples=["support"])
    agent_id: UUID | None
    tags: list[str]
    fields: dict[str, Any]
    template_key: str | None
    due_at: datetime | None
    due_extended: bool
    resolution_key: str | None = Field(examples=["solved"])
    resolution_summary: str
    parent_id: UUID | None
    duplicate_of_id: UUID | None
    opened_by: str = Field(examples=["agent:018f3b1e-0000-7000-8000-000000000000"])
    created_at: datetime
    updated_at: datetime
    status_since: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    reopened: int = Field(description="How often it came back.")
    acknowledge: Literal["due", "sent", "no_way"] | None = Field(description="The mail that says it was opened.")
    acknowledged_at: datetime | None


class CaseIn(In):
    type_key: Code | None = Field(None, description="Needed without a template.", examples=["complaint"])
    template_key: Code | None = None
    subject: Line | None = Field(None, description="Needed without a template or a conversation.")
    description: Words | None = None
    customer_id: UUID | None = None
    language: Language | None = Field(None, description="The customer’s own, if left out.")
    channel: Code | None = None
    category_id: UUID | None = None
    impact: Level | None = None
    urgency: Level | None = None
    team: Team | None = None
    agent_id: UUID | None = None
    tags: Tags = Field(default_factory=list)
    fields: Fields = Field(default_factory=dict)
    due_at: Moment | None = None
    conversation_id: UUID | None = Field(None, description="What is known there fills what is left out here.")
    order_ids: Annotated[list[UUID], Field(max_length=50)] = Field(default_factory=list)
    parent_id: UUID | None = None
    acknowledge: bool | None = Field(None, description="Whether a mail says so; left out, the type decides.")


class CasePatch(Patch):
    type_key: Code = ABSENT
    subject: Line = ABSENT
    description: Words = ABSENT
    customer_id: UUID | None = ABSENT
    language: Language = ABSENT
    category_id: UUID | None = ABSENT
    impact: Level = ABSENT
    urgency: Level = ABSENT
    team: Team = ABSENT
    agent_id: UUID | None = ABSENT
    tags: Tags = ABSENT
    fields: Fields = ABSENT
    due_at: Moment | None = ABSENT


class CaseFilters(In):
    status: Several = Field(default_factory=list)
    stage: Annotated[list[Stage], Field(max_length=5)] = Field(default_factory=list)
    type_key: Several = Field(default_factory=list)
    priority: Annotated[list[Priority], Field(max_length=4)] = Field(default_factory=list)
    category_id: UUID | None = Field(None, description="With everything below it.")
    team: Annotated[list[Team], Field(max_length=20)] = Field(default_factory=list)
    agent_id: UUID | None = None
    unassigned: bool | None = None
    watcher_id: UUID | None = None
    customer_id: UUID | None = None
    order_id: UUID | None = None
    conversation_id: UUID | None = None
    parent_id: UUID | None = None
    tag: Tags = Field(default_factory=list)
    text: Annotated[
        str | None,
        Field(min_length=3, max_length=200, description="In number or subject: every word, accents or not."),
    ] = None
    open: bool | None = Field(None, description="Neither resolved nor closed.")
    overdue: bool | None = None
    promise: Literal["risk", "late"] | None = Field(
        None, description="With a clock that runs and is past its time (`late`), or nearly so (`risk`)."
    )
    created_from: Moment | None = None
    created_until: Moment | None = None
    updated_from: Moment | None = None
    updated_until: Moment | None = None


class CaseQuery(CaseFilters, Listing):
    pass


class CaseCountsOut(Out):
    total: int
    by_status: dict[str, int] = Field(examples=[{"new": 3, "open": 7}])
    by_team: dict[str, int] = Field(examples=[{"support": 10}])
