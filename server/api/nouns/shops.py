"""Shops, with their hours."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.customers.checks import LANGUAGES
from crm_backend.database import utc_now
from crm_backend.shops import queries, services
from crm_backend.shops.model import Shop
from server.api import (
    ABSENT,
    Call,
    External,
    In,
    Line,
    Listing,
    Noun,
    Out,
    Page,
    Patch,
    Sorts,
    Sparse,
    VersionedOut,
)

noun = Noun("shops", fr="Boutiques", en="Shops")
Service = Literal["collection", "returns", "appointments"]
Country = Annotated[str, StringConstraints(min_length=2, max_length=2), Field(examples=["FR"])]
Note = Annotated[str, StringConstraints(max_length=services.LONGEST_NOTE)]
Notes = Annotated[
    dict[Literal["fr", "en"], Note], Field(max_length=len(LANGUAGES), examples=[{"en": "Enter by the courtyard."}])
]
Phone = Annotated[str, StringConstraints(min_length=1, max_length=60), Field(examples=["+33465710001"])]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, examples=[45.7578])]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[4.832])]
Optional = Annotated[str, StringConstraints(max_length=services.LONGEST)]


class ShopOut(VersionedOut):
    id: UUID
    external_id: str | None
    name: str = Field(examples=["Maison Tilleul Lyon"])
    line1: str
    line2: str
    city: str = Field(examples=["Lyon"])
    postcode: str = Field(examples=["69002"])
    country: str = Field(examples=["FR"])
    phone: str | None
    latitude: float | None
    longitude: float | None
    services: list[str] = Field(examples=[["collection", "returns"]])
    notes: dict[str, str]
    calendar_id: UUID
    active: bool
    created_at: datetime
    updated_at: datetime


class ShopIn(In):
    name: Line
    line1: Line
    city: Line
    country: Country
    calendar_id: UUID
    external_id: External | None = None
    line2: Optional = ""
    postcode: Annotated[str, StringConstraints(max_length=40)] = ""
    phone: Phone | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    services: Annotated[list[Service], Field(max_length=3)] = Field(default_factory=list)
    notes: Notes = Field(default_factory=dict)
    active: bool = True


class ShopPatch(Patch):
    name: Line = ABSENT
    line1: Line = ABSENT
    city: Line = ABSENT
    country: Country = ABSENT
    calendar_id: UUID = ABSENT
    external_id: External | None = ABSENT
    line2: Optional = ABSENT
    postcode: Annotated[str, StringConstraints(max_length=40)] = ABSENT
    phone: Phone | None = ABSENT
    latitude: Latitude | None = ABSENT
    longitude: Longitude | None = ABSENT
    services: Annotated[list[Service], Field(max_length=3)] = ABSENT
    notes: Notes = ABSENT
    active: bool = ABSENT


class ShopQuery(Listing):
    active: bool | None = None
    service: Service | None = None


class PlaceQuery(In):
    place: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="A town or a postcode, as people write them.", examples=["Lyon"]
    )
    service: Service | None = None
    open_now: bool = False


class DayOut(Out):
    day: date
    spans: list[list[int]] = Field(description="Minutes after midnight: opening and closing.", examples=[[[600, 1140]]])
    special: bool = Field(description="Unlike other days of its weekday.")


class FoundShopOut(Out):
    id: UUID
    name: str
    line1: str
    line2: str
    postcode: str
    city: str
    country: str
    phone: str | None
    latitude: float | None
    longitude: float | None
    services: list[str]
    notes: dict[str, str]
    near: Literal["town", "postcode", "area"] | None
    open: bool
    closes_at: datetime | None
    opens_at: datetime | None
    days: list[DayOut]


class FoundShopsOut(Out):
    items: list[FoundShopOut]


SORTS = Sorts(by=Shop.id, default="name", name=Shop.name, city=Shop.city, created_at=Shop.created_at)


@noun.get("/shops", needs="catalogue.read", fr="Lister les boutiques", en="List shops", sorts=SORTS)
async def list_shops(call: Call, query: ShopQuery) -> Page[ShopOut]:
    found = services.shops(call.actor, active=query.active, service=query.service)
    return await call.page(found, query, ShopOut.model_validate)


@noun.post("/shops", needs="catalogue.write", fr="Ajouter une boutique", en="Add a shop", status=201)
async def add_shop(call: Call, body: ShopIn) -> ShopOut:
    values: dict[str, Any] = {name: getattr(body, name) for name in ShopIn.model_fields}
    return ShopOut.model_validate(await services.add(call.session, actor=call.actor, **values))


@noun.get("/shops/{shop_id}", needs="catalogue.read", fr="Lire une boutique", en="Read a shop")
async def read_shop(call: Call, shop_id: UUID, query: Sparse) -> ShopOut:
    return ShopOut.model_validate(await services.shop(call.session, shop_id, actor=call.actor))


@noun.patch("/shops/{shop_id}", needs="catalogue.write", fr="Modifier une boutique", en="Change a shop")
async def change_shop(call: Call, shop_id: UUID, body: ShopPatch) -> ShopOut:
    changed = await services.change(call.session, shop_id, actor=call.actor, version=call.version, **body.given())
    return ShopOut.model_validate(changed)


@noun.delete(
    "/shops/{shop_id}", needs="catalogue.write", fr="Supprimer une boutique", en="Delete a shop", versioned=True
)
async def remove_shop(call: Call, shop_id: UUID) -> None:
    await services.remove(call.session, shop_id, actor=call.actor, version=call.version)


@noun.post(
    "/shops/find",
    needs="catalogue.read",
    fr="Trouver une boutique",
    en="Find a shop",
    more={
        "fr": "Les boutiques d’une ville, ou les plus proches d’un code postal, avec leurs horaires de la semaine.",
        "en": "The shops of a town, or those nearest to a postcode, with their hours of the week.",
    },
)
async def find_shops(call: Call, body: PlaceQuery) -> FoundShopsOut:
    found = await queries.find(
        call.session,
        now=utc_now(),
        place=body.place,
        service=body.service,
        open_now=body.open_now,
        limit=20,
    )
    return FoundShopsOut(items=[_found(one) for one in found])


def _found(one: queries.ShopView) -> FoundShopOut:
    own = ("open", "closes_at", "opens_at", "days", "services")
    plain = {name: getattr(one, name) for name in FoundShopOut.model_fields if name not in own}
    days = [DayOut(day=each.day, spans=[list(span) for span in each.spans], special=each.special) for each in one.days]
    return FoundShopOut(
        **plain,
        services=list(one.services),
        open=one.opening.open,
        closes_at=one.opening.closes_at,
        opens_at=one.opening.opens_at,
        days=days,
    )
