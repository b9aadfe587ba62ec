"""Policies: what the company allows, as data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.policies import kinds, queries, services
from crm_backend.policies.model import Policy
from server.api import ABSENT, Call, In, Listing, Moment, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut

noun = Noun("policies", fr="Règles de vente", en="Policies")
Kind = Literal["cancel", "change_address", "return", "warranty", "refund", "gift_card", "vat", "company"]
Parameters = Annotated[
    dict[Annotated[str, StringConstraints(max_length=60)], Any], Field(max_length=20, examples=[{"days": 30}])
]
Category = Annotated[str, StringConstraints(max_length=200)]


class PolicyIn(In):
    kind: Kind
    parameters: Parameters
    category: Category = ""
    product_id: UUID | None = None
    valid_from: Moment | None = Field(None, description="Now, without it.")
    valid_to: Moment | None = None


class PolicyPatch(Patch):
    parameters: Parameters = ABSENT
    valid_to: Moment = ABSENT


class PolicyOut(VersionedOut):
    id: UUID
    kind: Kind
    parameters: dict[str, Any]
    category: str
    product_id: UUID | None
    valid_from: datetime
    valid_to: datetime | None
    created_at: datetime


class DefaultsOut(Out):
    kinds: dict[str, dict[str, Any]] = Field(description="By kind, what holds where no policy does.")


class PolicyQuery(Listing):
    kind: Kind | None = None
    category: Category | None = None
    product_id: UUID | None = None
    at: Moment | None = Field(None, description="Those that hold at this instant.")


SORTS = Sorts(by=Policy.id, default="-valid_from", valid_from=Policy.valid_from, created_at=Policy.created_at)


@noun.get("/policies", needs="orders.read", fr="Lister les règles", en="List policies", sorts=SORTS)
async def list_policies(call: Call, query: PolicyQuery) -> Page[PolicyOut]:
    found = queries.policies(
        call.actor, kind=query.kind, category=query.category, product_id=query.product_id, at=query.at
    )
    return await call.page(found, query, PolicyOut.model_validate)


@noun.get("/policy-defaults", needs="orders.read", fr="Lire les règles par défaut", en="Read the defaults")
async def read_policy_defaults(call: Call) -> DefaultsOut:
    return DefaultsOut(kinds={name: kind().model_dump(mode="json") for name, kind in kinds.KINDS.items()})


@noun.post("/policies", needs="policies.configure", fr="Ajouter une règle", en="Add a policy", status=201)
async def add_policy(call: Call, body: PolicyIn) -> PolicyOut:
    values = {name: getattr(body, name) for name in PolicyIn.model_fields}
    return PolicyOut.model_validate(await services.add(call.session, actor=call.actor, **values))


@noun.get("/policies/{policy_id}", needs="orders.read", fr="Lire une règle", en="Read a policy")
async def read_policy(call: Call, policy_id: UUID, query: Sparse) -> PolicyOut:
    return PolicyOut.model_validate(await queries.policy(call.session, policy_id, actor=call.actor))


@noun.patch("/policies/{policy_id}", needs="policies.configure", fr="Modifier une règle", en="Change a policy")
async def change_policy(call: Call, policy_id: UUID, body: PolicyPatch) -> PolicyOut:
    changed = await services.change(call.session, policy_id, actor=call.actor, version=call.version, **body.given())
    return PolicyOut.model_validate(changed)


@noun.delete(
    "/policies/{policy_id}", needs="policies.configure", fr="Supprimer une règle", en="Remove a policy",
    versioned=True,
)  # fmt: skip
async def remove_policy(call: Call, policy_id: UUID) -> None:
    await services.remove(call.session, policy_id, actor=call.actor, version=call.version)
