"""Products and their variants."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.catalogue import addresses, services
from crm_backend.catalogue.model import Product, Variant
from server.api import (
    ABSENT,
    Call,
    Currency,
    External,
    In,
    Line,
    Listing,
    Minor,
    Noun,
    Out,
    Page,
    Patch,
    Sorts,
    Sparse,
    VersionedOut,
)

noun = Noun("catalogue", fr="Catalogue", en="Catalogue")
Category = Annotated[str, StringConstraints(max_length=services.LONGEST_CATEGORY), Field(examples=["tableware"])]
Rate = Annotated[int, Field(ge=0, le=10_000, description="Hundredths of a percent.", examples=[2000])]
Exclusion = Literal["hygiene", "made_to_measure"]
Options = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=50)],
        Annotated[str, StringConstraints(max_length=200)],
    ],
    Field(max_length=services.MOST_OPTIONS, examples=[{"colour": "blue"}]),
]


class Names(In):
    fr: Line | None = Field(None, examples=["Assiette Terroir"])
    en: Line | None = Field(None, examples=["Terroir plate"])

    def kept(self) -> dict[str, str]:
        return {language: name for language, name in (("fr", self.fr), ("en", self.en)) if name is not None}


class NamesOut(Out):
    fr: str | None = Field(None, examples=["Assiette Terroir"])
    en: str | None = Field(None, examples=["Terroir plate"])


Text = Annotated[str, StringConstraints(max_length=services.LONGEST_DESCRIPTION)]
Attributes = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=50)],
        Annotated[str, StringConstraints(max_length=services.LONGEST_ATTRIBUTE)],
    ],
    Field(max_length=services.MOST_ATTRIBUTES, examples=[{"material": "oak", "care": "Oil it once a year"}]),
]
Descriptions = Annotated[dict[Literal["fr", "en"], Text], Field(examples=[{"en": "Thrown by hand."}])]
AttributesByLanguage = Annotated[
    dict[Literal["fr", "en"], Attributes],
    Field(
        description="By language, values under the same keys; `material`, `dimensions`, `care`, `warranty` are known."
    ),
]


Address = Annotated[
    str,
    StringConstraints(max_length=addresses.LONGEST),
    Field(description="Begins with `https://`, or with `/` for this site.", examples=["https://shop.example/p/12"]),
]
Pages = Annotated[dict[Literal["fr", "en"], Address], Field(description="The shop’s page by language.")]


class ProductOut(VersionedOut):
    id: UUID
    external_id: str | None = Field(examples=["TERROIR-4"])
    names: NamesOut
    descriptions: dict[str, str]
    attributes: dict[str, dict[str, str]] = Field(examples=[{"en": {"material": "oak"}}])
    image: str | None
    pages: dict[str, str]
    category: str = Field(examples=["tableware"])
    vat_rate: int | None = Field(description="Hundredths of a percent; null: the policy’s.", examples=[2000])
    return_exclusion: Exclusion | None
    created_at: datetime
    updated_at: datetime


class ProductIn(In):
    names: Names
    descriptions: Descriptions = Field(default_factory=dict)
    attributes: AttributesByLanguage = Field(default_factory=dict)
    image: Address | None = None
    pages: Pages = Field(default_factory=dict)
    external_id: External | None = None
    category: Category = ""
    vat_rate: Rate | None = None
    return_exclusion: Exclusion | None = None


class ProductPatch(Patch):
    names: Names = ABSENT
    descriptions: Descriptions = ABSENT
    attributes: AttributesByLanguage = ABSENT
    image: Address | None = ABSENT
    pages: Pages = ABSENT
    external_id: External | None = ABSENT
    category: Category = ABSENT
    vat_rate: Rate | None = ABSENT
    return_exclusion: Exclusion | None = ABSENT


class ProductQuery(Listing):
    category: Category | None = None
    external_id: External | None = None


PRODUCT_SORTS = Sorts(
    by=Product.id,
    default="-created_at",
    created_at=Product.created_at,
    updated_at=Product.updated_at,
    category=Product.category,
)


@noun.get("/products", needs="catalogue.read", fr="Lister les produits", en="List products", sorts=PRODUCT_SORTS)
async def list_products(call: Call, query: ProductQuery) -> Page[ProductOut]:
    found = services.products(call.actor, category=query.category, external_id=query.external_id)
    return await call.page(found, query, _product)


@noun.post("/products", needs="catalogue.write", fr="Ajouter un produit", en="Add a product", status=201)
async def add_product(call: Call, body: ProductIn) -> ProductOut:
    return _product(await services.add_product(call.session, actor=call.actor, **_values(body)))


@noun.get("/products/{product_id}", needs="catalogue.read", fr="Lire un produit", en="Read a product")
async def read_product(call: Call, product_id: UUID, query: Sparse) -> ProductOut:
    return _product(await services.product(call.session, product_id, actor=call.actor))


@noun.patch("/products/{product_id}", needs="catalogue.write", fr="Modifier un produit", en="Change a product")
async def change_product(call: Call, product_id: UUID, body: ProductPatch) -> ProductOut:
    changed = await services.change_product(
        call.session, product_id, actor=call.actor, version=call.version, **_given(body)
    )
    return _product(changed)


class VariantOut(VersionedOut):
    id: UUID
    product_id: UUID
    external_id: str | None = Field(examples=["TERROIR-4-BLUE"])
    options: dict[str, str] = Field(examples=[{"colour": "blue"}])
    price_minor: int = Field(examples=[3990])
    currency: str = Field(examples=["EUR"])
    available: bool
    created_at: datetime
    updated_at: datetime


class VariantIn(In):
    product_id: UUID
    price_minor: Minor
    currency: Currency
    external_id: External | None = None
    options: Options = Field(default_factory=dict)
    available: bool = True


class VariantPatch(Patch):
    price_minor: Minor = ABSENT
    currency: Currency = ABSENT
    external_id: External | None = ABSENT
    options: Options = ABSENT
    available: bool = ABSENT


class VariantQuery(Listing):
    product_id: UUID | None = None
    available: bool | None = None
    external_id: External | None = None


VARIANT_SORTS = Sorts(
    by=Variant.id, default="-created_at", created_at=Variant.created_at, updated_at=Variant.updated_at
)


@noun.get("/variants", needs="catalogue.read", fr="Lister les variantes", en="List variants", sorts=VARIANT_SORTS)
async def list_variants(call: Call, query: VariantQuery) -> Page[VariantOut]:
    found = services.variants(
        call.actor, product_id=query.product_id, available=query.available, external_id=query.external_id
    )
    return await call.page(found, query, VariantOut.model_validate)


@noun.post("/variants", needs="catalogue.write", fr="Ajouter une variante", en="Add a variant", status=201)
async def add_variant(call: Call, body: VariantIn) -> VariantOut:
    values = {name: getattr(body, name) for name in VariantIn.model_fields}
    return VariantOut.model_validate(await services.add_variant(call.session, actor=call.actor, **values))


@noun.get("/variants/{variant_id}", needs="catalogue.read", fr="Lire une variante", en="Read a variant")
async def read_variant(call: Call, variant_id: UUID, query: Sparse) -> VariantOut:
    return VariantOut.model_validate(await services.variant(call.session, variant_id, actor=call.actor))


@noun.patch("/variants/{variant_id}", needs="catalogue.write", fr="Modifier une variante", en="Change a variant")
async def change_variant(call: Call, variant_id: UUID, body: VariantPatch) -> VariantOut:
    changed = await services.change_variant(
        call.session, variant_id, actor=call.actor, version=call.version, **body.given()
    )
    return VariantOut.model_validate(changed)


def _product(row: Product) -> ProductOut:
    return ProductOut.model_validate(row)


def _values(body: ProductIn) -> dict[str, Any]:
    return {name: getattr(body, name) for name in ProductIn.model_fields} | {"names": body.names.kept()}


def _given(body: ProductPatch) -> dict[str, Any]:
    given = body.given()
    return given | ({"names": body.names.kept()} if "names" in given else {})
