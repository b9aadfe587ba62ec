"""Making, reading, changing, listing and finding customers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import select

from crm_backend.customers import attribute_values, page, profiles, search, tags
from crm_backend.customers.model import Customer
from crm_backend.customers.page import CustomerPage
from crm_backend.customers.records import CustomerTag, Tag
from crm_backend.errors import Invalid
from server.api import ABSENT, Call, Day, External, In, Listing, Moment, Out, Page, Patch, Sorts, Sparse, VersionedOut
from server.api.nouns.customers.noun import noun

Language = Literal["fr", "en"]
Name = Annotated[str, StringConstraints(max_length=200), Field(examples=["Zoé"])]
Hour = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"), Field(examples=["18:30"])]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}$"), Field(examples=["email"])]
Zone = Annotated[str, StringConstraints(max_length=60), Field(examples=["Europe/Paris"])]
AttributeKey = Annotated[str, StringConstraints(max_length=60)]
Value = str | int | float | bool


class CustomerOut(VersionedOut):
    id: UUID
    external_id: str | None = Field(description="The company’s own number of them.", examples=["C-1042"])
    first_name: str
    last_name: str
    language: Language
    company: str
    birth_date: date | None
    time_zone: str | None
    created_at: datetime
    updated_at: datetime


class IdentityOut(Out):
    id: UUID
    kind: str = Field(examples=["email"])
    value: str = Field(examples=["zoe@example.org"])
    proof: Literal["none", "channel", "verified"]
    proved_at: datetime | None
    is_primary: bool
    shown_name: str | None
    unreachable_since: datetime | None
    created_at: datetime


class AddressOut(VersionedOut):
    id: UUID
    label: str
    line1: str
    line2: str
    city: str
    region: str
    postcode: str = Field(examples=["69003"])
    country: str = Field(description="ISO 3166-1 alpha-2.", examples=["FR"])
    is_default: bool


class WishesOut(Out):
    channel: str | None
    hours_from: Hour | None
    hours_until: Hour | None


class ConsentOut(Out):
    purpose: str
    channel: str
    given: bool
    basis: Literal["contract", "consent", "interest"] | None
    how: str | None
    at: datetime | None


class PlaceOut(Out):
    group_id: UUID
    kind: Literal["household", "company"]
    name: str
    role: str


class CountsOut(Out):
    orders: int
    conversations: int
    cases: int
    open_cases: int
    notes: int
    documents: int
    duplicates: int


class WholeCustomerOut(CustomerOut):
    wishes: WishesOut
    identities: list[IdentityOut]
    addresses: list[AddressOut]
    consents: list[ConsentOut]
    attributes: dict[str, Value]
    tags: list[str]
    groups: list[PlaceOut]
    counts: CountsOut


class CustomerIn(In):
    first_name: Name = ""
    last_name: Name = ""
    language: Language = "fr"
    company: Name = ""
    birth_date: Day | None = None
    time_zone: Zone | None = None
    external_id: External | None = None
    channel: Channel | None = Field(None, description="Where they like to be written to.")
    hours_from: Hour | None = None
    hours_until: Hour | None = None


class CustomerPatch(Patch):
    first_name: Name = ABSENT
    last_name: Name = ABSENT
    language: Language = ABSENT
    company: Name = ABSENT
    birth_date: Day | None = ABSENT
    time_zone: Zone | None = ABSENT
    external_id: External | None = ABSENT
    channel: Channel | None = ABSENT
    hours_from: Hour | None = ABSENT
    hours_until: Hour | None = ABSENT


class CustomerQuery(Listing):
    external_id: External | None = None
    language: Language | None = None
    tag: Annotated[str | None, StringConstraints(max_length=40)] = None
    created_after: Moment | None = None
    updated_after: Moment | None = None


CUSTOMER_SORTS = Sorts(
    by=Customer.id, default="-created_at", created_at=Customer.created_at, last_name=Customer.last_name
)


@noun.get("/customers", needs="customers.read", fr="Lister les clients", en="List customers", sorts=CUSTOMER_SORTS)
async def list_customers(call: Call, query: CustomerQuery) -> Page[CustomerOut]:
    call.actor.need("customers.read")
    found = select(Customer)
    if query.external_id is not None:
        found = found.where(Customer.external_id == query.external_id)
    if query.language is not None:
        found = found.where(Customer.language == query.language)
    if query.tag is not None:
        having = select(CustomerTag.customer_id).join(Tag, Tag.id == CustomerTag.tag_id)
        found = found.where(Customer.id.in_(having.where(Tag.key == query.tag.casefold())))
    if query.created_after is not None:
        found = found.where(Customer.created_at > query.created_after)
    if query.updated_after is not None:
        found = found.where(Customer.updated_at > query.updated_after)
    return await call.page(found, query, CustomerOut.model_validate)


@noun.post("/customers", needs="customers.write", fr="Ajouter un client", en="Add a customer", status=201)
async def add_customer(call: Call, body: CustomerIn) -> CustomerOut:
    values = {name: getattr(body, name) for name in type(body).model_fields if name in body.model_fields_set}
    made = await profiles.create(call.session, actor=call.actor, values=_hours(values))
    return CustomerOut.model_validate(made)


@noun.get(
    "/customers/{customer_id}", needs="customers.read", fr="Lire la fiche d’un client", en="Read all of a customer"
)
async def read_customer(call: Call, customer_id: UUID, query: Sparse) -> WholeCustomerOut:
    return _whole(await page.page(call.session, actor=call.actor, customer_id=customer_id))


@noun.patch("/customers/{customer_id}", needs="customers.write", fr="Modifier un client", en="Change a customer")
async def change_customer(call: Call, customer_id: UUID, body: CustomerPatch) -> CustomerOut:
    values = _hours(body.given())
    changed = await profiles.change(
        call.session, actor=call.actor, customer_id=customer_id, values=values, version=call.version
    )
    return CustomerOut.model_validate(changed)


class AttributesIn(In):
    attributes: dict[AttributeKey, Value | None] = Field(max_length=200, examples=[{"shoe_size": 42}])


class AttributesOut(Out):
    attributes: dict[str, Value]


@noun.post(
    "/customers/{customer_id}/attributes",
    needs="customers.write",
    fr="Renseigner des attributs",
    en="Set attributes",
    more={"fr": "null retire une valeur.", "en": "null takes a value away."},
)
async def set_attributes(call: Call, customer_id: UUID, body: AttributesIn) -> AttributesOut:
    values: dict[str, Any] = dict(body.attributes)
    there = await attribute_values.set_values(
        call.session, actor=call.actor, customer_id=customer_id, values=values, version=call.version
    )
    return AttributesOut(attributes=there)


class TagsIn(In):
    tags: list[Annotated[str, StringConstraints(max_length=40)]] = Field(max_length=200, examples=[["VIP"]])


class TagsOut(Out):
    tags: list[str]


@noun.post("/customers/{customer_id}/tags", needs="customers.write", fr="Étiqueter un client", en="Set tags")
async def set_tags(call: Call, customer_id: UUID, body: TagsIn) -> TagsOut:
    return TagsOut(tags=await tags.set_tags(call.session, actor=call.actor, customer_id=customer_id, names=body.tags))


class MatchOut(Out):
    by: str = Field(examples=["email"])
    value: str
    score: int


class HitOut(Out):
    id: UUID
    first_name: str
    last_name: str
    company: str
    language: Language
    matches: list[MatchOut]


class SearchQuery(In):
    q: Annotated[str, StringConstraints(max_length=200), Field(examples=["zoe lefevre"])]
    limit: Annotated[int, Field(ge=1, le=search.MOST)] = 20


@noun.get("/customer-search", needs="customers.read", fr="Chercher un client", en="Find customers")
async def find_customers(call: Call, query: SearchQuery) -> Page[HitOut]:
    hits = await search.search(call.session, actor=call.actor, wanted=query.q, limit=query.limit)
    return Page([_hit(hit) for hit in hits])


def _hit(hit: search.Hit) -> HitOut:
    told = {name: getattr(hit, name) for name in ("first_name", "last_name", "company", "language")}
    return HitOut(id=hit.customer_id, matches=[MatchOut.model_validate(each) for each in hit.matches], **told)


def _hours(values: dict[str, Any]) -> dict[str, Any]:
    read = {}
    for name in ("hours_from", "hours_until"):
        if values.get(name) is not None:
            try:
                read[name] = time.fromisoformat(values[name])
            except ValueError:
                raise Invalid(name, "time") from None
    return values | read


def _whole(found: CustomerPage) -> WholeCustomerOut:
    wishes = found.wishes
    return WholeCustomerOut(
        **found.customer._asdict(),
        wishes=WishesOut(
            channel=(wishes.channel or None) if wishes else None,
            hours_from=_told(wishes.hours_from) if wishes else None,
            hours_until=_told(wishes.hours_until) if wishes else None,
        ),
        identities=[IdentityOut.model_validate(each) for each in found.identities],
        addresses=[AddressOut.model_validate(each) for each in found.addresses],
        consents=[ConsentOut.model_validate(each) for each in found.consents],
        attributes=found.attributes,
        tags=found.tags,
        groups=[PlaceOut.model_validate(each) for each in found.groups],
        counts=CountsOut.model_validate(found.counts),
    )


def _told(hour: time | None) -> str | None:
    return hour.strftime("%H:%M") if hour else None
