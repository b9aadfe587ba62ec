"""Finding products by customers' words, and comparing two."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.catalogue import comparing, search
from server.api import Call, In, Noun, Out

noun = Noun("product-search", fr="Recherche de produits", en="Product search")


class SearchIn(In):
    words: Annotated[str, StringConstraints(min_length=1, max_length=search.LONGEST)] = Field(examples=["lampe oree"])
    phrase: bool = Field(False, description="The words are a product’s name and nothing else.")
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class FoundVariantOut(Out):
    options: dict[str, str]
    price_minor: int
    currency: str
    available: bool


class FoundProductOut(Out):
    id: UUID
    score: float = Field(ge=0, le=1)
    names: dict[str, str]
    category: str
    descriptions: dict[str, str]
    attributes: dict[str, dict[str, str]]
    price_from: int = Field(description="Minor units.")
    price_to: int
    currency: str
    available: bool
    options: dict[str, list[str]]
    variants: list[FoundVariantOut]


class SearchOut(Out):
    found: list[FoundProductOut]
    near: list[FoundProductOut] = Field(description="A part of what was asked only, where nothing is all of it.")
    unknown: list[str] = Field(description="Words that nothing in the catalogue goes by.")
    refused: list[str] = Field(description="Options that what was found does not come in.")


class CompareIn(In):
    left_id: UUID
    right_id: UUID
    language: Literal["fr", "en"]


class RowOut(Out):
    key: str = Field(examples=["material"])
    label: str = Field(examples=["material"])
    left: str | None
    right: str | None
    same: bool


class ComparisonOut(Out):
    left: FoundProductOut
    right: FoundProductOut
    rows: list[RowOut]


@noun.post("/products/search", needs="catalogue.read", fr="Chercher un produit", en="Search products")
async def search_products(call: Call, body: SearchIn) -> SearchOut:
    told = await search.find(call.session, words=body.words, phrase=body.phrase, limit=body.limit)
    return SearchOut(
        found=[_product(one) for one in told.found],
        near=[_product(one) for one in told.near],
        unknown=list(told.unknown),
        refused=list(told.refused),
    )


@noun.post("/products/compare", needs="catalogue.read", fr="Comparer deux produits", en="Compare two products")
async def compare_products(call: Call, body: CompareIn) -> ComparisonOut:
    told = await comparing.compare(call.session, body.left_id, body.right_id, language=body.language)
    return ComparisonOut(
        left=_product(told.left),
        right=_product(told.right),
        rows=[RowOut.model_validate(row) for row in told.rows],
    )


def _product(one: search.ProductMatch) -> FoundProductOut:
    plain = {name: getattr(one, name) for name in FoundProductOut.model_fields if name != "variants"}
    return FoundProductOut(**plain, variants=[FoundVariantOut(**variant.model_dump()) for variant in one.variants])
