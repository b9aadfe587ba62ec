"""Customers' value: scores, stages of life, what is foretold, VIPs, and the next best offer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import Text, cast

from crm_backend.offers import services as offers
from crm_backend.offers.model import ProductPair
from crm_backend.segments import services as segments
from crm_backend.segments.rules import written
from crm_backend.value import rules, services, settings
from crm_backend.value.model import CustomerValue, StageChange, ValueModel, ValueRun, ValueSettings
from server.api import ABSENT, Call, Currency, In, Line, Listing, Minor, Noun, Out, Page, Patch, Sorts, VersionedOut
from server.api.nouns.segments import Rule

noun = Noun("value", fr="Valeur des clients", en="Customer value")
Stage = Literal["prospect", "new", "active", "declining", "lost"]
Score = Annotated[int, Field(ge=1, le=5)]
Chance = Annotated[float, Field(ge=0, le=1)]


class ValueOut(VersionedOut):
    """What is not known is null."""

    customer_id: UUID
    currency: Currency | None = Field(description="Of most of their orders; all amounts here are in it.")
    orders: int
    spent_minor: int
    first_order_at: datetime | None
    last_order_at: datetime | None
    window_orders: int = Field(description="Of the last `window_days`, as is `window_spent_minor`.")
    window_spent_minor: int
    recency_score: Score | None
    frequency_score: Score | None
    monetary_score: Score | None
    stage: Stage | None
    stage_since: datetime | None
    alive: Chance | None = Field(description="Probability of being a customer still, of who bought at least twice.")
    leaving_risk: Chance | None = Field(description="Probability that no order comes within `horizon_days`.")
    expected_orders: float | None = Field(description="Within `horizon_days`.")
    expected_order_minor: int | None = Field(description="What an order of theirs is expected to amount to.")
    lifetime_value_minor: int | None = Field(description="Discounted turnover expected within `horizon_days`.")
    vip: bool
    vip_by_hand: bool | None = Field(description="What somebody decided; null: the rule does.")
    vip_note: str
    vip_at: datetime | None
    figures_at: datetime | None


class VipIn(In):
    vip: bool | None = Field(description="null: the rule decides.")
    note: Annotated[str, StringConstraints(max_length=services.LONGEST_NOTE)] = ""


class StageOut(Out):
    id: UUID
    stage: Stage
    previous: Stage | None
    at: datetime


class StageRules(In):
    prospect: Rule | None = None
    new: Rule | None = None
    active: Rule | None = None
    declining: Rule | None = None


class SettingsOut(VersionedOut):
    window_days: int
    horizon_days: int
    yearly_discount: float
    every_hours: int
    stage_rules: dict[str, Any] = Field(description="By stage, tried in this order; who fits none is lost.")
    vip_rule: dict[str, Any]
    pair_orders: int
    pair_confidence: float
    pair_lift: float
    updated_at: datetime


class SettingsPatch(Patch):
    window_days: Annotated[int, Field(ge=30, le=3_650)] = ABSENT
    horizon_days: Annotated[int, Field(ge=30, le=1_825)] = ABSENT
    yearly_discount: Annotated[float, Field(ge=0, le=1)] = ABSENT
    every_hours: Annotated[int, Field(ge=1, le=720)] = ABSENT
    stage_rules: StageRules = ABSENT
    vip_rule: Rule | None = ABSENT
    pair_orders: Annotated[int, Field(ge=2, le=1_000_000)] = ABSENT
    pair_confidence: Annotated[float, Field(ge=0, le=1)] = ABSENT
    pair_lift: Annotated[float, Field(ge=0, le=1_000)] = ABSENT


class ModelOut(Out):
    id: UUID
    kind: Literal["bg_nbd", "gamma_gamma"]
    currency: str = Field(description="Of the amounts; empty for the model of orders.", examples=["EUR"])
    parameters: dict[str, float] | None = Field(description="null: it could not be fitted, for the `reason` given.")
    statistics: dict[str, Any]
    reason: str | None
    as_of: datetime


class RunOut(Out):
    name: Line = Field(examples=["value"])
    started_at: datetime | None
    finished_at: datetime | None
    details: dict[str, Any]


class PairOut(Out):
    product_id: UUID
    with_id: UUID
    orders: int = Field(description="Orders that hold both.")
    support: Chance
    confidence: Chance = Field(description="Of the orders with `product_id`, the share that hold `with_id` too.")
    lift: float
    computed_at: datetime


class NameOut(Out):
    fr: str | None = None
    en: str | None = None


class OfferOut(Out):
    product_id: UUID
    names: NameOut
    category: str
    price_minor: Minor = Field(description="Of its cheapest variant to be had.")
    currency: Currency
    because_id: UUID = Field(description="What they bought that it goes with.")
    because_names: NameOut
    confidence: Chance
    lift: float
    orders: int


class OffersOut(Out):
    offers: list[OfferOut]
    withheld: Literal["no_consent", "complaint", "upset", "nothing_bought", "nothing_goes_with_it"] | None = Field(
        description="Why nothing is offered."
    )


STAGE_SORTS = Sorts(by=StageChange.id, default="-at", at=StageChange.at)
MODEL_SORTS = Sorts(by=ValueModel.id, default="-as_of", as_of=ValueModel.as_of)
RUN_SORTS = Sorts(by=ValueRun.name, default="name", name=ValueRun.name)
_PAIR = cast(ProductPair.product_id, Text) + cast(ProductPair.with_id, Text)
PAIR_SORTS = Sorts(by=_PAIR, default="-confidence", confidence=ProductPair.confidence, lift=ProductPair.lift)


@noun.get("/customers/{customer_id}/value", needs="customers.read", fr="Lire la valeur d’un client",
          en="Read a customer’s value")  # fmt: skip
async def read_customer_value(call: Call, customer_id: UUID) -> ValueOut:
    return _value(await services.of(call.session, call.actor, customer_id))


@noun.put("/customers/{customer_id}/vip", needs="customers.write", fr="Dire si un client est VIP",
          en="Say whether a customer is a VIP")  # fmt: skip
async def choose_customer_vip(call: Call, customer_id: UUID, body: VipIn) -> ValueOut:
    chosen = await services.choose_vip(
        call.session, call.actor, customer_id, vip=body.vip, note=body.note, version=call.version
    )
    return _value(chosen)


@noun.get("/customers/{customer_id}/stages", needs="customers.read", fr="Lister les étapes d’un client",
          en="List a customer’s stages", sorts=STAGE_SORTS)  # fmt: skip
async def list_customer_stages(call: Call, customer_id: UUID, query: Listing) -> Page[StageOut]:
    statement = await services.stage_history(call.session, call.actor, customer_id)
    return await call.page(statement, query, StageOut.model_validate)


@noun.get("/customers/{customer_id}/offers", needs="customers.read", fr="Lire ce qu’on peut proposer à un client",
          en="Read what may be offered to a customer")  # fmt: skip
async def read_customer_offers(call: Call, customer_id: UUID) -> OffersOut:
    found = await offers.offers_for(call.session, call.actor, customer_id)
    return OffersOut(offers=[OfferOut.model_validate(each) for each in found.offers], withheld=found.withheld)


@noun.get("/product-pairs", needs="catalogue.read", fr="Lister les produits achetés ensemble",
          en="List products bought together", sorts=PAIR_SORTS)  # fmt: skip
async def list_product_pairs(call: Call, query: Listing) -> Page[PairOut]:
    return await call.page(offers.pairs(call.actor), query, PairOut.model_validate)


@noun.get("/value-settings", needs="segments.read", fr="Lire les réglages de la valeur", en="Read the value settings",
          writes=True)  # fmt: skip
async def read_value_settings(call: Call) -> SettingsOut:
    return await _settings(call, await settings.shown(call.session, call.actor))


@noun.patch("/value-settings", needs="segments.write", fr="Modifier les réglages de la valeur",
            en="Change the value settings")  # fmt: skip
async def change_value_settings(call: Call, body: SettingsPatch) -> SettingsOut:
    given = body.given()
    if "stage_rules" in given:
        given["stage_rules"] = body.stage_rules.model_dump(exclude_unset=True)
    return await _settings(call, await settings.change(call.session, call.actor, given, version=call.version))


@noun.get("/value-models", needs="segments.read", fr="Lister les modèles ajustés", en="List the models fitted",
          sorts=MODEL_SORTS)  # fmt: skip
async def list_value_models(call: Call, query: Listing) -> Page[ModelOut]:
    return await call.page(services.fits(call.actor), query, ModelOut.model_validate)


@noun.get("/value-runs", needs="segments.read", fr="Lire quand tout a été calculé", en="Read when all was computed",
          sorts=RUN_SORTS)  # fmt: skip
async def list_value_runs(call: Call, query: Listing) -> Page[RunOut]:
    return await call.page(services.runs(call.actor), query, _run)


def _value(row: CustomerValue) -> ValueOut:
    return ValueOut(**{name: getattr(row, name) for name in ValueOut.model_fields})


def _run(row: ValueRun) -> RunOut:
    return RunOut(name=row.name, started_at=row.started_at, finished_at=row.finished_at, details=row.details)


async def _settings(call: Call, row: ValueSettings) -> SettingsOut:
    known = await segments.fields(call.session)
    given = {name: getattr(row, name) for name in SettingsOut.model_fields}
    given["stage_rules"] = {name: written(rule) for name, rule in rules.stage_rules(row, known).items()}
    given["vip_rule"] = written(rules.vip_rule(row, known))
    return SettingsOut(**given)
