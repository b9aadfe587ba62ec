"""Promotion codes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.database import utc_now
from crm_backend.promo_codes import checking, services
from crm_backend.promo_codes.model import PromoCode, PromoCodeUse
from server.api import (
    ABSENT,
    Call,
    Currency,
    In,
    Line,
    Listing,
    Minor,
    Moment,
    Noun,
    Out,
    Page,
    Patch,
    Sorts,
    Sparse,
    VersionedOut,
)

noun = Noun("promo-codes", fr="Codes promotionnels", en="Promotion codes")
Code = Annotated[str, StringConstraints(min_length=1, max_length=services.LONGEST), Field(examples=["BIENVENUE10"])]
Percent = Annotated[int, Field(ge=1, le=10_000, description="Hundredths of a percent.", examples=[1000])]
Amount = Annotated[int, Field(ge=1, le=10**11, description="Minor units.", examples=[1500])]
Minimum = Annotated[int, Field(ge=0, le=10**11, description="Minor units.", examples=[10000])]
Limit = Annotated[int, Field(ge=1, le=services.MOST_USES)]
Category = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Categories = Annotated[list[Category], Field(max_length=services.MOST_CATEGORIES, examples=[["tableware"]])]
Texts = Annotated[
    dict[Literal["fr", "en"], Annotated[str, StringConstraints(max_length=services.LONGEST_TEXT)]],
    Field(examples=[{"en": "10% off your first order."}]),
]


class PromoCodeOut(VersionedOut):
    id: UUID
    code: str = Field(examples=["BIENVENUE10"])
    kind: Literal["percent", "amount"]
    percent: int | None = Field(description="Hundredths of a percent.")
    amount_minor: int | None
    currency: str | None
    minimum_minor: int
    valid_from: datetime
    valid_to: datetime | None
    usage_limit: int | None
    per_customer: int | None
    categories: list[str]
    texts: dict[str, str]
    active: bool
    created_at: datetime
    updated_at: datetime


class PromoCodeIn(In):
    code: Code
    kind: Literal["percent", "amount"]
    percent: Percent | None = None
    amount_minor: Amount | None = None
    currency: Currency | None = None
    minimum_minor: Minimum = 0
    valid_from: Moment | None = Field(None, description="Now, without it.")
    valid_to: Moment | None = None
    usage_limit: Limit | None = None
    per_customer: Limit | None = None
    categories: Categories = Field(default_factory=list)
    texts: Texts = Field(default_factory=dict)
    active: bool = True


class PromoCodePatch(Patch):
    percent: Percent | None = ABSENT
    amount_minor: Amount | None = ABSENT
    currency: Currency | None = ABSENT
    minimum_minor: Minimum = ABSENT
    valid_from: Moment = ABSENT
    valid_to: Moment | None = ABSENT
    usage_limit: Limit | None = ABSENT
    per_customer: Limit | None = ABSENT
    categories: Categories = ABSENT
    texts: Texts = ABSENT
    active: bool = ABSENT


class PromoCodeQuery(Listing):
    active: bool | None = None
    code: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None


class UseIn(In):
    reference: Line = Field(description="What the shop calls the order.", examples=["10888"])
    customer_id: UUID | None = None
    at: Moment | None = None


class UseOut(Out):
    id: UUID
    promo_code_id: UUID
    reference: str
    customer_id: UUID | None
    at: datetime
    created_at: datetime


class BasketLineIn(In):
    category: Annotated[str, StringConstraints(max_length=100)] = ""
    amount_minor: Minor


class BasketIn(In):
    currency: Currency
    lines: Annotated[list[BasketLineIn], Field(max_length=500)]


class CheckIn(In):
    code: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    basket: BasketIn | None = None
    customer_id: UUID | None = None


class MoneyOut(Out):
    minor: int
    currency: str


class VerdictOut(Out):
    valid: bool
    reason: checking.Reason | None = Field(description="Why it does not hold.", examples=["below_minimum"])
    minimum: MoneyOut | None
    missing: MoneyOut | None
    code: PromoCodeOut | None
    discount_minor: int | None = Field(description="What the basket would cost less.")


CODE_SORTS = Sorts(by=PromoCode.id, default="-created_at", created_at=PromoCode.created_at, code=PromoCode.code)
USE_SORTS = Sorts(by=PromoCodeUse.id, default="-created_at", created_at=PromoCodeUse.created_at)


@noun.get("/promo-codes", needs="orders.read", fr="Lister les codes", en="List codes", sorts=CODE_SORTS)
async def list_promo_codes(call: Call, query: PromoCodeQuery) -> Page[PromoCodeOut]:
    found = services.promo_codes(call.actor, active=query.active, code=query.code)
    return await call.page(found, query, PromoCodeOut.model_validate)


@noun.post("/promo-codes", needs="catalogue.write", fr="Ajouter un code", en="Add a code", status=201)
async def add_promo_code(call: Call, body: PromoCodeIn) -> PromoCodeOut:
    values = {name: getattr(body, name) for name in PromoCodeIn.model_fields if getattr(body, name) is not None}
    return PromoCodeOut.model_validate(await services.add(call.session, actor=call.actor, **values))


@noun.post("/promo-codes/check", needs="orders.read", fr="Vérifier un code", en="Check a code")
async def check_promo_code(call: Call, body: CheckIn) -> VerdictOut:
    basket = None
    if body.basket is not None:
        lines = [checking.BasketLine(line.category, line.amount_minor) for line in body.basket.lines]
        basket = checking.Basket(body.basket.currency, lines)
    told = await checking.check(call.session, body.code, now=utc_now(), basket=basket, customer_id=body.customer_id)
    return VerdictOut(
        valid=told.valid,
        reason=told.reason,
        minimum=_money(told.facts.get("minimum")),
        missing=_money(told.facts.get("missing")),
        code=PromoCodeOut.model_validate(told.code) if told.code is not None else None,
        discount_minor=told.discount_minor,
    )


@noun.get("/promo-codes/{promo_id}", needs="orders.read", fr="Lire un code", en="Read a code")
async def read_promo_code(call: Call, promo_id: UUID, query: Sparse) -> PromoCodeOut:
    return PromoCodeOut.model_validate(await services.promo_code(call.session, promo_id, actor=call.actor))


@noun.patch("/promo-codes/{promo_id}", needs="catalogue.write", fr="Modifier un code", en="Change a code")
async def change_promo_code(call: Call, promo_id: UUID, body: PromoCodePatch) -> PromoCodeOut:
    changed = await services.change(call.session, promo_id, actor=call.actor, version=call.version, **body.given())
    return PromoCodeOut.model_validate(changed)


@noun.get("/promo-codes/{promo_id}/uses", needs="orders.read", fr="Lister les usages", en="List uses", sorts=USE_SORTS)
async def list_promo_code_uses(call: Call, promo_id: UUID, query: Listing) -> Page[UseOut]:
    await services.promo_code(call.session, promo_id, actor=call.actor)
    return await call.page(services.uses(call.actor, promo_id), query, UseOut.model_validate)


@noun.post("/promo-codes/{promo_id}/uses", needs="orders.write", fr="Noter un usage", en="Note a use")
async def add_promo_code_use(call: Call, promo_id: UUID, body: UseIn) -> UseOut:
    values = {name: getattr(body, name) for name in UseIn.model_fields}
    return UseOut.model_validate(await services.used(call.session, promo_id, actor=call.actor, **values))


def _money(given: tuple[int, str] | None) -> MoneyOut | None:
    return MoneyOut(minor=given[0], currency=given[1]) if given is not None else None
