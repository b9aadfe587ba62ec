"""Service levels: policies and their versions, contracts, and the clocks of cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import func

from crm_backend.cases import queries as cases
from crm_backend.service_levels import clocks, contracts, policies
from crm_backend.service_levels.contracts import MOST_CASES, MOST_MINUTES
from crm_backend.service_levels.model import CaseClock, ServiceContract, ServicePolicy
from crm_backend.service_levels.policies import LONGEST_TARGET
from server.api import ABSENT, Call, Day, In, Listing, Moment, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut

noun = Noun("service-levels", fr="Niveaux de service", en="Service levels")
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), Field(examples=["Standard"])
]
Minutes = Annotated[int, Field(ge=1, le=LONGEST_TARGET, description="Minutes of business time.", examples=[240])]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Actions = Annotated[
    list[dict[str, Any]],
    Field(max_length=20, description="Actions as rules have them.", examples=[[{"do": "raise_priority"}]]),
]
Priority = Literal["urgent", "high", "normal", "low"]
Kind = Literal["first_response", "next_response", "resolution"]


class PolicyOut(VersionedOut):
    id: UUID
    name: str = Field(examples=["Standard"])
    enabled: bool
    rank: int = Field(description="Among equally specific policies the lowest comes first.", examples=[100])
    contract_id: UUID | None
    segment_id: UUID | None
    type_key: str | None = Field(examples=["complaint"])
    priority: str | None = Field(examples=["urgent"])
    channel: str | None = Field(examples=["mail"])
    calendar_id: UUID
    first_response: int | None = Field(examples=[240])
    next_response: int | None = Field(examples=[240])
    resolution: int | None = Field(examples=[2400])
    warn_percent: int = Field(description="When a warning is given, in percent of the target.", examples=[80])
    pause_on_third_party: bool
    bot_counts: bool = Field(description="Whether an answer of the assistant counts as one.")
    on_warning: list[dict[str, Any]]
    on_breach: list[dict[str, Any]] = Field(examples=[[{"do": "escalate"}]])
    created_at: datetime


class PolicyVersionOut(Out):
    number: int
    terms: dict[str, Any]
    actor: str = Field(examples=["command-line"])
    created_at: datetime


class PolicyIn(In):
    name: Name
    enabled: bool = True
    rank: Annotated[int, Field(ge=0, le=10_000)] = 100
    contract_id: UUID | None = None
    segment_id: UUID | None = None
    type_key: Word | None = None
    priority: Priority | None = None
    channel: Word | None = None
    calendar_id: UUID
    first_response: Minutes | None = None
    next_response: Minutes | None = None
    resolution: Minutes | None = None
    warn_percent: Annotated[int, Field(ge=1, le=100)] = 80
    pause_on_third_party: bool = False
    bot_counts: bool = False
    on_warning: Actions = Field(default_factory=list)
    on_breach: Actions = Field(default_factory=list)


class PolicyPatch(Patch):
    name: Name = ABSENT
    enabled: bool = ABSENT
    rank: Annotated[int, Field(ge=0, le=10_000)] = ABSENT
    contract_id: UUID | None = ABSENT
    segment_id: UUID | None = ABSENT
    type_key: Word | None = ABSENT
    priority: Priority | None = ABSENT
    channel: Word | None = ABSENT
    calendar_id: UUID = ABSENT
    first_response: Minutes | None = ABSENT
    next_response: Minutes | None = ABSENT
    resolution: Minutes | None = ABSENT
    warn_percent: Annotated[int, Field(ge=1, le=100)] = ABSENT
    pause_on_third_party: bool = ABSENT
    bot_counts: bool = ABSENT
    on_warning: Actions = ABSENT
    on_breach: Actions = ABSENT
    recompute: bool = Field(ABSENT, description="Whether open cases are counted anew; else it is for those to come.")


class PolicyQuery(Listing):
    enabled: bool | None = None


class ContractOut(VersionedOut):
    id: UUID
    customer_id: UUID
    name: str = Field(examples=["Gold 2026"])
    valid_from: date
    valid_until: date | None
    included_cases: int | None = Field(examples=[20])
    included_minutes: int | None = Field(examples=[600])
    active: bool
    created_at: datetime


class UsedContractOut(ContractOut):
    used_cases: int
    used_minutes: int


class ContractIn(In):
    customer_id: UUID
    name: Name
    valid_from: Day
    valid_until: Day | None = None
    included_cases: Annotated[int, Field(ge=0, le=MOST_CASES)] | None = None
    included_minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)] | None = None
    active: bool = True


class ContractPatch(Patch):
    name: Name = ABSENT
    valid_from: Day = ABSENT
    valid_until: Day | None = ABSENT
    included_cases: Annotated[int, Field(ge=0, le=MOST_CASES)] | None = ABSENT
    included_minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)] | None = ABSENT
    active: bool = ABSENT


class ContractQuery(Listing):
    customer_id: UUID | None = None
    active: bool | None = None


class WorkIn(In):
    minutes: Annotated[int, Field(ge=-1440, le=1440, description="Negative to take some back.", examples=[15])]


class UsedOut(Out):
    cases: int
    minutes: int


class ClockOut(Out):
    id: UUID
    case_id: UUID
    kind: Kind
    round: int = Field(examples=[1])
    state: Literal["running", "paused", "met", "cancelled"]
    policy_id: UUID | None
    policy_version: int
    calendar_id: UUID
    target: int = Field(description="Minutes of business time.", examples=[240])
    started_at: datetime
    due_at: datetime | None = Field(description="None while it stands still.")
    warned_at: datetime | None
    breached_at: datetime | None
    met_at: datetime | None
    late: bool


class ClockQuery(Listing):
    kind: Kind | None = None
    due_before: Moment | None = None


POLICY_SORTS = Sorts(by=ServicePolicy.id, default="rank", rank=ServicePolicy.rank, name=func.lower(ServicePolicy.name))
CONTRACT_SORTS = Sorts(by=ServiceContract.id, default="-valid_from", valid_from=ServiceContract.valid_from)
CLOCK_SORTS = Sorts(by=CaseClock.id, default="due_at", due_at=CaseClock.due_at)


@noun.get("/service-policies", needs="cases.read", fr="Lister les politiques", en="List policies", sorts=POLICY_SORTS)
async def list_service_policies(call: Call, query: PolicyQuery) -> Page[PolicyOut]:
    statement = policies.listed(call.actor, enabled=query.enabled)
    return await call.page(statement, query, PolicyOut.model_validate)


@noun.post(
    "/service-policies", needs="service_levels.configure", fr="Ajouter une politique", en="Add a policy", status=201
)
async def add_service_policy(call: Call, body: PolicyIn) -> PolicyOut:
    return PolicyOut.model_validate(await policies.add(call.session, actor=call.actor, fields=body.model_dump()))


@noun.get("/service-policies/{policy_id}", needs="cases.read", fr="Lire une politique", en="Read a policy")
async def read_service_policy(call: Call, policy_id: UUID, query: Sparse) -> PolicyOut:
    return PolicyOut.model_validate(await policies.one(call.session, policy_id, actor=call.actor))


@noun.patch(
    "/service-policies/{policy_id}", needs="service_levels.configure", fr="Modifier une politique", en="Change a policy"
)
async def change_service_policy(call: Call, policy_id: UUID, body: PolicyPatch) -> PolicyOut:
    changes = body.given()
    recompute = bool(changes.pop("recompute", False))
    changed, _ = await policies.change(
        call.session, policy_id, actor=call.actor, changes=changes, version=call.version, recompute=recompute
    )
    return PolicyOut.model_validate(changed)


@noun.delete(
    "/service-policies/{policy_id}", needs="service_levels.configure", fr="Supprimer une politique",
    en="Delete a policy", versioned=True,
)  # fmt: skip
async def remove_service_policy(call: Call, policy_id: UUID) -> None:
    await policies.remove(call.session, policy_id, actor=call.actor, version=call.version)


@noun.get(
    "/service-policies/{policy_id}/versions", needs="cases.read", fr="Lister les versions d’une politique",
    en="List a policy’s versions",
)  # fmt: skip
async def list_service_policy_versions(call: Call, policy_id: UUID) -> Page[PolicyVersionOut]:
    found = await policies.versions(call.session, policy_id, actor=call.actor)
    return Page([PolicyVersionOut.model_validate(each) for each in found])


@noun.get("/service-contracts", needs="cases.read", fr="Lister les contrats", en="List contracts", sorts=CONTRACT_SORTS)
async def list_service_contracts(call: Call, query: ContractQuery) -> Page[ContractOut]:
    statement = contracts.listed(call.actor, customer_id=query.customer_id, active=query.active)
    return await call.page(statement, query, ContractOut.model_validate)


@noun.post(
    "/service-contracts", needs="service_levels.configure", fr="Ajouter un contrat", en="Add a contract", status=201
)
async def add_service_contract(call: Call, body: ContractIn) -> ContractOut:
    fields = body.model_dump(exclude={"customer_id"})
    made = await contracts.add(call.session, actor=call.actor, customer_id=body.customer_id, fields=fields)
    return ContractOut.model_validate(made)


@noun.get("/service-contracts/{contract_id}", needs="cases.read", fr="Lire un contrat", en="Read a contract")
async def read_service_contract(call: Call, contract_id: UUID, query: Sparse) -> UsedContractOut:
    found = await contracts.one(call.session, contract_id, actor=call.actor)
    used = await contracts.used(call.session, contract_id)
    shown = ContractOut.model_validate(found).model_dump()
    return UsedContractOut(**shown, used_cases=used.cases, used_minutes=used.minutes)


@noun.patch(
    "/service-contracts/{contract_id}", needs="service_levels.configure", fr="Modifier un contrat",
    en="Change a contract",
)  # fmt: skip
async def change_service_contract(call: Call, contract_id: UUID, body: ContractPatch) -> ContractOut:
    changed = await contracts.change(
        call.session, contract_id, actor=call.actor, changes=body.given(), version=call.version
    )
    return ContractOut.model_validate(changed)


@noun.post(
    "/cases/{case_id}/work", needs="cases.write", fr="Compter du travail sur un dossier", en="Count work on a case"
)
async def count_case_work(call: Call, case_id: UUID, body: WorkIn) -> UsedOut:
    await cases.one(call.session, case_id, actor=call.actor)
    used = await contracts.record_work(call.session, case_id, actor=call.actor, minutes=body.minutes)
    return UsedOut(cases=used.cases, minutes=used.minutes)


@noun.get("/cases/{case_id}/clocks", needs="cases.read", fr="Lire les délais d’un dossier", en="Read a case’s clocks")
async def list_case_clocks(call: Call, case_id: UUID) -> Page[ClockOut]:
    await cases.one(call.session, case_id, actor=call.actor)
    return Page([_clock(each) for each in await clocks.of_case(call.session, case_id)])


@noun.get(
    "/clocks", needs="cases.read", fr="Lister les délais qui courent", en="List running clocks", sorts=CLOCK_SORTS
)
async def list_running_clocks(call: Call, query: ClockQuery) -> Page[ClockOut]:
    statement = clocks.running(call.actor, kind=query.kind, due_before=query.due_before)
    return await call.page(statement, query, _clock)


def _clock(row: CaseClock) -> ClockOut:
    return ClockOut(**{name: getattr(row, name) for name in ClockOut.model_fields})
