"""A customer's addresses, identities and consents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import select

from crm_backend.customers import addresses, consenting, identities
from crm_backend.customers.model import Address, Identity
from crm_backend.customers.records import ConsentEvent
from server.api import ABSENT, Call, In, Listing, Moment, Out, Page, Patch, Sorts
from server.api.nouns.customers.noun import noun
from server.api.nouns.customers.people import AddressOut, IdentityOut

Text = Annotated[str, StringConstraints(max_length=200)]
Postcode = Annotated[str, StringConstraints(max_length=40), Field(examples=["69003"])]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["FR"])]
Channel = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{1,30})?$")]


class AddressIn(In):
    line1: Annotated[str, StringConstraints(min_length=1, max_length=200), Field(examples=["12 rue des Lilas"])]
    country: Country
    line2: Text = ""
    city: Text = ""
    region: Text = ""
    postcode: Postcode = ""
    label: Text = ""
    is_default: bool = False


class AddressPatch(Patch):
    line1: Annotated[str, StringConstraints(min_length=1, max_length=200)] = ABSENT
    country: Country = ABSENT
    line2: Text = ABSENT
    city: Text = ABSENT
    region: Text = ABSENT
    postcode: Postcode = ABSENT
    label: Text = ABSENT
    is_default: bool = ABSENT


ADDRESS_SORTS = Sorts(by=Address.id, default="created_at", created_at=Address.created_at)
IDENTITY_SORTS = Sorts(by=Identity.id, default="created_at", created_at=Identity.created_at)
CONSENT_SORTS = Sorts(by=ConsentEvent.id, default="-at", at=ConsentEvent.at)


@noun.get(
    "/customers/{customer_id}/addresses",
    needs="customers.read",
    fr="Lister les adresses",
    en="List addresses",
    sorts=ADDRESS_SORTS,
)
async def list_addresses(call: Call, customer_id: UUID, query: Listing) -> Page[AddressOut]:
    found = select(Address).where(Address.customer_id == customer_id)
    return await call.page(found, query, AddressOut.model_validate)


@noun.post(
    "/customers/{customer_id}/addresses",
    needs="customers.write",
    fr="Ajouter une adresse",
    en="Add an address",
    status=201,
)
async def add_address(call: Call, customer_id: UUID, body: AddressIn) -> AddressOut:
    values = {name: getattr(body, name) for name in AddressIn.model_fields}
    made = await addresses.add(call.session, actor=call.actor, customer_id=customer_id, values=values)
    return AddressOut.model_validate(made)


@noun.patch("/addresses/{address_id}", needs="customers.write", fr="Modifier une adresse", en="Change an address")
async def change_address(call: Call, address_id: UUID, body: AddressPatch) -> AddressOut:
    changed = await addresses.change(
        call.session, actor=call.actor, address_id=address_id, values=body.given(), version=call.version
    )
    return AddressOut.model_validate(changed)


@noun.delete(
    "/addresses/{address_id}", needs="customers.write", fr="Retirer une adresse", en="Remove an address", versioned=True
)
async def remove_address(call: Call, address_id: UUID) -> None:
    await addresses.remove(call.session, actor=call.actor, address_id=address_id, version=call.version)


class IdentityIn(In):
    kind: Literal["email", "phone", "telegram", "whatsapp", "external"]
    value: Annotated[str, StringConstraints(min_length=1, max_length=400), Field(examples=["zoe@example.org"])]
    country: Country | None = Field(None, description="Whose telephone number it is, when it has no country code.")
    verified: bool = Field(False, description="Whoever adds it has checked that it is theirs.")
    primary: bool = False


class IdentityPatch(In):
    primary: Literal[True] | None = None
    verified: Literal[True] | None = None


@noun.get(
    "/customers/{customer_id}/identities",
    needs="customers.read",
    fr="Lister les identités",
    en="List identities",
    sorts=IDENTITY_SORTS,
)
async def list_identities(call: Call, customer_id: UUID, query: Listing) -> Page[IdentityOut]:
    found = select(Identity).where(Identity.customer_id == customer_id)
    return await call.page(found, query, IdentityOut.model_validate)


@noun.post(
    "/customers/{customer_id}/identities",
    needs="customers.write",
    fr="Ajouter une identité",
    en="Add an identity",
    status=201,
)
async def add_identity(call: Call, customer_id: UUID, body: IdentityIn) -> IdentityOut:
    made = await identities.add(
        call.session,
        actor=call.actor,
        customer_id=customer_id,
        kind=body.kind,
        value=body.value,
        country=body.country or "",
        proof="verified" if body.verified else "none",
        primary=body.primary,
    )
    return IdentityOut.model_validate(made)


@noun.post(
    "/identities/{identity_id}/state",
    needs="customers.write",
    fr="Rendre principale ou vérifiée une identité",
    en="Make an identity the primary one, or verified",
)
async def settle_identity(call: Call, identity_id: UUID, body: IdentityPatch) -> IdentityOut:
    found = None
    if body.verified:
        found = await identities.prove(call.session, actor=call.actor, identity_id=identity_id)
    if body.primary or found is None:
        found = await identities.make_primary(call.session, actor=call.actor, identity_id=identity_id)
    return IdentityOut.model_validate(found)


@noun.delete("/identities/{identity_id}", needs="customers.write", fr="Retirer une identité", en="Remove an identity")
async def remove_identity(call: Call, identity_id: UUID) -> None:
    await identities.remove(call.session, actor=call.actor, identity_id=identity_id)


class ConsentEventOut(Out):
    id: UUID
    purpose: str
    channel: str
    given: bool
    how: str
    wording: str
    actor: str
    at: datetime


class ConsentIn(In):
    purpose: Literal["notices", "marketing", "offers", "surveys", "profiling"]
    given: bool
    how: Literal["message", "link", "form", "phone", "mail", "in_person", "contract", "import"]
    channel: Channel = Field("", description="Empty: every channel.")
    wording: Annotated[str, StringConstraints(max_length=2_000)] = ""
    at: Moment | None = None


@noun.get(
    "/customers/{customer_id}/consents",
    needs="customers.read",
    fr="Lire l’historique des consentements",
    en="Read the history of consents",
    sorts=CONSENT_SORTS,
)
async def list_consents(call: Call, customer_id: UUID, query: Listing) -> Page[ConsentEventOut]:
    found = select(ConsentEvent).where(ConsentEvent.customer_id == customer_id)
    return await call.page(found, query, ConsentEventOut.model_validate)


@noun.post(
    "/customers/{customer_id}/consents",
    needs="customers.write",
    fr="Noter un consentement ou un refus",
    en="Record a consent or a refusal",
)
async def record_consent(call: Call, customer_id: UUID, body: ConsentIn) -> ConsentEventOut:
    values = {name: getattr(body, name) for name in ConsentIn.model_fields}
    return ConsentEventOut.model_validate(
        await consenting.decide(call.session, actor=call.actor, customer_id=customer_id, **values)
    )
